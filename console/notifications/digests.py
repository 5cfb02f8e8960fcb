"""Digests: the notifications since the last digest, collected at 07:00 in the school's time zone.

A notification is part of one digest, and a person has one digest per period and day. Rows in the database
ensure this however often and by whichever process digests are created. Notifications that were read in the
console are left out.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from console.notifications.models import Notification, NotificationDigest
from console.notifications.topics import DIGEST_PERIODS, EmailFrequency
from console.wakeup import wake_worker

DIGEST_TIME = time(7)
#: Digests hold no text; they are only kept to know that they were sent.
RETENTION = timedelta(days=60)
UNREAD = Q(read_at=None) | Q(shown=False)


def create_due_digests() -> int:
    """Create due digests; return how many."""
    now, created = timezone.now(), 0
    waiting = Notification.objects.filter(digest=None).exclude(period="")
    for period in DIGEST_PERIODS:
        schools = waiting.filter(period=period).order_by("enterprise_id").distinct("enterprise_id")
        for first in schools.select_related("enterprise"):
            until = last_period_end(period, now, first.enterprise.tz)
            rows = waiting.filter(enterprise=first.enterprise_id, period=period, created_at__lt=until)
            people = rows.order_by("person_id").values_list("person_id", flat=True).distinct()
            created += sum(
                _create_digest(rows, first.enterprise_id, pk, period, until) for pk in list(people)
            )
    NotificationDigest.objects.filter(day__lt=(now - RETENTION).date()).delete()
    if created:
        wake_worker("console.notifications.tasks.send_emails")
    return created


def last_period_end(period: str, now: datetime, zone: Any) -> datetime:
    """Return the end of the latest period: today, yesterday or the last Monday, at DIGEST_TIME."""
    local = now.astimezone(zone)
    day = local.date() if local.time() >= DIGEST_TIME else local.date() - timedelta(days=1)
    if period == EmailFrequency.WEEKLY:
        day -= timedelta(days=day.weekday())
    return datetime.combine(day, DIGEST_TIME, zone)


@transaction.atomic
def _create_digest(rows: Any, school: int, person: int, period: str, until: datetime) -> bool:
    """Collect a person's waiting notifications in one digest. Later ones wait for the next digest."""
    digest, created = NotificationDigest.objects.get_or_create(
        person_id=person, period=period, day=until.date(), defaults={"enterprise_id": school}
    )
    if not created:
        return False
    rows.filter(person=person).update(digest=digest)
    if not digest.notices.filter(UNREAD).exists():
        return False
    digest.mail = NotificationDigest.Mail.WAITING
    digest.save(update_fields=["mail"])
    return True
