"""One's own sign-in: password, second factor, sessions. For everybody who can sign in, operators too."""

from typing import Any, NamedTuple

from allauth.mfa.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView
from django.views.generic.base import View

from accounts import services
from accounts.forms import CodeForm, OwnPasswordForm
from accounts.sign_in import devices, factors, sessions, sso
from accounts.sign_in.proof import FreshProof
from console.notices import wishes
from console.notices.topics import Mail
from console.policy import may
from console.policy.pages import SignedIn
from console.qr import qr_picture

CODES_UNTIL = "codes_until"
#: How long new recovery codes stand open, in seconds: shown once means in one sitting.
CODES_OPEN_S = 600


class Open(NamedTuple):
    """A session as the list shows it."""

    row: UserSession
    words: str
    icon: str
    here: bool


def _shown(row: UserSession, here: str | None) -> Open:
    machine = row.user_agent
    return Open(row, devices.in_words(machine), devices.icon_of(machine), row.session_key == here)


class MySignIn(SignedIn, TemplateView):
    template_name = "accounts/my_sign_in.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        person: Any = self.request.user
        here = self.request.session.session_key
        return super().get_context_data(
            title=_("Sign-in and security"),
            has_password=person.has_usable_password(),
            factor=factors.is_on(person),
            factor_needed=factors.is_needed(person),
            factor_would_be_needed=factors.would_be_needed(person) and not settings.REQUIRE_TWO_FACTOR,
            codes_left=len(factors.codes_left(person)),
            sessions=[_shown(row, here) for row in sessions.of(person)],
            absolute_s=settings.SESSION_ABSOLUTE_S,
            idle_s=settings.SESSION_IDLE_S,
            may_have_tokens=may(person, "list", "token"),
            choices=wishes.choices_of(person),
            whens=Mail.choices,
            **more,
        )


class MyMails(SignedIn, View):
    """What the reader wants to be told, and where."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wishes.keep(request.user, request.POST)
        self.say(_("Your choice is kept."))
        return redirect("accounts:my_sign_in")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class MyPassword(SignedIn, FormView):
    template_name = "accounts/my_password.html"
    form_class = OwnPasswordForm

    def require(self) -> None:
        if not self.request.user.has_usable_password():
            raise Http404(_("You sign in without a password. An administrator of your school can set one."))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        words = {"title": _("Change my password"), "cancel_url": reverse("accounts:my_sign_in")}
        return super().get_context_data(**words, **more)

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        person: Any = self.request.user
        services.change_password(person=person, password=form.cleaned_data["new_password1"], by=person)
        update_session_auth_hash(self.request, person)
        UserSession.objects.create_from_request(self.request)
        self.say(_("Your password is changed. Everywhere else you are signed out."))
        return redirect("accounts:my_sign_in")


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class FactorSetup(SignedIn, FreshProof, FormView):
    """Shows a secret as a picture and as text, and wants a code of the app that took it."""

    template_name = "accounts/factor_setup.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and factors.is_on(request.user):
            return redirect("accounts:my_sign_in")
        return super().dispatch(request, *args, **kwargs)

    def secret(self) -> str:
        """The same until it is taken, or a second tab would spoil the first."""
        return factors.pending_secret(self.request)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        secret = self.secret()
        address = get_adapter().build_totp_url(self.request.user, secret)
        return super().get_context_data(
            title=_("Set up the second factor"),
            needed=factors.is_needed(self.request.user),
            secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
            address=address,
            picture=qr_picture(address),
            **more,
        )

    def form_valid(self, form: CodeForm) -> HttpResponse:
        person: Any = self.request.user
        try:
            factors.turn_on(person=person, secret=self.secret(), code=form.cleaned_data["code"], by=person)
        except ValidationError as error:
            form.add_error("code", " ".join(error.messages))
            return self.form_invalid(form)
        factors.drop_pending(self.request)
        self.request.session[factors.HERE] = True
        return open_codes(self.request)


def open_codes(request: HttpRequest) -> HttpResponse:
    """To the page that shows new recovery codes, open for a while."""
    request.session[CODES_UNTIL] = timezone.now().timestamp() + CODES_OPEN_S
    return redirect("accounts:recovery_codes")


@method_decorator(never_cache, name="dispatch")
class CodesPage(SignedIn):
    """Only while new recovery codes stand open."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.session.get(CODES_UNTIL, 0) < timezone.now().timestamp():
            messages.info(request, _("Recovery codes are shown once. Make new ones where you lost them."))
            return redirect("accounts:my_sign_in")
        return super().get(request, *args, **kwargs)  # type: ignore[misc]

    @property
    def codes(self) -> list[str]:
        return [f"{code[:4]} {code[4:]}" for code in factors.codes_left(self.request.user)]


class RecoveryCodes(CodesPage, TemplateView):
    template_name = "accounts/recovery_codes.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Your recovery codes"), codes=self.codes, **more)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """They are kept: the page closes."""
        request.session.pop(CODES_UNTIL, None)
        self.say(_("The second factor is set up. From now on signing in asks for a code."))
        return redirect(sso.first_page(request.user))


class FileOfCodes:
    """What the browser saves."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person: Any = request.user
        head = _("Recovery codes of %(login)s for the iclass console. Each one works once.")
        lines = [head % {"login": person.login}, "", *self.codes, ""]  # type: ignore[attr-defined]
        response = HttpResponse("\r\n".join(lines), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="iclass-console-recovery-codes.txt"'
        return response


class RecoveryCodesFile(CodesPage, FileOfCodes, View):
    """The same codes as a text file."""


class MyAct(SignedIn):
    """A button of the page: POST alone."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.act(request.user, **kwargs) or redirect("accounts:my_sign_in")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("accounts:my_sign_in")

    def act(self, person: Any, **kwargs: Any) -> HttpResponse | None:
        raise NotImplementedError


class ProvedAct(MyAct, FreshProof):
    """A dangerous one."""

    def back_after_proof(self) -> str:
        return reverse("accounts:my_sign_in")


class RenewCodes(ProvedAct):
    def act(self, person: Any, **kwargs: Any) -> HttpResponse | None:
        factors.renew_codes(person=person, by=person)
        return open_codes(self.request)


class FactorOff(ProvedAct):
    def act(self, person: Any, **kwargs: Any) -> None:
        factors.turn_off(person=person, by=person)
        self.request.session.pop(factors.HERE, None)
        self.say(_("The second factor is off. Your password alone signs you in now."))


class EndSession(ProvedAct):
    """One's own, which is signing out, wants no proof."""

    def needs_proof(self) -> bool:
        own = {"pk": self.kwargs["pk"], "session_key": self.request.session.session_key}
        return (
            super().needs_proof() and not UserSession.objects.filter(user=self.request.user, **own).exists()
        )

    def act(self, person: Any, **kwargs: Any) -> HttpResponse | None:
        row = get_object_or_404(UserSession, pk=kwargs["pk"], user=person)
        own = row.session_key == self.request.session.session_key
        sessions.end(person, [row], by=person)
        if own:
            self.request.session.flush()
            return redirect("accounts:sign_in")
        self.say(_("That session is ended."))
        return None


class EndOtherSessions(ProvedAct):
    def act(self, person: Any, **kwargs: Any) -> None:
        sessions.end_all(person, by=person)
        self.say(_("Everywhere else you are signed out."))
