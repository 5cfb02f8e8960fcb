"""Views of sign-in and sign-out."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.sign_in import remembered_school, second_factor, sso
from accounts.sign_in.forms.security import SecondFactorForm
from accounts.sign_in.forms.sign_in import SignInForm
from accounts.sign_in.stages import SecondFactorStage
from console.http.client_address import client_address

HTTP_TOO_MANY_REQUESTS = 429


class SignIn(LoginView):
    """Sign in, with a code if a second factor is set up, and redirect to a local `?next=`."""

    template_name = "accounts/sign_in/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        person = form.get_user()
        target = self.get_redirect_url() or sso.landing_url(person)
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
            sso=sso.is_enabled(),
            sso_name=sso.provider_name(),
            remembered_school=remembered_school.get_remembered_school(self.request),
            **kwargs,
        )

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Ignore a `?next=` that points to the sign-in page itself."""
        url = super().get_redirect_url(*args, **kwargs)
        return "" if url.partition("?")[0] in (reverse("accounts:sign_in"), "") else url

    def get_default_redirect_url(self) -> str:
        """Return the redirect for users who are already signed in."""
        person: Any = self.request.user
        return sso.landing_url(person)


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
        address = client_address(self.request)
        return {**super().get_form_kwargs(), "person": self.stage.login.user, "address": address}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            remembered_school=remembered_school.get_remembered_school(self.request), **kwargs
        )

    def form_valid(self, form: SecondFactorForm) -> HttpResponse:
        self.request.session[second_factor.HERE] = True
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
