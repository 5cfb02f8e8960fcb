"""Notifications about lessons that are not ready, a day and half an hour before the start, once each."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import Enterprise, Role, User
from classes.models import Lesson
from classes.readiness.checks import READINESS_WINDOW, Readiness, compute_readiness, upcoming_lessons
from console.notifications.services import notify

#: Times before the start, the nearest first; a lesson planned late gets only the nearest.
STAGES = (("soon", timedelta(minutes=30)), ("day", READINESS_WINDOW))
#: More lessons at once share one notice: often they have the same cause.
MAX_SINGLE_NOTICES = 5
#: Checks of the whole school have separate notices (accounts.school.licence, home alerts).
SCHOOL_CHECKS = ("key", "recording")


class UnreadyLesson(NamedTuple):
    lesson: Lesson
    readiness: Readiness


def send_readiness_warnings() -> int:
    """Notify the administrators of lessons that are not ready; return the number of notices."""
    now = timezone.now()
    ahead = Lesson.objects.filter(starts_at__gt=now, starts_at__lte=now + READINESS_WINDOW, cancelled_at=None)
    schools = Enterprise.objects.filter(pk__in=ahead.order_by().values("enterprise"))
    return sum(_warn_school(school) for school in schools)


def _warn_school(school: Enterprise) -> int:
    lessons = upcoming_lessons(school)
    found = compute_readiness(school, lessons)
    unready = [
        UnreadyLesson(one, found[one.pk])
        for one in lessons
        if one.pk in found and _has_own_problem(found[one.pk])
    ]
    people = list(
        User.objects.filter(enterprise=school, role__in=(Role.SUPERADMIN, Role.ADMIN), is_active=True)
    )
    now, sent = timezone.now(), 0
    for stage, within in STAGES:
        due = [one for one in unready if one.lesson.starts_at - now <= within]
        unready = [one for one in unready if one not in due]
        sent += _send_each(school, stage, due, people)
    return sent


def _has_own_problem(readiness: Readiness) -> bool:
    return any(point.tone == "bad" and point.name not in SCHOOL_CHECKS for point in readiness.points)


def _send_each(school: Enterprise, stage: str, found: list[UnreadyLesson], people: Iterable[User]) -> int:
    if len(found) > MAX_SINGLE_NOTICES:
        return _send_summary(school, stage, found, people)
    return sum(
        notify(
            f"lesson.not_ready_{stage}",
            people=people,
            key=f"ready {stage} {one.lesson.pk} {one.lesson.starts_at:%Y%m%d%H%M}",
            args={
                "topic": one.lesson.topic,
                "at": f"{localtime(one.lesson.starts_at, school.tz):%Y-%m-%d %H:%M}",
            },
            link=reverse("classes:lesson", args=[one.lesson.pk]),
        )
        for one in found
    )


def _send_summary(school: Enterprise, stage: str, found: list[UnreadyLesson], people: Iterable[User]) -> int:
    """Send one notice for all lessons of the same day, or of the same hour at the "soon" stage."""
    first = localtime(found[0].lesson.starts_at, school.tz)
    span = first.strftime("%Y-%m-%d %H:00" if stage == "soon" else "%Y-%m-%d")
    return notify(
        "lesson.many_not_ready",
        people=people,
        key=f"ready many {stage} {span}",
        args={"n": len(found), "at": span},
        link=f"{reverse('classes:lessons')}?need=not_ready",
    )
