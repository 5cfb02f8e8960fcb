"""Digests: what was told since the last one, gathered at seven in the morning by the school's clock.

A notice goes into one digest, and a person has one of each period and day, whoever gathers and however often:
rows of the database decide. What was read in the console in the meantime is not told again.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from console.bell import ring
from console.notices.models import Digest, Notice
from console.notices.topics import DIGESTS, Mail

AT = time(7)
#: Digests say nothing themselves; after so long nobody asks any more whether one was sent.
KEPT = timedelta(days=60)
NEW = Q(read_at=None) | Q(shown=False)


def gather() -> int:
    """Make the digests that are due; how many."""
    now, made = timezone.now(), 0
    waiting = Notice.objects.filter(digest=None).exclude(period="")
    for period in DIGESTS:
        schools = waiting.filter(period=period).order_by("enterprise_id").distinct("enterprise_id")
        for first in schools.select_related("enterprise"):
            until = last_end(period, now, first.enterprise.tz)
            rows = waiting.filter(enterprise=first.enterprise_id, period=period, created_at__lt=until)
            people = rows.order_by("person_id").values_list("person_id", flat=True).distinct()
            made += sum(_bundle(rows, first.enterprise_id, one, period, until) for one in list(people))
    Digest.objects.filter(day__lt=(now - KEPT).date()).delete()
    if made:
        ring("console.notices.tasks.post")
    return made


def last_end(period: str, now: datetime, zone: Any) -> datetime:
    """When the newest finished period ended: today or yesterday, or the last Monday, at AT."""
    here = now.astimezone(zone)
    day = here.date() if here.time() >= AT else here.date() - timedelta(days=1)
    if period == Mail.WEEKLY:
        day -= timedelta(days=day.weekday())
    return datetime.combine(day, AT, zone)


@transaction.atomic
def _bundle(rows: Any, school: int, person: int, period: str, until: datetime) -> bool:
    """Put what waits for a person into one digest. Whatever comes too late for it waits for the next."""
    digest, made = Digest.objects.get_or_create(
        person_id=person, period=period, day=until.date(), defaults={"enterprise_id": school}
    )
    if not made:
        return False
    rows.filter(person=person).update(digest=digest)
    if not digest.notices.filter(NEW).exists():
        return False
    digest.mail = Digest.Mail.WAITING
    digest.save(update_fields=["mail"])
    return True
