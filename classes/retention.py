"""What a school may let go of the evidence of old lessons; the marks that follow from it do not change."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.retention import Kind, register
from classes.models import Observation, Samples
from classes.recordings.keeping import into_bin, old_recordings


def old_evidence(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Evidence, of registers that are final, that still holds the service's own words."""
    return Observation.objects.filter(lesson__enterprise=school, lesson__final_at__lt=before).exclude(raw={})


@transaction.atomic
def empty(rows: QuerySet[Any]) -> int:
    """Take the words out; who was there from when to when stays, so a register reckoned anew is the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.erasing', 'on', true)")
        count = rows.update(raw={})
        cursor.execute("SELECT set_config('console.erasing', 'off', true)")
    return count


register(
    Kind(
        "keep_evidence_days",
        _("Evidence of lessons, as iclass said it"),
        _(
            "What each look at a lesson got from iclass word by word is emptied. Who was there from when to "
            "when, the marks and corrections stay."
        ),
        least=90,
        old=old_evidence,
        clear=empty,
    )
)


def old_samples(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Samples of lessons that ended before; all of them where the school keeps none any more."""
    mine = Samples.objects.filter(lesson__enterprise=school)
    return mine.filter(lesson__ends_at__lt=before) if school.samples_on else mine


register(
    Kind(
        "keep_samples_days",
        _("Engagement samples"),
        _("How often cameras and microphones were seen on is deleted; turned off, it goes at once."),
        least=1,
        most=90,
        old=old_samples,
        clear=lambda rows: rows.delete()[0],
    )
)

register(
    Kind(
        "keep_recordings_days",
        _("Recordings"),
        _(
            "So many days after its lesson a recording goes into the bin, and 30 days later it is gone. One "
            "with a last day of its own, or that is kept for good, is left alone. Who taught and who runs "
            "the school is told a week before."
        ),
        least=7,
        old=old_recordings,
        clear=into_bin,
        into_bin=True,
    )
)
