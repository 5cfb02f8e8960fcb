"""Single sign-on: whom a provider's claims name."""

from typing import Any

from django.conf import settings
from django.shortcuts import resolve_url

from accounts.models import User
from console.policy import role_of


def is_on() -> bool:
    """Whether this installation has a provider."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])


def name() -> str:
    """The words of its button, empty where none are set."""
    return str(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["name"]) if is_on() else ""


def claims_of(told: dict[str, Any]) -> dict[str, Any]:
    """The verified claims of the id token, with those of the userinfo address where both have one subject."""
    token, more = told.get("id_token") or {}, told.get("userinfo") or {}
    if token and more and token.get("sub") != more.get("sub"):
        return token
    return {**more, **token}


def person_named(claims: dict[str, Any]) -> User | None:
    """The active person of a school whose login the claim holds; operators do not come in this way.

    With OIDC_SDKAPPID the claim may hold the user id alone, and only people of that school are found.
    """
    login = claims.get(settings.OIDC_LOGIN_CLAIM)
    if not isinstance(login, str) or not login:
        return None
    people = User.objects.select_related("enterprise").filter(enterprise__isnull=False, is_active=True)
    if settings.OIDC_SDKAPPID:
        end = f"@{settings.OIDC_SDKAPPID}"
        login = login if login.endswith(end) else login + end
        people = people.filter(enterprise__sdkappid=settings.OIDC_SDKAPPID)
    return people.filter(login=login).first()


def first_page(person: User) -> str:
    """Where somebody begins: operators stand in no school and begin at the list of all."""
    return resolve_url("accounts:schools" if role_of(person) == "operator" else settings.LOGIN_REDIRECT_URL)
