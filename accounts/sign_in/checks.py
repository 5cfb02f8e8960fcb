"""Settings of signing in that would fail at night, refused at start; and what no server should leave off."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register
def sign_in_makes_sense(**_: Any) -> list[CheckMessage]:
    found = []
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    if any(not (app["client_id"] and app["secret"]) for app in apps):
        hint = "Set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or unset OIDC_ISSUER."
        found.append(Error("OIDC_ISSUER is set without the two that go with it.", hint, id="accounts.E001"))
    if settings.OIDC_SDKAPPID and not settings.OIDC_SDKAPPID.isdecimal():
        hint = "It is the number of one school, such as 1400000001."
        found.append(Error("OIDC_SDKAPPID is not a number.", hint, id="accounts.E002"))
    if settings.SIGN_IN_ACCOUNT_TRIES < 1 or settings.SIGN_IN_ADDRESS_TRIES < settings.SIGN_IN_ACCOUNT_TRIES:
        hint = "Leave both unset: 5 for an account, 30 for an address."
        found.append(
            Error("SIGN_IN_ACCOUNT_TRIES and SIGN_IN_ADDRESS_TRIES make no sense.", hint, id="accounts.E003")
        )
    if not 1 <= settings.REST_TOKEN_DAYS <= settings.REST_TOKEN_MAX_DAYS:
        hint = "Leave both unset: 90 days where nobody chose, 365 at most."
        words = "REST_TOKEN_DAYS and REST_TOKEN_MAX_DAYS make no sense."
        found.append(Error(words, hint, id="accounts.E004"))
    return found


@register(Tags.security, deploy=True)
def second_factor_is_required(**_: Any) -> list[CheckMessage]:
    if settings.REQUIRE_TWO_FACTOR:
        return []
    hint = "Unset REQUIRE_TWO_FACTOR, and let PUBLIC_URL begin with https://."
    text = "Administrators may sign in with a password alone."
    return [Warning(text, hint, id="accounts.W001")]
