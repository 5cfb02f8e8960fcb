"""What all news of lessons say: when, by the school's clock; whom they can reach; where their link leads."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime

from accounts.models import User
from classes.models import Lesson
from console.notices.tell import tell


def readers(prefix: str = "") -> Q:
    """Those who can read a notice: they sign in, or get mail."""
    reached = ~Q(**{f"{prefix}password__startswith": "!"})
    if settings.EMAIL_IS_SET_UP:
        reached |= ~Q(**{f"{prefix}e_mail": ""})
    return Q(**{f"{prefix}is_active": True}) & reached


def invited(person: User, those: Sequence[Lesson], *, key: str) -> int:
    """One invitation to all of these."""
    many = len(those) > 1
    return tell(
        "lesson.invited_to_many" if many else "lesson.invited",
        people=[person],
        key=key,
        args=args_of(those),
        link=week_of(those[0]) if many else those[0].get_absolute_url(),
    )


def args_of(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """How many, and of the first: when, by the school's clock, with its zone."""
    first = lessons[0]
    zone = first.enterprise.tz
    return {
        "topic": first.topic,
        "teacher": first.teacher.nickname or first.teacher.user_id,
        "at": f"{localtime(first.starts_at, zone):%Y-%m-%d %H:%M}",
        "until": f"{localtime(first.ends_at, zone):%H:%M}",
        "zone": first.enterprise.zone,
        "n": len(lessons),
        "lessons": [one.pk for one in lessons],
    }


def week_of(lesson: Lesson) -> str:
    """The timetable of that week."""
    return reverse("classes:timetable") + f"?date={localtime(lesson.starts_at, lesson.enterprise.tz).date()}"
