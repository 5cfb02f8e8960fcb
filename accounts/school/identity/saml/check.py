"""Check of a provider of SAML 2.0: its certificates, its sign-in address, its clock and its metadata."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import IdentityProvider
from accounts.school.identity.check import CheckResult
from accounts.school.identity.saml.certificates import facts_of_certificate
from accounts.school.identity.saml.configuration import new_request
from accounts.school.identity.saml.installation import unavailable_reason
from accounts.school.identity.saml.metadata import fetch_metadata
from console.guarded_client import AddressRefused, HostUnreachable, Response, fetch

#: A certificate is called old so long before it ends; a clock is called wrong beyond the accepted difference.
WARNING_TIME, CLOCK_TOLERANCE = timedelta(days=30), timedelta(seconds=60)
MAX_DURATION_S, MAX_BYTES = 15, 1024


def check_saml(provider: IdentityProvider) -> CheckResult:
    """Say what is wrong, the most important first. Whether people may sign in shows at a sign-in."""
    problem = unavailable_reason() or _certificate_problem(provider) or _metadata_problem(provider)
    if problem:
        return CheckResult(False, problem)
    try:
        answer = _ask(new_request(provider)[1])
    except AddressRefused as error:
        return CheckResult(False, _refused_message(error))
    except (HostUnreachable, ValueError):
        return CheckResult(False, _("The sign-in address does not answer. Check it, or try again later."))
    if answer.status >= 500 or answer.status == 404:
        text = _("The sign-in address answers with the error %(status)d. Check it.")
        return CheckResult(False, text % {"status": answer.status})
    if problem := _clock_problem(answer):
        return CheckResult(False, problem)
    ends_at = max(facts_of_certificate(one).ends_at for one in provider.certificates)
    text = _("The provider answers, and its certificate is valid until %(date)s.")
    return CheckResult(True, text % {"date": _date(ends_at)})


def _certificate_problem(provider: IdentityProvider) -> str:
    """Return a problem of the certificates; of several, one that is valid is enough."""
    now = timezone.now()
    facts = [facts_of_certificate(one) for one in provider.certificates]
    if not facts:
        return _("There is no certificate, so no sign-in can be checked.")
    ends_at = max(one.ends_at for one in facts)
    if ends_at <= now:
        text = _("The certificate expired on %(date)s. Enter the provider's new one.")
        return text % {"date": _date(ends_at)}
    if all(one.begins_at > now for one in facts):
        return _("The certificate is not valid yet. Compare the clocks, or enter the one that is in use.")
    if ends_at <= now + WARNING_TIME:
        text = _("The certificate expires on %(date)s. Enter the provider's next one besides it.")
        return text % {"date": _date(ends_at)}
    return ""


def _metadata_problem(provider: IdentityProvider) -> str:
    """Return how the metadata at their address differ from what is stored."""
    if not provider.metadata_url:
        return ""
    try:
        found = fetch_metadata(provider.metadata_url)
    except ValidationError as error:
        return _("Metadata: %(problem)s") % {"problem": " ".join(error.messages)}
    if found.issuer != provider.issuer:
        return _("The metadata name another entity ID than is stored here. Compare both.")
    if set(found.certificates) != set(provider.certificates) or found.sso_url != provider.sso_url:
        return _("The metadata have changed. Save the settings of this provider to read them again.")
    return ""


def _clock_problem(answer: Response) -> str:
    try:
        there = parsedate_to_datetime(answer.headers["Date"])
        apart = abs(there - timezone.now())
    except (TypeError, ValueError, OverflowError):  # no clock to compare
        return ""
    if apart <= CLOCK_TOLERANCE:
        return ""
    text = _("The clocks of the provider and of the console differ by %(seconds)d seconds; at most 60 work.")
    return text % {"seconds": apart.total_seconds()}


def _refused_message(error: AddressRefused) -> str:
    if str(error) == "private":
        return _(
            "The console may not reach the sign-in address, which leads into a private network. People who "
            "can open it can sign in all the same; for this test the operator allows it "
            "(ALLOWED_PRIVATE_NETWORKS)."
        )
    return _("The host of the sign-in address does not exist. Check it.")


def _ask(url: str) -> Response:
    """Return the answer to a request that nobody goes on with; a redirect too: browsers are sent there."""
    return fetch(url, max_bytes=MAX_BYTES, max_duration_s=MAX_DURATION_S)


def _date(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
