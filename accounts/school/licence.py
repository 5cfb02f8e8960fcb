"""Licence of a school at iclass: end, urgency and notices."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import Enterprise, Role, User
from console.notifications.services import notify

#: Days before the end on which a notice is sent, and its type.
NOTICE_STEPS = ((0, "school.licence_over"), (1, "school.licence_soon"), (7, "school.licence_soon"))
FIRST_NOTICE = (30, "school.licence_ends")
#: Days before the end from which pages show it as critical.
CRITICAL_DAYS = 7


class LicenceStatus(NamedTuple):
    """`days` are whole days until the end, negative after it; `tone` is ok, warn or bad."""

    ends_at: datetime
    days: int
    over: bool
    tone: str


def licence_status(school: Enterprise) -> LicenceStatus | None:
    """Return the status of the licence, or None if its end is unknown."""
    ends_at = school.licence_ends_at
    if ends_at is None:
        return None
    days = (ends_at - timezone.now()).days
    tone = "bad" if days <= CRITICAL_DAYS else "warn" if days <= FIRST_NOTICE[0] else "ok"
    return LicenceStatus(ends_at, days, ends_at <= timezone.now(), tone)


def notify_licence_ends() -> int:
    """Notify superadmins and administrators of licences that end; return the number of notices.

    There is one notice each at 30, 7, 1 and 0 days; a missed step is skipped. A renewed licence has another
    end and starts over.
    """
    known = Enterprise.objects.exclude(create_time=None).exclude(valid_seconds=0)
    return sum(_notify_school(school) for school in known.only("create_time", "valid_seconds", "zone"))


def _notify_school(school: Enterprise) -> int:
    ends_at = school.licence_ends_at
    if ends_at is None:
        return 0
    left = ends_at - timezone.now()
    step = next(
        ((days, kind) for days, kind in (*NOTICE_STEPS, FIRST_NOTICE) if left <= timedelta(days=days)), None
    )
    if step is None:
        return 0
    return notify(
        step[1],
        people=User.objects.filter(enterprise=school, role__in=(Role.SUPERADMIN, Role.ADMIN), is_active=True),
        key=f"licence {ends_at:%Y-%m-%d} {step[0]}",
        args={"day": f"{localtime(ends_at, school.tz):%Y-%m-%d}", "days": max(left.days, 0)},
        link=reverse("accounts:school"),
    )
