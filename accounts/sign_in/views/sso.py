"""Views of single sign-on with OpenID Connect."""

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from requests import RequestException

from accounts.sign_in import sso
from accounts.sign_in.adapters import SingleSignOnAdapter


class VerifiedOpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """Adapter that also verifies the ID token's signature, which is optional with TLS, and the issuer."""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        issuer = str(self.get_provider().app.settings["server_url"]).partition("/.well-known/")[0]
        if config["issuer"].rstrip("/") != issuer.rstrip("/"):
            raise ValueError("The provider's own description names another issuer than OIDC_ISSUER.")
        return config

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


@never_cache
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Redirect to the provider; `?next=` is kept."""
    return _run_view(OAuth2LoginView, request, provider_id)


@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Handle the provider's redirect, with a code or an error."""
    return _run_view(OAuth2CallbackView, request, provider_id)


def _run_view(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    if not sso.is_enabled():
        raise Http404(_("Single sign-on is not enabled in the console."))
    adapter = VerifiedOpenIDAdapter(request, provider_id)
    try:
        response: HttpResponse = view.adapter_view(adapter)(request)
        return response
    except SocialApp.DoesNotExist:
        raise Http404(_("The console does not have this single sign-on.")) from None
    except (RequestException, KeyError, ValueError):
        # The provider is unavailable or its answer is invalid: show a message, not a server error.
        return SingleSignOnAdapter(request).redirect_after_error(request)
