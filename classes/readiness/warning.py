"""Telling a day and half an hour before which lessons are not ready, once for each of both."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import Enterprise, Role, User
from classes.models import Lesson
from classes.readiness.points import AHEAD, Readiness, lessons_ahead, readiness_of
from console.notices.tell import tell

#: How long before the start it is told, the nearest first; of a lesson planned late only the nearest.
STAGES = (("soon", timedelta(minutes=30)), ("day", AHEAD))
#: Of more lessons at once one notice tells, not one for each: often they lack the same thing.
SINGLY = 5
#: Points that concern the whole school are told by notices of their own (accounts.licence, needs of home).
OF_SCHOOL = ("key", "recording")


class Found(NamedTuple):
    lesson: Lesson
    readiness: Readiness


def warn() -> int:
    """Tell those who run a school of its lessons that are not ready; how many notices that were."""
    now = timezone.now()
    ahead = Lesson.objects.filter(starts_at__gt=now, starts_at__lte=now + AHEAD, cancelled_at=None)
    schools = Enterprise.objects.filter(pk__in=ahead.order_by().values("enterprise"))
    return sum(_warn(school) for school in schools)


def _warn(school: Enterprise) -> int:
    lessons = lessons_ahead(school)
    found = readiness_of(school, lessons)
    wanting = [Found(one, found[one.pk]) for one in lessons if one.pk in found and _of_its_own(found[one.pk])]
    people = list(
        User.objects.filter(enterprise=school, role__in=(Role.SUPERADMIN, Role.ADMIN), is_active=True)
    )
    now, told = timezone.now(), 0
    for stage, within in STAGES:
        of_stage = [one for one in wanting if one.lesson.starts_at - now <= within]
        wanting = [one for one in wanting if one not in of_stage]
        told += _tell(school, stage, of_stage, people)
    return told


def _of_its_own(readiness: Readiness) -> bool:
    return any(point.tone == "bad" and point.name not in OF_SCHOOL for point in readiness.points)


def _tell(school: Enterprise, stage: str, found: list[Found], people: Iterable[User]) -> int:
    if len(found) > SINGLY:
        return _tell_of_many(school, stage, found, people)
    return sum(
        tell(
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


def _tell_of_many(school: Enterprise, stage: str, found: list[Found], people: Iterable[User]) -> int:
    """One notice for all that begin on the same day, or in the same hour where it is soon."""
    first = localtime(found[0].lesson.starts_at, school.tz)
    span = first.strftime("%Y-%m-%d %H:00" if stage == "soon" else "%Y-%m-%d")
    return tell(
        "lesson.many_not_ready",
        people=people,
        key=f"ready many {stage} {span}",
        args={"n": len(found), "at": span},
        link=f"{reverse('classes:lessons')}?need=not_ready",
    )
