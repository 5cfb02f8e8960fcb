"""The licence of a school at iclass: when it ends, how loud that is, and telling who can renew it in time."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import Enterprise, Role, User
from console.notices.tell import tell

#: Days before its end from which it is told, each once, and the kind of notice.
STEPS = ((0, "school.licence_over"), (1, "school.licence_soon"), (7, "school.licence_soon"))
FIRST = (30, "school.licence_ends")
#: Days before its end from which a page is loud.
ALARM = 7


class Licence(NamedTuple):
    """`days` are whole ones until the end, negative after it; `tone` is ok, warn or bad."""

    ends_at: datetime
    days: int
    over: bool
    tone: str


def licence_of(school: Enterprise) -> Licence | None:
    """When the licence ends, in how many days, and how loud that is; None where the service has not said."""
    ends_at = school.licence_ends_at
    if ends_at is None:
        return None
    days = (ends_at - timezone.now()).days
    tone = "bad" if days <= ALARM else "warn" if days <= FIRST[0] else "ok"
    return Licence(ends_at, days, ends_at <= timezone.now(), tone)


def warn() -> int:
    """Tell the superadmins and administrators of each school whose licence ends; how many notices that were.

    Each of the steps 30, 7, 1 and 0 days is told once; one that was missed is left out for the next.
    A renewed licence has another end, so it is told of anew.
    """
    known = Enterprise.objects.exclude(create_time=None).exclude(valid_seconds=0)
    return sum(_warn(school) for school in known.only("create_time", "valid_seconds", "zone"))


def _warn(school: Enterprise) -> int:
    ends_at = school.licence_ends_at
    if ends_at is None:
        return 0
    left = ends_at - timezone.now()
    step = next(((days, kind) for days, kind in (*STEPS, FIRST) if left <= timedelta(days=days)), None)
    if step is None:
        return 0
    return tell(
        step[1],
        people=User.objects.filter(enterprise=school, role__in=(Role.SUPERADMIN, Role.ADMIN), is_active=True),
        key=f"licence {ends_at:%Y-%m-%d} {step[0]}",
        args={"day": f"{localtime(ends_at, school.tz):%Y-%m-%d}", "days": max(left.days, 0)},
        link=reverse("accounts:school"),
    )
