"""Views of passkeys: sign in with one, and manage one's own. The browser's part is static/js/passkey.js.

Addresses that end in `options/` answer with the options of the browser's dialog, as JSON.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStageController
from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from django.views.generic.base import View

from accounts.sign_in import lockout, remembered_school, second_factor, sessions, user_agents
from accounts.sign_in.forms.passkeys import ANSWER_FIELD, NewPasskeyForm, PasskeyNameForm
from accounts.sign_in.passkeys import challenges, exchange, relying_party, services
from accounts.sign_in.reauthentication import ReauthenticationMixin, is_recently_authenticated
from accounts.sign_in.stages import SecondFactorStage
from accounts.sign_in.views.security import ReauthenticatedActionView, show_recovery_codes
from console.http.client_address import client_address
from console.policy.database_scope import as_owner
from console.policy.views import SignedInView


def refused_text() -> str:
    return _("The passkey was not accepted. Try again, or use another way.")


def answer_with_options(make: Callable[[], dict[str, Any]]) -> JsonResponse:
    """Return the options, or a sentence where there are no passkeys."""
    try:
        return JsonResponse(make())
    except ValidationError as error:
        return JsonResponse({"detail": " ".join(error.messages)}, status=409)


def device_name(request: HttpRequest) -> str:
    """Return the name that is proposed for a passkey: a description of browser and system."""
    text = user_agents.describe_user_agent(request.headers.get("User-Agent", ""))
    return text[: services.NAME_CHARS]


@method_decorator(never_cache, name="dispatch")
class OptionsView(View):
    """Options of the dialog in which the browser asks for a passkey."""

    http_method_names = ["post", "options"]


class SignInPasskeyOptions(OptionsView):
    """Options for signing in. They are the same for everybody, and name nobody."""

    def post(self, request: HttpRequest) -> HttpResponse:
        return answer_with_options(lambda: exchange.request_options(request, challenges.SIGN_IN))


class FactorPasskeyOptions(OptionsView):
    """Options for the second step of sign-in."""

    def post(self, request: HttpRequest) -> HttpResponse:
        stage = LoginStageController.enter(request, SecondFactorStage.key)
        if stage is None:
            return JsonResponse({"detail": _("Sign-in took too long. Start again.")}, status=409)
        person = stage.login.user
        return answer_with_options(lambda: exchange.request_options(request, challenges.FACTOR, person))


class ProofPasskeyOptions(SignedInView, OptionsView):
    """Options for confirming that it is you."""

    def post(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        return answer_with_options(lambda: exchange.request_options(request, challenges.PROOF, person))


@method_decorator(never_cache, name="dispatch")
class PasskeySignIn(View):
    """Sign in with a passkey alone: the device is one factor, and what unlocks it the other."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        with as_owner():  # the signed-in user of this browser may belong to another school
            return self._verify(request)

    def _verify(self, request: HttpRequest) -> HttpResponse:
        try:
            attempt = lockout.start_passkey_attempt(client_address(request))
            try:
                person = exchange.verify(request, challenges.SIGN_IN, request.POST.get(ANSWER_FIELD, ""))
            except challenges.PasskeyRefused:
                attempt.record_failure(None)
                return self._refuse(refused_text())
        except lockout.Locked as locked:
            return self._refuse(locked.message)
        except ValidationError as error:
            return self._refuse(" ".join(error.messages))
        attempt.record_success()
        return self._sign_in(person)

    def _sign_in(self, person: Any) -> HttpResponse:
        if self.request.user.is_authenticated:
            logout(self.request)
        record_authentication(self.request, person, "mfa", type="webauthn", passwordless=True)
        self.request.session[second_factor.HERE] = True
        response: HttpResponse = perform_login(
            self.request, person, redirect_url=self._target(person), signal_kwargs={"way": "passkey"}
        )
        remembered_school.remember_school(response, person)
        return response

    def _target(self, person: Any) -> str:
        """Return the page to go to: a local `next`, or the first page."""
        url = self.request.POST.get("next", "")
        local = url_has_allowed_host_and_scheme(url, {self.request.get_host()}, self.request.is_secure())
        return url if local else sessions.landing_url(person)

    def _refuse(self, text: str) -> HttpResponse:
        messages.error(self.request, text)
        return redirect("accounts:sign_in")


class NewPasskeyOptions(SignedInView, OptionsView):
    """Options for a new passkey. The page asks for reauthentication; it may end while the page is open."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not is_recently_authenticated(request):
            text = _("Too much time has passed. Reload the page and confirm again that it is you.")
            return JsonResponse({"detail": text}, status=409)
        person: Any = request.user
        return answer_with_options(lambda: exchange.creation_options(request, person))


@method_decorator(never_cache, name="dispatch")
class PasskeyAdd(SignedInView, ReauthenticationMixin, FormView):
    template_name = "accounts/sign_in/passkey_form.html"
    form_class = NewPasskeyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "device": device_name(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: Any = self.request.user
        return super().get_context_data(
            title=_("Add a passkey"),
            unavailable=relying_party.unavailable_reason(self.request),
            needed=second_factor.is_missing(self.request),
            first=not second_factor.is_enabled(person),
            **kwargs,
        )

    def form_valid(self, form: NewPasskeyForm) -> HttpResponse:
        person: Any = self.request.user
        data = form.cleaned_data
        try:
            new = exchange.read_new_passkey(self.request, person, data[ANSWER_FIELD])
            with_codes = services.add_passkey(person=person, new=new, name=data["name"], by=person)
        except challenges.PasskeyRefused:
            form.add_error(None, refused_text())
            return self.form_invalid(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.request.session[second_factor.HERE] = True
        if with_codes:
            return show_recovery_codes(self.request)
        self.success(_("The passkey “%(name)s” has been added.") % {"name": data["name"]})
        return redirect("accounts:my_sign_in")


class OwnPasskeyMixin(View):
    """The passkey in the address, which is the reader's own."""

    @cached_property
    def passkey(self) -> Authenticator:
        person: Any = self.request.user
        return get_object_or_404(exchange.passkey_rows(person), pk=self.kwargs["pk"])


class PasskeyRename(SignedInView, ReauthenticationMixin, OwnPasskeyMixin, FormView):
    template_name = "generic/form.html"
    form_class = PasskeyNameForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.passkey.data["name"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Rename the passkey"), cancel_url=reverse("accounts:my_sign_in"), **kwargs
        )

    def form_valid(self, form: PasskeyNameForm) -> HttpResponse:
        person: Any = self.request.user
        services.rename_passkey(passkey=self.passkey, name=form.cleaned_data["name"], by=person)
        self.success(_("The name has been saved."))
        return redirect("accounts:my_sign_in")


class PasskeyRemove(ReauthenticatedActionView, OwnPasskeyMixin):
    """Remove a passkey."""

    def act(self, person: Any, **kwargs: Any) -> None:
        services.remove_passkey(passkey=self.passkey, by=person)
        if not second_factor.is_enabled(person):
            self.request.session.pop(second_factor.HERE, None)
        self.success(_("The passkey has been removed. It can no longer sign in as you."))
