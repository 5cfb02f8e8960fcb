"""Common parts of notifications about lessons: recipients, times in the school's zone, links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime

from accounts.models import Enterprise, User
from classes.models import Lesson
from console.notifications.channels.mail_server import mail_is_set_up
from console.notifications.models import MessagingApp
from console.notifications.services import notify


def reachable_filter(prefix: str = "") -> Q:
    """Filter for people who can read a notification: they can sign in, have an email address, or belong to a
    school whose app may find them."""
    reached = ~Q(**{f"{prefix}password__startswith": "!"})
    if mail_is_set_up():
        reached |= ~Q(**{f"{prefix}e_mail": ""})
    with_app = MessagingApp.objects.filter(is_on=True).values("enterprise")
    reached |= Q(**{f"{prefix}enterprise__in": with_app})
    return Q(**{f"{prefix}is_active": True}) & reached


def send_invitation(person: User, lessons: Sequence[Lesson], *, key: str) -> int:
    """Send one invitation to all of these lessons."""
    many = len(lessons) > 1
    return notify(
        "lesson.invited_to_many" if many else "lesson.invited",
        people=[person],
        key=key,
        args=lesson_args(lessons),
        link=timetable_week_url(lessons[0]) if many else lessons[0].get_absolute_url(),
    )


def lesson_args(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """Arguments of a notification: the number of lessons, and the details of the first one."""
    first = lessons[0]
    return {
        "topic": first.topic,
        "teacher": first.teacher.nickname or first.teacher.user_id,
        "at": local_minute(first.starts_at, first.enterprise),
        "until": f"{localtime(first.ends_at, first.enterprise.tz):%H:%M}",
        "zone": first.enterprise.zone,
        "n": len(lessons),
        "lessons": [one.pk for one in lessons],
    }


def local_minute(at: datetime, school: Enterprise) -> str:
    """Return a moment in the zone of the school, as notifications keep it."""
    return f"{localtime(at, school.tz):%Y-%m-%d %H:%M}"


def timetable_week_url(lesson: Lesson) -> str:
    """Return the timetable of the lesson's week."""
    return reverse("classes:timetable") + f"?date={localtime(lesson.starts_at, lesson.enterprise.tz).date()}"
