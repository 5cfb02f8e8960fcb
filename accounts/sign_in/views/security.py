"""Views of account security: password, second factor, sessions. For all users, including operators."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView
from django.views.generic.base import View

from accounts.sign_in import second_factor, session_limits, sessions, verified_addresses
from accounts.sign_in.forms.quiet_hours import QuietHoursForm, quiet_form_of
from accounts.sign_in.forms.security import CodeForm, OwnPasswordForm
from accounts.sign_in.passkeys import exchange, relying_party
from accounts.sign_in.reauthentication import ReauthenticationMixin
from accounts.sign_in.services import change_password
from accounts.sign_in.session_rows import describe_session
from console.notifications import preferences
from console.notifications.channels.mail_server import mail_is_set_up
from console.notifications.channels.quiet import hours_of_school, save_hours
from console.notifications.topics import EmailFrequency
from console.policy import may
from console.policy.views import SignedInView
from console.ui.assets import qr_picture

CODES_UNTIL_KEY = "codes_until"
#: Seconds for which new recovery codes are shown.
CODES_OPEN_S = 600


class MySignIn(SignedInView, TemplateView):
    template_name = "accounts/sign_in/my_sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: Any = self.request.user
        limits = session_limits.limits_of(person)
        passkeys = list(exchange.passkey_rows(person))
        return super().get_context_data(
            title=_("Sign-in and security"),
            has_password=person.has_usable_password(),
            app=second_factor.has_app(person),
            passkeys=passkeys,
            passkeys_unavailable=relying_party.unavailable_reason(self.request),
            factor_needed=second_factor.is_required(person) and not passkeys,
            factor_would_be_needed=second_factor.is_required_for_role(person)
            and not settings.REQUIRE_TWO_FACTOR,
            codes_left=len(second_factor.unused_recovery_codes(person)),
            sessions=[describe_session(row, self.request) for row in sessions.list_sessions(person)],
            absolute_s=limits.absolute_s,
            idle_s=limits.idle_s,
            may_have_tokens=may(person, "list", "token"),
            may_have_copy=may(person, "subject_access", "person", person),
            choices=preferences.preferences_of(person),
            email_frequencies=EmailFrequency.choices,
            apps=preferences.school_apps(person),
            quiet_form=quiet_form_of(person),
            school_hours=hours_of_school(person.enterprise_id),
            may_confirm_address=verified_addresses.may_ask(person),
            mail_leaves=mail_is_set_up(),
            **kwargs,
        )


class MyNotifications(SignedInView, View):
    """Save the notification preferences."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = QuietHoursForm(request.POST)
        if not form.is_valid():
            for errors in form.errors.as_data().values():
                messages.error(request, " ".join(errors[0].messages))
            return redirect("accounts:my_sign_in")
        preferences.save_preferences(request.user, request.POST)
        if "quiet_from" in request.POST:
            save_hours(request.user, form.hours())
        self.success(_("Your settings have been saved."))
        return redirect("accounts:my_sign_in")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class MyPassword(SignedInView, FormView):
    template_name = "accounts/sign_in/my_password.html"
    form_class = OwnPasswordForm

    def require(self) -> None:
        if not self.request.user.has_usable_password():
            raise Http404(_("You sign in without a password. A school administrator can set one for you."))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        texts = {"title": _("Change password"), "cancel_url": reverse("accounts:my_sign_in")}
        return super().get_context_data(**texts, **kwargs)

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        person: Any = self.request.user
        password = form.cleaned_data["new_password1"]
        person = change_password(person=person, password=password, by=person)
        update_session_auth_hash(self.request, person)
        UserSession.objects.create_from_request(self.request)
        self.success(_("Your password has been changed. You are signed out everywhere else."))
        return redirect("accounts:my_sign_in")


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class FactorSetup(SignedInView, ReauthenticationMixin, FormView):
    """Show a new secret as QR code and text, and verify a code of the app."""

    template_name = "accounts/sign_in/second_factor_setup.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and second_factor.has_app(request.user):
            return redirect("accounts:my_sign_in")
        return super().dispatch(request, *args, **kwargs)

    def secret(self) -> str:
        """Return the pending secret, which stays the same until it is used, also in other tabs."""
        return second_factor.pending_secret(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = self.secret()
        address = get_adapter().build_totp_url(self.request.user, secret)
        return super().get_context_data(
            title=_("Set up the second factor"),
            needed=second_factor.is_missing(self.request),
            passkeys=relying_party.is_offered(self.request),
            secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
            address=address,
            picture=qr_picture(address),
            **kwargs,
        )

    def form_valid(self, form: CodeForm) -> HttpResponse:
        person: Any = self.request.user
        try:
            second_factor.enable(
                person=person, secret=self.secret(), code=form.cleaned_data["code"], by=person
            )
        except ValidationError as error:
            form.add_error("code", " ".join(error.messages))
            return self.form_invalid(form)
        second_factor.discard_pending_secret(self.request)
        self.request.session[second_factor.HERE] = True
        return show_recovery_codes(self.request)


def show_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Redirect to the new recovery codes, which are shown for CODES_OPEN_S seconds."""
    request.session[CODES_UNTIL_KEY] = timezone.now().timestamp() + CODES_OPEN_S
    return redirect("accounts:recovery_codes")


@method_decorator(never_cache, name="dispatch")
class RecoveryCodesView(SignedInView):
    """Base view of new recovery codes; redirects when their time has expired."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.session.get(CODES_UNTIL_KEY, 0) < timezone.now().timestamp():
            messages.info(
                request, _("Recovery codes are shown only once. If you lost them, create new ones.")
            )
            return redirect("accounts:my_sign_in")
        page: Any = super()
        response: HttpResponse = page.get(request, *args, **kwargs)
        return response

    @property
    def codes(self) -> list[str]:
        return [f"{code[:4]} {code[4:]}" for code in second_factor.unused_recovery_codes(self.request.user)]


class RecoveryCodes(RecoveryCodesView, TemplateView):
    template_name = "accounts/sign_in/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Your recovery codes"), codes=self.codes, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Confirm that the codes are saved, and stop showing them."""
        request.session.pop(CODES_UNTIL_KEY, None)
        self.success(_("The second factor is set up. From now on you need a code to sign in."))
        return redirect(sessions.landing_url(self.request.user))


class RecoveryCodesFileMixin:
    """Download the recovery codes as a text file."""

    codes: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person: Any = request.user
        head = _("Recovery codes of %(login)s for the iclass console. Each code works once.")
        lines = [head % {"login": person.login}, "", *self.codes, ""]
        response = HttpResponse("\r\n".join(lines), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="iclass-console-recovery-codes.txt"'
        return response


class RecoveryCodesFile(RecoveryCodesView, RecoveryCodesFileMixin, View):
    """The recovery codes as a text file."""


class AccountActionView(SignedInView):
    """An action on the account. Accepts only POST."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.act(request.user, **kwargs) or redirect("accounts:my_sign_in")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("accounts:my_sign_in")

    def act(self, person: Any, **kwargs: Any) -> HttpResponse | None:
        raise NotImplementedError


class ReauthenticatedActionView(AccountActionView, ReauthenticationMixin):
    """An action that requires reauthentication."""

    def url_after_reauthentication(self) -> str:
        return reverse("accounts:my_sign_in")


class RecoveryCodesRenew(ReauthenticatedActionView):
    def act(self, person: Any, **kwargs: Any) -> HttpResponse | None:
        second_factor.renew_recovery_codes(person=person, by=person)
        return show_recovery_codes(self.request)


class FactorDisable(ReauthenticatedActionView):
    def act(self, person: Any, **kwargs: Any) -> None:
        second_factor.disable(person=person, by=person)
        if second_factor.is_enabled(person):
            self.success(_("The app is removed. Your passkeys remain."))
            return
        self.request.session.pop(second_factor.HERE, None)
        self.success(_("The second factor is turned off. You now sign in with your password alone."))


class EndSession(ReauthenticatedActionView):
    """End a session. Ending the current one, which is signing out, needs no reauthentication."""

    def needs_reauthentication(self) -> bool:
        own = {"pk": self.kwargs["pk"], "session_key": self.request.session.session_key}
        return (
            super().needs_reauthentication()
            and not UserSession.objects.filter(user=self.request.user, **own).exists()
        )

    def act(self, person: Any, **kwargs: Any) -> HttpResponse | None:
        row = get_object_or_404(UserSession, pk=kwargs["pk"], user=person)
        own = row.session_key == self.request.session.session_key
        sessions.end_sessions(person, [row], by=person)
        if own:
            self.request.session.flush()
            return redirect("accounts:sign_in")
        self.success(_("You have signed out that session."))
        return None


class EndOtherSessions(ReauthenticatedActionView):
    def act(self, person: Any, **kwargs: Any) -> None:
        sessions.end_all_sessions(person, by=person)
        self.success(_("You are signed out everywhere else."))


class EndAllSessions(ReauthenticatedActionView):
    """Sign out everywhere, here as well. REST tokens remain."""

    def act(self, person: Any, **kwargs: Any) -> HttpResponse:
        sessions.end_sessions(person, sessions.list_sessions(person), by=person)
        logout(self.request)
        messages.success(self.request, _("You are signed out everywhere."))
        return redirect("accounts:sign_in")


class StaySignedIn(AccountActionView):
    """Keep the session open: the middleware has recorded the use (static/js/session.js).

    GET says whose it is, before a form is sent, with a new token for forms of an earlier one.
    """

    http_method_names = ["get", "post", "options"]

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"person": request.user.pk, "token": get_token(request)})

    def act(self, person: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(status=204)
