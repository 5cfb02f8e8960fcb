"""Engagement as samples: in how many looks into the room somebody's devices were seen on.

Only schools that turned it on have any. They are counted once, when a register turns final, so that what was
deleted does not come back; they enter no mark, no report and no file.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet, Sum

from accounts.models import User
from classes.models import Lesson, Member, Observation, Samples
from classes.models.samples import DEVICES
from console.policy import scoped

Source = Observation.Source
#: Devices from a look on, as the service told them; None where the person was not in the room.
Change = tuple[datetime, Mapping[str, int] | None]


class Device(NamedTuple):
    """One device: seen on in `on` of `told` checks; the other checks told nothing of it."""

    name: str
    on: int
    told: int


class Seen(NamedTuple):
    """Checks that saw somebody, over so many lessons, and what they told of each device."""

    checks: int
    devices: list[Device]
    lessons: int = 1


def count(changes: Iterable[Change], looks: Sequence[datetime]) -> dict[str, int]:
    """The numbers of one person. Only 1 and 0 are told: -1, and whatever else, is unknown."""
    ordered = sorted(changes, key=lambda change: change[0])
    moments = [at for at, _ in ordered]
    numbers = {"checks": 0} | {f"{name}_{part}": 0 for name in DEVICES for part in ("on", "told")}
    for look in looks:
        place = bisect_right(moments, look)
        devices = ordered[place - 1][1] if place else None
        if devices is None:
            continue
        numbers["checks"] += 1
        for name in DEVICES:
            numbers[f"{name}_told"] += devices.get(name) in (0, 1)
            numbers[f"{name}_on"] += devices.get(name) == 1
    return numbers


@transaction.atomic
def keep(lesson: Lesson) -> int:
    """Count the samples of a lesson whose register has just turned final; how many students have some."""
    if not lesson.enterprise.samples_on or lesson.real_started_at is None or lesson.real_ended_at is None:
        return 0
    taught = (lesson.real_started_at, lesson.real_ended_at)
    seen = Observation.objects.filter(lesson=lesson, source__in=(Source.POLL, Source.TICK))
    looks = sorted(set(seen.filter(seen_at__range=taught).values_list("seen_at", flat=True)))
    changes: dict[str, list[Change]] = {}
    rows = seen.filter(source=Source.POLL).order_by("id")
    for user_id, at, present, devices in rows.values_list("user_id", "seen_at", "present", "raw__status"):
        changes.setdefault(user_id, []).append((at, (devices or {}) if present else None))
    students = Member.objects.filter(lesson=lesson, role=Member.Role.STUDENT)
    counted = [
        Samples(lesson=lesson, person_id=pk, **count(changes[user_id], looks))
        for pk, user_id in students.values_list("user", "user__user_id")
        if user_id in changes
    ]
    return len(Samples.objects.bulk_create((one for one in counted if one.checks), ignore_conflicts=True))


def seen_of(reader: Any, lesson: Lesson, person: User | None) -> Seen | None:
    """The samples of one person in one lesson, where the school keeps them and the reader may see them."""
    rows = _shown(reader).filter(lesson=lesson, person=person)
    return _told(rows) if person and lesson.enterprise.samples_on else None


def seen_over(reader: Any, person: User, stretch: Any) -> Seen | None:
    """The same over the lessons that begin in these days (`begins` up to `ends`)."""
    if not person.enterprise or not person.enterprise.samples_on:
        return None
    days = {"lesson__starts_at__gte": stretch.begins, "lesson__starts_at__lt": stretch.ends}
    return _told(_shown(reader).filter(person=person, **days))


def _shown(reader: Any) -> QuerySet[Samples]:
    return scoped(Samples.objects.all(), reader, "samples", "list")


def _told(rows: QuerySet[Samples]) -> Seen | None:
    sums = {
        name: Sum(name)
        for name in ("checks", *(f"{one}_{part}" for one in DEVICES for part in ("on", "told")))
    }
    found = rows.aggregate(**sums)
    if not found["checks"]:
        return None
    devices = [Device(name, found[f"{name}_on"], found[f"{name}_told"]) for name in DEVICES]
    return Seen(found["checks"], devices, rows.count())
