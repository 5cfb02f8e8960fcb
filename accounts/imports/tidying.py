"""Forgetting what rows of imports say of people: after a while, and when somebody's data is erased."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import ImportRow, PeopleImport
from console.audit.personal import scrubber

#: What nobody confirmed for so long is dropped.
UNCONFIRMED = timedelta(days=7)
State = PeopleImport.State
OVER = (State.APPLIED, State.UNDONE)


@transaction.atomic
def tidy() -> int:
    """Drop imports that nobody confirmed, and the rows of old ones; how many imports that were."""
    now = timezone.now()
    open_ones = PeopleImport.objects.exclude(state__in=OVER)
    left = list(open_ones.filter(created_at__lt=now - UNCONFIRMED).values_list("pk", flat=True))
    PeopleImport.objects.filter(pk__in=left).delete()
    old = PeopleImport.objects.filter(
        state__in=OVER,
        emptied_at=None,
        created_at__lt=now - timedelta(days=settings.IMPORT_KEEP_DAYS),
    )
    keys = list(old.values_list("pk", flat=True))
    ImportRow.objects.filter(source__in=keys).delete()
    PeopleImport.objects.filter(pk__in=keys).update(emptied_at=now)
    return len(left) + len(keys)


@scrubber("imports")
def scrub(person: Any) -> int:
    """Empty the rows that speak of a person; that there was a row stays."""
    rows = ImportRow.objects.filter(enterprise=person.enterprise_id, user_id=person.user_id)
    return rows.update(cells=[], claims=[], value="", named="", before=None, after=None, twin=False)
