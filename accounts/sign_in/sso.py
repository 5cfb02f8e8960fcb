"""Single sign-on: find the person whom a provider's claims name."""

from typing import Any

from django.conf import settings
from django.shortcuts import resolve_url

from accounts.models import User
from console.policy import role_of


def is_enabled() -> bool:
    """Return whether a provider is configured."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])


def provider_name() -> str:
    """Return the label of the sign-in button, or an empty string."""
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return str(apps[0]["name"]) if is_enabled() else ""


def merge_claims(data: dict[str, Any]) -> dict[str, Any]:
    """Return the verified claims of the ID token, merged with userinfo if both have the same subject."""
    token, userinfo = data.get("id_token") or {}, data.get("userinfo") or {}
    if token and userinfo and token.get("sub") != userinfo.get("sub"):
        return token
    return {**userinfo, **token}


def find_person(claims: dict[str, Any]) -> User | None:
    """Return the active person whose login is in the claim, or None. Operators cannot use single sign-on.

    With OIDC_SDKAPPID the claim may hold the user ID alone, and only people of that school are found.
    """
    login = claims.get(settings.OIDC_LOGIN_CLAIM)
    if not isinstance(login, str) or not login:
        return None
    people = User.objects.select_related("enterprise").filter(enterprise__isnull=False, is_active=True)
    if settings.OIDC_SDKAPPID:
        suffix = f"@{settings.OIDC_SDKAPPID}"
        login = login if login.endswith(suffix) else login + suffix
        people = people.filter(enterprise__sdkappid=settings.OIDC_SDKAPPID)
    return people.filter(login=login).first()


def landing_url(person: User) -> str:
    """Return the first page after sign-in: the list of schools for operators, else the home page."""
    return resolve_url("accounts:schools" if role_of(person) == "operator" else settings.LOGIN_REDIRECT_URL)
