"""Check of a provider's settings: fetch its description and keys, as a sign-in would."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from requests import RequestException, Session

from accounts.models import IdentityProvider
from accounts.school.identity.guarded_session import guarded_session
from accounts.school.identity.kinds import issuer_of

WELL_KNOWN = "/.well-known/openid-configuration"
#: Addresses that a description has to name.
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class InvalidDescription(ValueError):
    """The description of a provider lacks something, or names another issuer."""


class CheckResult(NamedTuple):
    succeeded: bool
    message: str


def fetch_description(session: Session, issuer: str) -> dict[str, Any]:
    """Return the description of an OpenID Connect provider. InvalidDescription if it cannot be used."""
    answer = session.get(f"{issuer.rstrip('/')}{WELL_KNOWN}")
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in ENDPOINTS):
        raise InvalidDescription("incomplete")
    if found.get("issuer") != issuer:
        raise InvalidDescription("issuer")
    return found


def fetch_keys(session: Session, url: str) -> list[dict[str, Any]]:
    """Return the public keys of a provider."""
    answer = session.get(url)
    answer.raise_for_status()
    found = answer.json()
    keys = found.get("keys") if isinstance(found, dict) else None
    return [one for one in keys if isinstance(one, dict)] if isinstance(keys, list) else []


def check_provider(provider: IdentityProvider) -> CheckResult:
    """Fetch what a sign-in needs and say what is wrong. The client and its secret show at a sign-in only."""
    issuer = issuer_of(provider)
    try:
        with guarded_session() as session:
            description = fetch_description(session, issuer)
            keys = fetch_keys(session, description["jwks_uri"])
    except InvalidDescription as error:
        if str(error) == "issuer":
            return CheckResult(
                False,
                _("The provider calls itself by another name than the issuer entered here. Compare both."),
            )
        return CheckResult(False, _("The provider's description is incomplete. Check the issuer."))
    except RequestException as error:
        return CheckResult(False, failure_message(error))
    except (ValueError, RecursionError):
        return CheckResult(False, _("The address does not answer with a description. Check the issuer."))
    if not keys:
        return CheckResult(False, _("The provider publishes no keys, so no sign-in can be checked."))
    return CheckResult(True, _("The provider answers, and its description and keys are valid."))


def failure_message(error: RequestException) -> str:
    """Return why an address gave no answer, and what to do."""
    text = str(error)
    if text.startswith("refused: private"):
        return _(
            "The address leads into a private network. Ask the operator of the console to allow it "
            "(ALLOWED_PRIVATE_NETWORKS)."
        )
    if text.startswith("refused: https"):
        return _("The address must start with https://.")
    return _("The provider does not answer as expected. Check the address, or try again later.")
