"""System checks of the sign-in settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register
def check_sign_in_settings(**_: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    if (
        settings.SIGN_IN_ACCOUNT_ATTEMPTS < 1
        or settings.SIGN_IN_ADDRESS_ATTEMPTS < settings.SIGN_IN_ACCOUNT_ATTEMPTS
    ):
        hint = "Leave both unset: 5 for an account, 30 for an address."
        errors.append(
            Error(
                "SIGN_IN_ACCOUNT_ATTEMPTS and SIGN_IN_ADDRESS_ATTEMPTS make no sense.",
                hint,
                id="accounts.E003",
            )
        )
    if not 1 <= settings.REST_TOKEN_DAYS <= settings.REST_TOKEN_MAX_DAYS:
        hint = "Leave both unset: 90 days where nobody chose, 365 at most."
        message = "REST_TOKEN_DAYS and REST_TOKEN_MAX_DAYS make no sense."
        errors.append(Error(message, hint, id="accounts.E004"))
    return errors


@register(Tags.security, deploy=True)
def check_second_factor_required(**_: Any) -> list[CheckMessage]:
    if settings.REQUIRE_TWO_FACTOR:
        return []
    hint = "Unset REQUIRE_TWO_FACTOR, and let PUBLIC_URL begin with https://."
    text = "Administrators may sign in with a password alone."
    return [Warning(text, hint, id="accounts.W001")]
