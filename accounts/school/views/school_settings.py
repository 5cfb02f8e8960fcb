"""Views of the school settings."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, UpdateView
from django_htmx.http import HttpResponseClientRefresh

from accounts.models import Enterprise
from accounts.school import engagement, previous_keys, retention
from accounts.school.connection_check import check_connection
from accounts.school.connection_state import callback_state
from accounts.school.forms.sections import SECTIONS
from accounts.school.licence import licence_status
from accounts.school.readiness import readiness_items
from accounts.school.services import drop_previous_key, pull_school, use_own_callback
from accounts.sign_in import session_limits
from accounts.sign_in.reauthentication import ReauthenticationMixin
from console.policy import current_school, may, refusal_message
from console.policy.views import SchoolView
from console.ui.badges import sync_badge

#: Headings of the settings page and their anchors, after the readiness list.
INDEX: tuple[tuple[str, str | Promise], ...] = (
    *(
        (slug, SECTIONS[slug][0])
        for slug in (
            "general",
            "logo",
            "sign-in",
            "lessons",
            "licence",
            "rules",
            "samples",
            "retention",
            "sessions",
            "keys",
        )
    ),
    ("callback", gettext_lazy("Incoming events")),
    *((slug, SECTIONS[slug][0]) for slug in ("courseware", "service", "ai")),
    ("told", gettext_lazy("Information from iclass")),
)


class OwnSchoolView(SchoolView):
    """Base view for the current school."""

    resource = "school"

    def require(self) -> None:
        super().require()
        if current_school(self.request) is None:
            raise PermissionDenied(refusal_message(self.request.user, self.action, self.resource))

    @cached_property
    def school(self) -> Enterprise:
        return self.check_allowed(Enterprise.objects.get(pk=current_school(self.request).pk))


class SchoolSettings(OwnSchoolView, TemplateView):
    template_name = "accounts/school/school.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("School settings"),
            licence=licence_status(self.school),
            callback=callback_status(self.school),
            may_change=self.may("change", self.school),
            may_connect=self.may("connect", self.school),
            may_pull=self.may("pull", self.school),
            points=readiness_items(self.school),
            previous_key_ends_at=previous_keys.previous_key_ends_at(self.school),
            kept=[
                (category, retention.retention_days(self.school, category))
                for category in retention.CATEGORIES.values()
            ],
            session_limits=session_limits.limits_of_school(self.school),
            last_sampling_change=engagement.last_sampling_change(self.school),
            drift_key=f"enterprise-{self.school.pk}" if may(self.request.user, "list", "drift") else "",
            its=self.school,
            index=INDEX,
            busy=sync_badge(self.school.sync_state).tone == "busy",
            **kwargs,
        )


def callback_status(school: Enterprise) -> dict[str, Any]:
    """Return our callback URL, the state (`callback_state`) and the host that the API calls."""
    url = school.observed.get("call_back_url", "") or school.call_back_url
    state = callback_state(school)
    return {"ours": school.own_callback_url, "state": state, "other": urlsplit(url).netloc}


class SchoolEdit(OwnSchoolView, ReauthenticationMixin, UpdateView):
    """Edit a section of the settings: on a page of its own, or for htmx in its place on the settings page.

    Keys require reauthentication, so they always have a page of their own.
    """

    REAUTHENTICATED_SECTIONS = frozenset({"keys", "ai"})
    #: Sections that need permission for the connection to iclass.
    CONNECTION = frozenset({"keys", "courseware", "service"})

    @property
    def action(self) -> str:  # type: ignore[override]  # pages set it; this one derives it
        return "connect" if self.kwargs["section"] in self.CONNECTION else "change"

    def get_template_names(self) -> list[str]:
        return [f"accounts/school/{'_section_form' if self.request.htmx else 'school_form'}.html"]

    def needs_reauthentication(self) -> bool:
        return self.kwargs["section"] in self.REAUTHENTICATED_SECTIONS

    def get_object(self, queryset: object = None) -> Enterprise:
        if self.kwargs["section"] not in SECTIONS:
            raise Http404
        return self.school

    def get_form_class(self) -> Any:
        return SECTIONS[self.kwargs["section"]][1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=SECTIONS[self.kwargs["section"]][0],
            section=self.kwargs["section"],
            cancel_url=reverse("accounts:school"),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        if not form.save_by(self.request.user):
            return self.form_invalid(form)
        self.success(_("Saved."))
        return HttpResponseClientRefresh() if self.request.htmx else redirect("accounts:school")


class SchoolActionView(OwnSchoolView):
    """An action of the settings page. Accepts only POST."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.act()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(self.back())

    def back(self) -> str:
        """Return a local `next`, else the settings page."""
        next_url = self.request.POST.get("next", "")
        ours = url_has_allowed_host_and_scheme(next_url, {self.request.get_host()}, self.request.is_secure())
        return next_url if ours else reverse("accounts:school")

    def act(self) -> None:
        raise NotImplementedError


class UseOwnCallback(SchoolActionView, ReauthenticationMixin):
    action = "connect"

    def url_after_reauthentication(self) -> str:
        return reverse("accounts:school")

    def act(self) -> None:
        use_own_callback(school=self.school, by=self.request.user)
        self.success(_("The console's address is set at iclass within seconds."))


class DropPreviousKey(SchoolActionView, ReauthenticationMixin):
    action = "connect"

    def url_after_reauthentication(self) -> str:
        return reverse("accounts:school")

    def act(self) -> None:
        if drop_previous_key(school=self.school, by=self.request.user):
            self.success(_("The previous key is disabled. Messages signed with it are rejected."))


class PullSchool(SchoolActionView):
    action = "pull"

    def act(self) -> None:
        pull_school(school=self.school, by=self.request.user)
        self.success(_("Checking iclass. The result appears on this page automatically."))


class CheckConnection(SchoolActionView):
    """Check the connection while the user waits. Changes no data."""

    action = "pull"

    def act(self) -> None:
        result = check_connection(self.school, by=self.request.user)
        (messages.success if result.succeeded else messages.error)(self.request, result.message)
