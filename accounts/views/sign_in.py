"""The door."""

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

from accounts.forms import SecondStepForm, SignInForm
from accounts.sign_in import door, factors, sso
from accounts.sign_in.stages import SecondFactorStage
from console.client_address import client_address

TOO_MANY = 429


class SignIn(LoginView):
    """Sign in, with a code where a second factor is set up, and go on to `?next=`, an address of ours."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:
        person = form.get_user()
        target = self.get_redirect_url() or sso.first_page(person)
        answer: HttpResponse = perform_password_login(
            self.request, {"username": person.login}, Login(user=person, redirect_url=target)
        )
        door.remember(answer, person)
        return answer

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        answer = super().form_invalid(form)
        if form.wait_s:
            answer.status_code = TOO_MANY
            answer["Retry-After"] = str(form.wait_s)
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            sso=sso.is_on(), sso_name=sso.name(), door_school=door.school_of(self.request), **more
        )

    def get_redirect_url(self) -> str:
        """The door does not lead to itself."""
        address = super().get_redirect_url()
        return "" if address.partition("?")[0] in (reverse("accounts:sign_in"), "") else address

    def get_default_redirect_url(self) -> str:
        """For somebody who is signed in already."""
        return sso.first_page(self.request.user)


@method_decorator([sensitive_post_parameters("code"), never_cache], name="dispatch")
class SignInCode(FormView):
    """The second step. Who has not taken the first one begins there."""

    template_name = "accounts/sign_in_code.html"
    form_class = SecondStepForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.stage = LoginStageController.enter(request, SecondFactorStage.key)
        if self.stage is None or request.user.is_authenticated:
            return redirect("accounts:sign_in")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        address = client_address(self.request)
        return {**super().get_form_kwargs(), "person": self.stage.login.user, "address": address}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(door_school=door.school_of(self.request), **more)

    def form_valid(self, form: SecondStepForm) -> HttpResponse:
        self.request.session[factors.HERE] = True
        record_authentication(self.request, form.person, "mfa")
        return self.stage.exit()

    def form_invalid(self, form: SecondStepForm) -> HttpResponse:
        answer = super().form_invalid(form)
        if form.wait_s:
            answer.status_code = TOO_MANY
            answer["Retry-After"] = str(form.wait_s)
        return answer


class SignOut(LogoutView):
    """POST alone, so that no foreign page signs anybody out."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What the browser kept of pictures and pages goes with the session."""
        answer = super().dispatch(request, *args, **kwargs)
        answer["Clear-Site-Data"] = '"cache", "storage"'
        return answer
