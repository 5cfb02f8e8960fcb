"""Adapter of django-allauth: providers from the table, and the person from the claims."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from requests import Session

from accounts.models import IdentityProvider
from accounts.school.identity import account_switch, flows
from accounts.school.identity.first_sign_in import admit, apply_groups
from accounts.school.identity.guarded_session import guarded_session
from accounts.school.identity.kinds import facts_of, issuer_of
from accounts.school.identity.matching import Identity, Refused
from accounts.sign_in import attempt_limits, sessions
from console.audit.trail import record
from console.http.client_address import client_address


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Sign in the person whom the claims name. allauth stores no account: our links do."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return the enabled providers with this slug, as what allauth takes for one."""
        rows = IdentityProvider.objects.filter(is_enabled=True, slug=provider or "")
        return [_as_app(row) for row in rows if client_id in (None, row.client_id)]

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        app = self.get_app(request, provider, client_id)
        return flows.PROVIDERS[app.provider](request, app=app)

    def get_requests_session(self) -> Session:
        return guarded_session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Copy nothing: a claim of an unexpected type must not raise an error."""
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        identity = _identity(sociallogin)
        former: Any = request.user
        request.user = AnonymousUser()  # what the claims change is no act of who was signed in here before
        try:
            person = admit(identity=identity)
        except Refused as error:
            raise ImmediateHttpResponse(_sign_in_page(request, identity.provider, str(error))) from None
        apply_groups(identity=identity, person=person)
        request.user = former
        facts = {"provider": identity.provider.pk, "subject": identity.subject, "sid": identity.session_id}
        target = sociallogin.get_redirect_url(request) or sessions.landing_url(person)
        raise ImmediateHttpResponse(
            account_switch.complete(request, account_switch.SignInResult(person, facts, target))
        )

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(self.redirect_after_error(request, provider.app.row))

    def redirect_after_error(
        self, request: HttpRequest, provider: IdentityProvider, text: str = "", *, recorded: bool = False
    ) -> HttpResponse:
        """Redirect to the sign-in page with an error message. `recorded`: the trail has it already."""
        text = text or _message("failed")
        if not recorded:
            record_refusal(request, provider, text)
        messages.error(request, text)
        return redirect("accounts:sign_in")


def _as_app(row: IdentityProvider) -> SocialApp:
    app = SocialApp(
        provider=row.kind,
        provider_id=row.slug,
        name=row.name,
        client_id=row.client_id,
        secret=row.client_secret.reveal() if row.client_secret else "",
        settings={"server_url": issuer_of(row), "oauth_pkce_enabled": facts_of(row).is_openid},
    )
    app.row = row
    return app


def _identity(sociallogin: Any) -> Identity:
    data = sociallogin.account.extra_data
    claims = data.get("id_token", data)
    sid = claims.get("sid")
    return Identity(
        sociallogin.provider.app.row,
        sociallogin.account.uid,
        claims,
        sid if isinstance(sid, str) and len(sid) <= 255 else "",
    )


def _message(reason: str) -> str:
    texts = {
        "failed": _("Single sign-on failed. Try again. If it keeps failing, sign in with your password."),
        "linked": _(
            "Your console login belongs to another account of this provider. Ask your school "
            "administrator to unlink it."
        ),
        "role": _(
            "Single sign-on worked, but no rule of your school gives you a role. Ask your "
            "school administrator."
        ),
    }
    unknown = _(
        "Single sign-on worked, but there is no matching login in the console. Ask your school administrator."
    )
    return texts.get(reason, unknown)


def _sign_in_page(request: HttpRequest, provider: IdentityProvider, reason: str) -> HttpResponse:
    return SingleSignOnAdapter(request).redirect_after_error(request, provider, _message(reason))


def record_refusal(request: HttpRequest, provider: IdentityProvider, reason: str) -> None:
    """Record a failed sign-in: anybody can cause one without end, and the trail is never shortened."""
    request.user = AnonymousUser()
    facts = {"by": "sso", "provider": str(provider), "address": client_address(request)}
    if attempt_limits.take_attempt(attempt_limits.trail_limit(client_address(request))) is None:
        record("person.sign_in_failed", by=None, enterprise=provider.enterprise, after=facts, reason=reason)
