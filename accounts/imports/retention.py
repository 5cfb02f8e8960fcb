"""Deletion of personal data in import rows: after a while, and when a person is erased."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import PeopleImport, PeopleImportRow
from console.audit.personal_data import register_scrubber

#: Unconfirmed imports are deleted after this time.
UNCONFIRMED_LIFETIME = timedelta(days=7)
State = PeopleImport.State
FINISHED_STATES = (State.APPLIED, State.UNDONE)


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
    PeopleImport.objects.filter(pk__in=keys).update(emptied_at=now)
    return len(unconfirmed) + len(keys)


@register_scrubber("imports")
def scrub_import_rows(person: Any) -> int:
    """Clear the personal data in a person's rows; the rows stay."""
    rows = PeopleImportRow.objects.filter(enterprise=person.enterprise_id, user_id=person.user_id)
    return rows.update(cells=[], claims=[], value="", named="", before=None, after=None, twin=False)
