"""Leases of warning rules: one worker evaluates a rule, and a rule whose worker was killed is due again.

`ThresholdRule.lease_until` is timed by the database clock. Its value also is the fence: whoever changes the
rule, or claims it after the lease, writes another one, and a worker that comes too late records nothing.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import connection

from classes.models import ThresholdRule

_CLAIM = """
UPDATE classes_thresholdrule SET lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND checked_on IS NOT DISTINCT FROM %s
  AND (lease_until IS NULL OR lease_until < clock_timestamp())
RETURNING lease_until
"""
_RENEW = """
UPDATE classes_thresholdrule SET lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND lease_until = %s RETURNING lease_until
"""


def claim_rule(rule: ThresholdRule) -> bool:
    """Lease a due rule and reload it; False if another worker has it or has evaluated it."""
    lease = _set_lease(_CLAIM, rule, rule.checked_on)
    if lease is None:
        return False
    rule.refresh_from_db()
    # A change of the rule ends the lease, also one between these two statements.
    rule.lease_until = lease
    return True


def renew_lease(rule: ThresholdRule) -> None:
    """Extend the lease of an evaluation that takes long, unless it was lost."""
    rule.lease_until = _set_lease(_RENEW, rule, rule.lease_until) or rule.lease_until


def release_rule(rule: ThresholdRule, checked_on: date | None) -> None:
    """End the lease and record the day of the evaluation, unless the lease was lost."""
    leased = ThresholdRule.objects.filter(pk=rule.pk, lease_until=rule.lease_until)
    leased.update(checked_on=checked_on, lease_until=None)


def _set_lease(statement: str, rule: ThresholdRule, seen: date | None) -> datetime | None:
    """Return the end of the new lease, or None if the rule is not as `seen`."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [settings.LEASE_S, rule.pk, seen])
        found = cursor.fetchone()
    return found[0] if found else None
