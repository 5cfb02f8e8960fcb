"""The flow of OpenID Connect: that of allauth with PKCE and state, and what it leaves out.

A nonce binds the ID token to the browser; the issuer of the answer is checked before the code is sent
anywhere (RFC 9207, against mix-up); the signature of the token is always verified.
"""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string

from accounts.models import IdentityProvider
from accounts.school.identity.check import fetch_description, fetch_keys
from accounts.school.identity.id_tokens import verify_id_token
from accounts.school.identity.kinds import issuer_of

NONCE_LENGTH = 43


class ConsoleAddresses(OAuth2Provider):
    """Mixin for a provider of allauth: our addresses, and nothing of the query but `next`."""

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("accounts:provider_sign_in", args=[self.app.provider_id])

    def get_callback_url(self) -> str:
        return reverse("accounts:provider_callback", args=[self.app.provider_id])

    def get_oauth2_adapter(self, request: HttpRequest) -> Any:
        adapter: Any = self.oauth2_adapter_class
        return adapter(request, self.app.row)

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Keep `next` alone: scopes, parameters and the purpose are not the visitor's to choose."""
        given: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        kept = {name: value for name, value in given.items() if name == "next_url"}
        return {"process": AuthProcess.LOGIN, **kept}


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """One sign-in with a provider. `state` is what was kept for it, once the callback has found that."""

    state: dict[str, Any]

    def __init__(self, request: HttpRequest, provider: IdentityProvider) -> None:
        super().__init__(request, provider.slug)
        self.row = provider

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_openid_config"):
            with get_adapter().get_requests_session() as session:
                self._openid_config = fetch_description(session, issuer_of(self.row))
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("accounts:provider_callback", args=[self.row.slug]))

    def get_access_token_data(self, request: HttpRequest, app: SocialApp, client: Any, **more: Any) -> Any:
        """Exchange the code, unless the answer names another issuer: then it is the code of somebody else."""
        issuer = request.GET.get("iss")
        announced = self.openid_config.get("authorization_response_iss_parameter_supported") is True
        if (issuer is None and announced) or (issuer is not None and issuer != self.openid_config["issuer"]):
            raise OAuth2Error("Another issuer answered.")
        return super().get_access_token_data(request, app, client, **more)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        """Return the login with the claims of the ID token, and those of userinfo that it lacks."""
        with get_adapter().get_requests_session() as session:
            keys = fetch_keys(session, self.openid_config["jwks_uri"])
        claims = verify_id_token(
            kwargs["response"].get("id_token"),
            keys,
            issuer=self.openid_config["issuer"],
            client_id=app.client_id,
            nonce=self.state.get("nonce", ""),
        )
        more = self._userinfo(claims, token.token)
        return self.get_provider().sociallogin_from_response(request, {"id_token": {**more, **claims}})

    def _userinfo(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """Return the claims of userinfo, of the same person, if the ID token lacks some that are needed.

        An address and whether it is verified come from one source.
        """
        wanted = {self.row.claim_name, *self.row.rules.values_list("claim", flat=True)}
        if wanted <= claims.keys() or not isinstance(self.openid_config.get("userinfo_endpoint"), str):
            return {}
        found = self._fetch_user_info(access_token)
        if not isinstance(found, dict) or found.get("sub") != claims["sub"]:
            raise OAuth2Error("Userinfo is about somebody else.")
        if "email" in claims:
            found = {name: value for name, value in found.items() if name not in ("email", "email_verified")}
        return found


class OpenIDProvider(ConsoleAddresses, OpenIDConnectProvider):
    """An OpenID Connect provider of a school."""

    oauth2_adapter_class = OpenIDAdapter

    def redirect(
        self, request: HttpRequest, process: Any, next_url: Any = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Redirect to the provider with a nonce, which is kept with the state."""
        nonce = get_random_string(NONCE_LENGTH)
        response: HttpResponse = super().redirect(
            request, process, next_url, data, **kwargs, auth_params={"nonce": nonce}, nonce=nonce
        )
        return response


class CallbackView(OAuth2CallbackView):
    """The callback of allauth, which hands the state to our adapter."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response
