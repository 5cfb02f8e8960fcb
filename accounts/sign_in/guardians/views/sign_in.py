"""Signing in and out as a guardian, a forgotten password, the account, and the Undo button."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View

from accounts.models import Enterprise, GuardianAccount, GuardianSession
from accounts.sign_in import lockout, remembered_school
from accounts.sign_in.guardians import mails, services, session_list
from accounts.sign_in.guardians.forms import ForgottenGuardianForm, GuardianSignInForm
from accounts.sign_in.guardians.invitations import sign_in_url
from accounts.sign_in.guardians.pages import GuardianPage, audit_label
from accounts.sign_in.guardians.sessions import SessionEnded, begin_session, end_session, find_session
from accounts.sign_in.session_limits import limits_of_school
from accounts.sign_in.session_rows import describe_session
from console.http.client_address import client_address
from console.policy.database_scope import as_owner
from console.undo_views import answer_undo

HTTP_TOO_MANY_REQUESTS = 429


def sign_in(request: HttpRequest, account: GuardianAccount, target: str = "") -> HttpResponse:
    """Begin the session of a guardian, and redirect to the page of the child."""
    extended: Any = request
    extended.audit_label = audit_label(account)
    chosen = str(request.LANGUAGE_CODE) if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else ""
    stored = services.record_sign_in(account=account, address=client_address(request), language=chosen)
    begin_session(request, stored)
    response = redirect(target or "accounts:guardian_home")
    remembered_school.set_school(response, stored.enterprise_id)
    return response


class _AsNobody(FormView):
    """A form that asks the database as the owner: a user of another school may be signed in here."""

    @cached_property
    def school(self) -> Enterprise | None:
        """The school that this browser knows; with `?school=` the form asks for one."""
        if "school" in self.request.GET:
            return None
        return remembered_school.get_remembered_school(self.request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_owner():
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        answer: HttpResponseBase = response
        add_never_cache_headers(answer)
        return answer

    def get_initial(self) -> dict[str, Any]:
        return {"school_name": self.request.GET.get("school", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "school": self.school}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(remembered_school=self.school, **more)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class GuardianSignIn(_AsNobody):
    """Sign in as a guardian, and go on to a page of guardians that `?next=` names."""

    form_class = GuardianSignInForm
    template_name = "accounts/sign_in/guardians/sign_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if find_session(request) is not None:
                return redirect("accounts:guardian_home")
        except SessionEnded:
            pass  # whose session has ended signs in again
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "address": client_address(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        return sign_in(self.request, form.account, self._target())

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.retry_after_s:
            response.status_code = HTTP_TOO_MANY_REQUESTS
            response["Retry-After"] = str(form.retry_after_s)
        return response

    def _target(self) -> str:
        """Return the address in `?next=` if it is a page of guardians here; else ""."""
        wanted = self.request.GET.get("next", "")
        home = reverse("accounts:guardian_home")
        is_here = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        return wanted if is_here and wanted.startswith(home) else ""


class GuardianForgotten(_AsNobody):
    """Take a sign-in name. What becomes of it an e-mail says, never this page."""

    form_class = ForgottenGuardianForm
    template_name = "accounts/sign_in/guardians/forgotten.html"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            mails.ask_for_password(
                school=form.school, name=form.cleaned_data["name"], address=client_address(self.request)
            )
        except lockout.Locked as locked:
            form.add_error(None, locked.message)
            response = self.form_invalid(form)
            response.status_code = HTTP_TOO_MANY_REQUESTS
            response["Retry-After"] = str(locked.seconds)
            return response
        messages.success(
            self.request,
            _(
                "Received. If this name exists and the school has an e-mail address of yours, a link arrives "
                "within a minute. Otherwise ask the school office for a new link."
            ),
        )
        return redirect("accounts:guardian_sign_in")


class GuardianSignOut(View):
    """Sign out. Accepts only POST, so that other sites cannot sign a guardian out."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            end_session(request)
        response = redirect("accounts:guardian_sign_in")
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


@method_decorator(never_cache, name="dispatch")
class GuardianHome(GuardianPage):
    """Lead to the timetable of the first child."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("classes:guardian_week", self.guardian.pk)


class GuardianMe(GuardianPage, TemplateView):
    """The own account: children, sign-in name, open sessions, signing out."""

    template_name = "accounts/sign_in/guardians/me.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        account = self.access.account
        limits = limits_of_school(account.enterprise)
        return super().get_context_data(
            title=_("My account"),
            account=account,
            own_address=sign_in_url(account.enterprise),
            sessions=[describe_session(row, self.request) for row in session_list.list_sessions(account)],
            absolute_s=limits.absolute_s,
            idle_s=limits.idle_s,
            **more,
        )


class GuardianEndSession(GuardianPage):
    """End one session of the account; ending the own one is signing out."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, session: int) -> HttpResponse:
        row = get_object_or_404(GuardianSession, pk=session, account=self.access.account)
        own = row.session_key == request.session.session_key
        session_list.end_listed_session(session=row)
        if own:
            with as_owner():
                end_session(request)
            return redirect("accounts:guardian_sign_in")
        self.success(_("You have signed out that session."))
        return redirect("accounts:guardian_me")


class GuardianSignOutEverywhere(GuardianPage):
    """End all sessions of the account, this one included."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        services.end_sessions(account=self.access.account)
        with as_owner():
            end_session(request)
        messages.success(request, _("You are signed out on all devices."))
        return redirect("accounts:guardian_sign_in")


class GuardianUndo(GuardianPage):
    """Take an act back, whichever child it was about, and return to the page with the button."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        return answer_undo(request, self.access.account, "accounts:guardian_home")
