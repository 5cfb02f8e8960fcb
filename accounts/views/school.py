"""The settings of the reader's school."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, UpdateView

from accounts import old_keys, retention, samples, services
from accounts.connection import try_connection
from accounts.forms import SECTIONS, LogoForm, SamplesForm, SchoolForm
from accounts.licence import licence_of
from accounts.models import Enterprise
from accounts.readiness import points_of
from accounts.sign_in.proof import FreshProof
from accounts.watch import callback_state
from console.policy import current_school, may
from console.policy.pages import SchoolPage


class OwnSchool(SchoolPage):
    """A page about the one school that the session sees."""

    resource = "school"

    def require(self) -> None:
        super().require()
        if current_school(self.request) is None:
            raise PermissionDenied(_("You stand in no school. Look at the schools in “All tables”."))

    @cached_property
    def school(self) -> Enterprise:
        return self.allowed(Enterprise.objects.get(pk=current_school(self.request).pk))


class SchoolSettings(OwnSchool, TemplateView):
    template_name = "accounts/school.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("School settings"),
            licence=licence_of(self.school),
            callback=callback_of(self.school),
            may_change=self.may("change", self.school),
            may_pull=self.may("pull", self.school),
            points=points_of(self.school),
            old_key_ends_at=old_keys.ends_at(self.school),
            kept=[(kind, retention.days_of(self.school, kind)) for kind in retention.KINDS.values()],
            samples_set=samples.set_by(self.school),
            drift_key=f"enterprise-{self.school.pk}" if may(self.request.user, "list", "drift") else "",
            its=self.school,
            **more,
        )


def callback_of(school: Enterprise) -> dict[str, Any]:
    """Our address, the host that the service calls, and the state: ours · sending · other · none."""
    address = school.observed.get("call_back_url", "") or school.call_back_url
    state = callback_state(school)
    return {"ours": school.own_callback_url, "state": state, "other": urlsplit(address).netloc}


class SchoolEdit(OwnSchool, FreshProof, UpdateView):
    """A section of the settings, named in the address; keys want a fresh proof of who changes them."""

    PROVED = frozenset({"keys", "ai"})

    action = "change"
    template_name = "accounts/school_form.html"

    def needs_proof(self) -> bool:
        return self.kwargs["section"] in self.PROVED

    def get_object(self, queryset: object = None) -> Enterprise:
        if self.kwargs["section"] not in SECTIONS:
            raise Http404
        return self.school

    def get_form_class(self) -> type[SchoolForm | LogoForm | SamplesForm]:
        return SECTIONS[self.kwargs["section"]][1]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=SECTIONS[self.kwargs["section"]][0],
            cancel_url=reverse("accounts:school"),
            **more,
        )

    def form_valid(self, form: SchoolForm | LogoForm | SamplesForm) -> HttpResponse:
        if not form.save_by(self.request.user):
            return self.form_invalid(form)
        self.say(_("Saved."))
        return redirect("accounts:school")


class SchoolAct(OwnSchool):
    """A button of the settings page: POST alone."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.act()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(self.back())

    def back(self) -> str:
        """Where the button stood: `next`, a page of ours, else the settings."""
        asked = self.request.POST.get("next", "")
        ours = url_has_allowed_host_and_scheme(asked, {self.request.get_host()}, self.request.is_secure())
        return asked if ours else reverse("accounts:school")

    def act(self) -> None:
        raise NotImplementedError


class UseOwnCallback(SchoolAct, FreshProof):
    action = "change"

    def back_after_proof(self) -> str:
        return reverse("accounts:school")

    def act(self) -> None:
        services.use_own_callback(school=self.school, by=self.request.user)
        self.say(_("iclass is told our address within seconds."))


class DropOldKey(SchoolAct, FreshProof):
    action = "change"

    def back_after_proof(self) -> str:
        return reverse("accounts:school")

    def act(self) -> None:
        if services.drop_previous_key(school=self.school, by=self.request.user):
            self.say(_("The previous key is dropped: messages signed with it are refused."))


class PullSchool(SchoolAct):
    action = "pull"

    def act(self) -> None:
        services.pull_school(school=self.school, by=self.request.user)
        self.say(_("iclass is asked within seconds. Load this page again to see what it said."))


class TryConnection(SchoolAct):
    """Ask iclass while the reader waits; nothing here changes."""

    action = "pull"

    def act(self) -> None:
        told = try_connection(self.school, by=self.request.user)
        (messages.success if told.good else messages.error)(self.request, told.words)
