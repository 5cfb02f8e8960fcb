"""Views by which people sign in with a provider, and by which a provider signs them out.

They run as the owner of the database: nobody is signed in yet, or somebody of another school.
"""

from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2LoginView
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import FormView
from requests import RequestException

from accounts.models import IdentityProvider
from accounts.school.identity import back_channel
from accounts.school.identity.adapter import SingleSignOnAdapter
from accounts.school.identity.flows import adapter_for
from accounts.school.identity.id_tokens import TokenRefused
from accounts.school.identity.kinds import facts_of
from accounts.school.identity.openid import CallbackView
from accounts.school.identity.saml import sign_in_views as saml
from accounts.sign_in import attempt_limits, provider_buttons
from console.http.client_address import client_address
from console.policy.database_scope import as_owner
from console.vault.keyring import VaultError

#: What a provider that is away or answers something else raises in the flow, and a secret without its key.
FAILURES = (
    *(RequestException, OAuth2Error, TokenRefused, PermissionDenied, KeyError, TypeError, ValueError),
    *(OverflowError, RecursionError, VaultError),
)


@never_cache
@require_GET
def sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect to the provider; a local `?next=` is kept."""
    return _run(OAuth2LoginView, request, slug)


@never_cache
@require_GET
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """Handle the return from the provider, with a code or an error."""
    return _run(CallbackView, request, slug)


def _run(view: Any, request: HttpRequest, slug: str) -> HttpResponse:
    with as_owner():
        provider = _find(slug)
        is_saml = facts_of(provider).is_saml
        if is_saml and view is not OAuth2LoginView:
            raise Http404
        try:
            if is_saml:
                return saml.start(request, provider)
            response: HttpResponse = view.adapter_view(adapter_for(request, provider))(request)
            return response
        except SocialApp.DoesNotExist:
            raise Http404(_("The console does not have this single sign-on.")) from None
        except FAILURES:
            return SingleSignOnAdapter(request).redirect_after_error(request, provider)


def _find(slug: str) -> IdentityProvider:
    rows = IdentityProvider.objects.select_related("enterprise")
    provider = rows.filter(slug=slug, is_enabled=True).first()
    if provider is None:
        raise Http404(_("The console does not have this single sign-on."))
    return provider


@csrf_exempt
@never_cache
@require_POST
def back_channel_sign_out(request: HttpRequest, slug: str) -> HttpResponse:
    """End the sessions that a logout token of the provider names (OpenID Connect Back-Channel Logout 1.0)."""
    limit = attempt_limits.provider_limit(client_address(request))
    if attempt_limits.take_attempt(limit) is not None:
        return JsonResponse({"error": "temporarily_unavailable"}, status=429)
    with as_owner():
        provider = _find(slug)
        if not facts_of(provider).is_openid:
            raise Http404
        try:
            back_channel.sign_out(provider, request.POST.get("logout_token", ""))
        except (TokenRefused, *FAILURES):
            attempt_limits.record_failure(limit)
            return JsonResponse({"error": "invalid_request"}, status=400)
    attempt_limits.return_attempt(limit)
    return HttpResponse(status=200)


class ChooseForm(forms.Form):
    """The e-mail address whose domain says which provider somebody has."""

    e_mail = forms.EmailField(
        label=gettext_lazy("School e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=gettext_lazy("It only serves to find the sign-in page of your school."),
    )


@method_decorator(never_cache, name="dispatch")
class ChooseProvider(FormView):
    """Ask for an e-mail address and offer the providers of its domain."""

    form_class = ChooseForm
    template_name = "accounts/sign_in/choose_provider.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with as_owner():
            return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.next_url(), **more)

    def form_valid(self, form: ChooseForm) -> HttpResponse:
        domain = form.cleaned_data["e_mail"].rpartition("@")[2].lower()
        found = provider_buttons.providers_of_domain(domain)
        if not found:
            text = _("No school has set up single sign-on for “%(domain)s”. Sign in with your password.")
            form.add_error("e_mail", text % {"domain": domain})
            return self.form_invalid(form)
        # Links, no redirect: the content policy forbids forms that lead to other sites.
        return self.render_to_response(self.get_context_data(form=form, providers=found))

    def next_url(self) -> str:
        """Return `next` if it stays within the console."""
        url = self.request.POST.get("next") or self.request.GET.get("next", "")
        local = url_has_allowed_host_and_scheme(url, {self.request.get_host()}, self.request.is_secure())
        return url if local else ""
