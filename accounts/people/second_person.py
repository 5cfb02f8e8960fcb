"""Whether a second person decides independently of the first.

An account depends on whoever added it, or set its password, role or sign-in, and on whoever that one depends
on. The audit trail, the password links and the imports tell it. Who decides about a "second yes" asks here.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import IdentityLink, IdentityProvider, PasswordLink, PeopleImportRow, Role, User
from console.audit.models import AuditEntry

#: So long before the request an account must exist, and must not have come to depend on the requester.
INDEPENDENT_FOR = timedelta(days=7)
ACTS = ("person.add", "person.password", "person.factor_reset", "person.reactivate", "provider.unlink")
#: Columns that decide who signs in, and as what.
KEYS = ("role", "e_mail")


def waits_until(second: User, first: User, requested_at: datetime) -> datetime | None:
    """Return when the second person may agree to what the first requested; None at once.

    A superadmin, whom iclass appoints, is independent. Everybody else waits seven days if their account is
    not older than that, or if the first person, alone or by others, has had it in hand since.
    """
    since = requested_at - INDEPENDENT_FOR
    if second.role == Role.SUPERADMIN:
        return None
    depends = second.created_at > since or second.pk in _dependents(first, since)
    return requested_at + INDEPENDENT_FOR if depends else None


def _dependents(first: User, since: datetime) -> set[int]:
    found: set[int] = set()
    new = {first.pk}
    while new:
        found |= new
        new = _in_hand(new, first.enterprise_id, since) - found
    return found


def _in_hand(people: Collection[int], school: int | None, since: datetime) -> set[int]:
    """Return whose access one of these people gave or changed since then."""
    acts = AuditEntry.objects.filter(enterprise=school, actor__in=people, at__gte=since)
    access = Q(action__in=ACTS) | Q(action="person.change", after__has_any_keys=KEYS)
    changed = acts.filter(access, object_type=User._meta.label_lower).values_list("object_id", flat=True)
    providers = acts.filter(object_type=IdentityProvider._meta.label_lower)
    keys = [int(key) for key in providers.values_list("object_id", flat=True)]
    links = PasswordLink.objects.filter(created_by__in=people, created_at__gte=since)
    rows = PeopleImportRow.objects.filter(source__by__in=people, source__applied_at__gte=since)
    rows = rows.filter(after__has_any_keys=KEYS, person__isnull=False)
    linked = IdentityLink.objects.filter(provider__in=keys)
    of_rows = (one.values_list("person_id", flat=True) for one in (links, rows, linked))
    return {int(key) for key in changed}.union(*of_rows)
