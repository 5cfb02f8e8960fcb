"""Single sign-on by OpenID Connect: the way to the provider and the way back."""

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


class SignedTokens(OpenIDConnectOAuth2Adapter):
    """Looks at the signature of the id token, too, where the standard would let TLS be enough; and whether
    the provider calls itself by the name that was set."""

    @property
    def openid_config(self) -> dict[str, Any]:
        told: dict[str, Any] = super().openid_config
        wanted = str(self.get_provider().app.settings["server_url"]).partition("/.well-known/")[0]
        if told["issuer"].rstrip("/") != wanted.rstrip("/"):
            raise ValueError("The provider's own description names another issuer than OIDC_ISSUER.")
        return told

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


@never_cache
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider; `?next=` comes back with the person."""
    return _run(OAuth2LoginView, request, provider_id)


@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from it, with a code or an error."""
    return _run(OAuth2CallbackView, request, provider_id)


def _run(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    if not sso.is_on():
        raise Http404(_("This console has no single sign-on."))
    adapter = SignedTokens(request, provider_id)
    try:
        return view.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist:
        raise Http404(_("This console has no such single sign-on.")) from None
    except (RequestException, KeyError, ValueError):
        # The provider is away, or says what is no OpenID Connect: a page must say so, not fail.
        return SingleSignOnAdapter(request).back_after_error(request)
