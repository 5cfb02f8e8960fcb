"""Engagement samples: in how many polls of the room the devices of a person were on.

Only schools that turn sampling on have samples. They are counted once, when a register becomes final, so
deleted samples do not come back. They affect no mark, report or file.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet, Sum

from accounts.models import User
from classes.models import EngagementSample, Lesson, Member, Observation
from classes.models.engagement import DEVICES
from console.policy import scoped

Source = Observation.Source
#: Device states from a poll on, as the API reports them; None if the person was not in the room.
DeviceChange = tuple[datetime, Mapping[str, int] | None]


class DeviceCount(NamedTuple):
    """One device: on in `on` of the `told` checks that reported its state."""

    name: str
    on: int
    told: int


class EngagementSummary(NamedTuple):
    """Number of checks that saw the person, number of lessons, and the counts of each device."""

    checks: int
    devices: list[DeviceCount]
    lessons: int = 1


def count_samples(changes: Iterable[DeviceChange], polls: Sequence[datetime]) -> dict[str, int]:
    """Count the samples of one person. Only 1 and 0 are states; -1 and any other value are unknown."""
    ordered = sorted(changes, key=lambda change: change[0])
    moments = [at for at, _ in ordered]
    numbers = {"checks": 0} | {f"{name}_{part}": 0 for name in DEVICES for part in ("on", "told")}
    for poll in polls:
        index = bisect_right(moments, poll)
        devices = ordered[index - 1][1] if index else None
        if devices is None:
            continue
        numbers["checks"] += 1
        for name in DEVICES:
            numbers[f"{name}_told"] += devices.get(name) in (0, 1)
            numbers[f"{name}_on"] += devices.get(name) == 1
    return numbers


@transaction.atomic
def save_samples(lesson: Lesson) -> int:
    """Count the samples of a lesson whose register just became final; return how many students have some."""
    if not lesson.enterprise.samples_on or lesson.real_started_at is None or lesson.real_ended_at is None:
        return 0
    taught = (lesson.real_started_at, lesson.real_ended_at)
    observations = Observation.objects.filter(lesson=lesson, source__in=(Source.POLL, Source.TICK))
    polls = sorted(set(observations.filter(seen_at__range=taught).values_list("seen_at", flat=True)))
    changes: dict[str, list[DeviceChange]] = {}
    rows = observations.filter(source=Source.POLL).order_by("id")
    for user_id, at, present, devices in rows.values_list("user_id", "seen_at", "present", "raw__status"):
        changes.setdefault(user_id, []).append((at, (devices or {}) if present else None))
    students = Member.objects.filter(lesson=lesson, role=Member.Role.STUDENT)
    samples = [
        EngagementSample(lesson=lesson, person_id=pk, **count_samples(changes[user_id], polls))
        for pk, user_id in students.values_list("user", "user__user_id")
        if user_id in changes
    ]
    return len(
        EngagementSample.objects.bulk_create((one for one in samples if one.checks), ignore_conflicts=True)
    )


def lesson_engagement(reader: Any, lesson: Lesson, person: User | None) -> EngagementSummary | None:
    """Return the samples of one person in one lesson if the school keeps them and the reader may see them."""
    rows = _visible_samples(reader).filter(lesson=lesson, person=person)
    return _summarize(rows) if person and lesson.enterprise.samples_on else None


def period_engagement(reader: Any, person: User, period: Any) -> EngagementSummary | None:
    """Return the samples of one person in the lessons of a period (`begins` up to `ends`)."""
    if not person.enterprise or not person.enterprise.samples_on:
        return None
    days = {"lesson__starts_at__gte": period.begins, "lesson__starts_at__lt": period.ends}
    return _summarize(_visible_samples(reader).filter(person=person, **days))


def _visible_samples(reader: Any) -> QuerySet[EngagementSample]:
    return scoped(EngagementSample.objects.all(), reader, "samples", "list")


def _summarize(rows: QuerySet[EngagementSample]) -> EngagementSummary | None:
    sums = {
        name: Sum(name)
        for name in ("checks", *(f"{one}_{part}" for one in DEVICES for part in ("on", "told")))
    }
    found = rows.aggregate(**sums)
    if not found["checks"]:
        return None
    devices = [DeviceCount(name, found[f"{name}_on"], found[f"{name}_told"]) for name in DEVICES]
    return EngagementSummary(found["checks"], devices, rows.count())
