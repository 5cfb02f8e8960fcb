"""Deletion of personal data in import rows: after a while, and when a person is erased."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import PeopleImport, PeopleImportRow, RosterRow
from console.audit.personal_data import register_scrubber

#: Unconfirmed imports are deleted after this time.
UNCONFIRMED_LIFETIME = timedelta(days=7)
State = PeopleImport.State
FINISHED_STATES = (State.APPLIED, State.UNDONE)
UNCOMPARED_STATES = (State.UPLOADED, State.CHECKING)

#: What else is kept for an undo as long as the rows of an import: clears what is older than a time.
_undo_data: list[Callable[[datetime], int]] = []


def register_undo_data(clear: Callable[[datetime], int]) -> Callable[[datetime], int]:
    """Register a function that clears undo data from before a time and returns how many rows had some."""
    _undo_data.append(clear)
    return clear


@transaction.atomic
def clear_old_undo_data() -> int:
    """Clear undo data that is kept as long as the rows of imports; return the number of rows."""
    before = timezone.now() - timedelta(days=settings.IMPORT_KEEP_DAYS)
    return sum(clear(before) for clear in _undo_data)


@transaction.atomic
def delete_old_imports() -> int:
    """Delete unconfirmed imports, and the rows of old ones; return the number of imports."""
    now = timezone.now()
    pending = PeopleImport.objects.exclude(state__in=FINISHED_STATES)
    unconfirmed = list(pending.filter(created_at__lt=now - UNCONFIRMED_LIFETIME).values_list("pk", flat=True))
    PeopleImport.objects.filter(pk__in=unconfirmed).delete()
    old = PeopleImport.objects.filter(
        state__in=FINISHED_STATES,
        emptied_at=None,
        created_at__lt=now - timedelta(days=settings.IMPORT_KEEP_DAYS),
    )
    keys = list(old.values_list("pk", flat=True))
    PeopleImportRow.objects.filter(source__in=keys).delete()
    RosterRow.objects.filter(source__in=keys).delete()
    PeopleImport.objects.filter(pk__in=keys).update(emptied_at=now)
    return len(unconfirmed) + len(keys)


@register_scrubber("imports")
def scrub_import_rows(person: Any) -> int:
    """Clear the personal data in a person's rows, which stay; delete imports that are not compared yet.

    Rows of those do not say whom they are about. Return how many rows and imports there were.
    """
    pending = PeopleImport.objects.filter(enterprise=person.enterprise_id, state__in=UNCOMPARED_STATES)
    # The lock waits for a comparison that is about to end; its rows are cleared below.
    locked = pending.order_by("pk").select_for_update(of=("self",))
    keys = list(locked.values_list("pk", flat=True))
    PeopleImport.objects.filter(pk__in=keys).delete()
    rows = PeopleImportRow.objects.filter(enterprise=person.enterprise_id, user_id=person.user_id)
    cleared = rows.update(cells=[], claims=[], value="", named="", before=None, after=None, twin=False)
    return len(keys) + cleared
