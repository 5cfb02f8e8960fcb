"""The door."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.forms import SignInForm
from console.audit.trail import record
from console.policy import role_of


class SignIn(LoginView):
    """Sign in and go on to `?next=`, where that is an address of ours."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response = super().form_valid(form)
        record("person.sign_in", form.get_user(), by=form.get_user())
        return response

    def get_redirect_url(self) -> str:
        """The door does not lead to itself."""
        address = super().get_redirect_url()
        return "" if address.partition("?")[0] in (reverse("accounts:sign_in"), "") else address

    def get_default_redirect_url(self) -> str:
        """Operators stand in no school and begin at the tables."""
        if role_of(self.request.user) == "operator":
            return reverse("admin:index")
        return super().get_default_redirect_url()


class SignOut(LogoutView):
    """POST alone, so that no foreign page signs anybody out."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            record("person.sign_out", request.user, by=request.user)
        return super().post(request, *args, **kwargs)
