"""Views of sign-in and sign-out."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.models import Enterprise
from accounts.sign_in import lockout, provider_buttons, remembered_school, second_factor, sessions
from accounts.sign_in.forms.security import SecondFactorForm
from accounts.sign_in.forms.sign_in import SignInForm
from accounts.sign_in.passkeys import relying_party
from accounts.sign_in.school_pages import find_school
from accounts.sign_in.stages import SecondFactorStage
from console.http.client_address import client_address
from console.policy.database_scope import as_owner

HTTP_NOT_FOUND, HTTP_TOO_MANY_REQUESTS = 404, 429


class SignIn(LoginView):
    """Sign in, with a code if a second factor is set up, and redirect to a local `?next=`."""

    template_name = "accounts/sign_in/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    @cached_property
    def school(self) -> Enterprise | None:
        """The school that is known: that of the last sign-in in this browser."""
        return remembered_school.get_remembered_school(self.request)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "school": self.school}

    def form_valid(self, form: Any) -> HttpResponse:
        person = form.get_user()
        target = self.get_redirect_url() or sessions.landing_url(person)
        response: HttpResponse = perform_password_login(
            self.request, {"username": person.login}, Login(user=person, redirect_url=target)
        )
        remembered_school.remember_school(response, person)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.retry_after_s:
            response.status_code = HTTP_TOO_MANY_REQUESTS
            response["Retry-After"] = str(form.retry_after_s)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            providers=provider_buttons.providers_of_school(self.school),
            other_providers=provider_buttons.any_provider(),
            passkeys=relying_party.is_offered(self.request),
            remembered_school=self.school,
            **kwargs,
        )

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Ignore a `?next=` that points to the sign-in page itself."""
        url = super().get_redirect_url(*args, **kwargs)
        return "" if url.partition("?")[0] in (reverse("accounts:sign_in"), "") else url

    def get_default_redirect_url(self) -> str:
        """Return the redirect for users who are already signed in."""
        person: Any = self.request.user
        return sessions.landing_url(person)


class SchoolSignIn(SignIn):
    """The sign-in page of a school. An unknown name gets the page of all schools, with a sentence."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with as_owner():  # the signed-in user of this browser may belong to another school
                self.page_school = find_school(kwargs["name"], client_address(request))
        except lockout.Locked as locked:
            return self._draw_without_school(locked.message, HTTP_TOO_MANY_REQUESTS)
        if self.page_school is None:
            text = _("No school has this address. Check it, or sign in with your full login.")
            return self._draw_without_school(text, HTTP_NOT_FOUND)
        response: Any = super().dispatch(request, *args, **kwargs)
        if settings.REMEMBERED_SCHOOL_COOKIE_NAME not in response.cookies:
            remembered_school.set_school(response, self.page_school.pk)
        answer: HttpResponseBase = response
        return answer

    @cached_property
    def school(self) -> Enterprise | None:
        return self.page_school

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Ignore a `?next=` that points to this page."""
        url = super().get_redirect_url(*args, **kwargs)
        return "" if url.partition("?")[0] == self.request.path else url

    def _draw_without_school(self, text: str, status: int) -> HttpResponse:
        """Render the page of all schools, whose form goes there."""
        self.page_school = None
        context = self.get_context_data(
            form=SignInForm(self.request), sentence=text, action=reverse("accounts:sign_in")
        )
        response = self.render_to_response(context)
        response.status_code = status
        return response


def first_step_text(login: Login) -> str:
    """Return what has succeeded before the second factor."""
    texts = {"sso": _("Single sign-on worked."), "link": _("Your password is set.")}
    return texts.get((login.signal_kwargs or {}).get("way", ""), _("Your password is correct."))


@method_decorator([sensitive_post_parameters("code"), never_cache], name="dispatch")
class SignInCode(FormView):
    """Second step of sign-in. Redirects to the first step if that is missing."""

    template_name = "accounts/sign_in/sign_in_code.html"
    form_class = SecondFactorForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.stage = LoginStageController.enter(request, SecondFactorStage.key)
        if self.stage is None or request.user.is_authenticated:
            return redirect("accounts:sign_in")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request, "person": self.stage.login.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: Any = self.stage.login.user
        return super().get_context_data(
            first_step=first_step_text(self.stage.login),
            has_app=second_factor.has_app(person),
            has_passkey=relying_party.is_offered(self.request) and second_factor.has_passkey(person),
            remembered_school=remembered_school.get_remembered_school(self.request),
            **kwargs,
        )

    def form_valid(self, form: SecondFactorForm) -> HttpResponse:
        self.request.session[second_factor.HERE] = second_factor.has_factor(form.person)
        record_authentication(self.request, form.person, "mfa")
        response: HttpResponse = self.stage.exit()
        return response

    def form_invalid(self, form: SecondFactorForm) -> HttpResponse:
        response = super().form_invalid(form)
        if form.retry_after_s:
            response.status_code = HTTP_TOO_MANY_REQUESTS
            response["Retry-After"] = str(form.retry_after_s)
        return response


class SignOut(LogoutView):
    """Sign out. Accepts only POST, so that other sites cannot sign a user out."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Clear the browser's cache and storage with the session."""
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response
