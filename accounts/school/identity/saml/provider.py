"""SAML 2.0 as a provider of allauth: from validated claims to the adapter that signs people in."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.base import Provider, ProviderAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import IdentityProvider


class SamlProvider(Provider):
    """A provider whose claims a sign-in has validated already; allauth's own flow of SAML is not used."""

    id = "saml"
    account_class = ProviderAccount

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("accounts:provider_sign_in", args=[self.app.provider_id])

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the claims where the adapter looks for verified ones, apart from what else there may be."""
        return {"id_token": data}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}


def sign_in_with_claims(
    request: HttpRequest, row: IdentityProvider, claims: dict[str, Any], next_url: str
) -> HttpResponse:
    """Sign in whom the claims name, as every other kind of provider does; `next_url` is one of ours."""
    provider = get_adapter(request).get_provider(request, row.slug)
    login = provider.sociallogin_from_response(request, claims)
    login.state = {"process": AuthProcess.LOGIN, **({"next": next_url} if next_url else {})}
    response: HttpResponse = complete_social_login(request, login)
    return response
