"""Find double bookings between all rows of a file, with existing lessons and with absences, in one pass."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateTimeField, OuterRef, TextField, Value

from classes.choices import Status
from classes.conflicts.absences import valid_absences
from classes.models import Lesson, Member


class ImportSlot(NamedTuple):
    """A time slot of a row of the file (`row`, `place` among its dates), of an existing lesson or an absence.

    An absence has neither row nor lesson.
    """

    starts_at: datetime
    ends_at: datetime
    topic: str
    row: int = 0
    place: int = 0
    lesson: int = 0

    @property
    def is_absence(self) -> bool:
        return not self.row and not self.lesson


class SlotConflict(NamedTuple):
    """Two overlapping slots of one person; `slot` is of the file, `other` may be of the file, too."""

    person: int
    slot: ImportSlot
    other: ImportSlot


@dataclass
class BookingCalendar:
    """Existing and planned slots by person. `teaching` holds (teacher, topic, start) of existing lessons.

    The slots of a series are kept once; the people who share all of their slots are compared once.
    """

    slots_of: dict[int, list[ImportSlot]] = field(default_factory=lambda: defaultdict(list))
    series: list[Sequence[ImportSlot]] = field(default_factory=list)
    series_of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    teaching: set[tuple[int, str, datetime]] = field(default_factory=set)

    def add(self, slot: ImportSlot, people: Iterable[int]) -> None:
        """Add a single slot."""
        for person in people:
            self.slots_of[person].append(slot)

    def add_series(self, slots: Sequence[ImportSlot], people: Iterable[int]) -> None:
        """Add all slots of a row."""
        place = len(self.series)
        self.series.append(slots)
        for person in people:
            self.series_of[person].append(place)

    def clashes(self) -> Iterable[SlotConflict]:
        """Yield each overlapping pair that involves a row of the file, from the view of that row."""
        alike: dict[tuple[tuple[int, ...], tuple[ImportSlot, ...]], list[int]] = defaultdict(list)
        for person, places in self.series_of.items():
            alike[tuple(places), tuple(self.slots_of.get(person, ()))].append(person)
        for people in alike.values():
            slots = [*self.slots_of.get(people[0], ())]
            for place in self.series_of[people[0]]:
                slots += self.series[place]
            for slot, other in _overlaps(sorted(slots)):
                for person in people:
                    yield SlotConflict(person, slot, other)


def _overlaps(slots: Iterable[ImportSlot]) -> Iterable[tuple[ImportSlot, ImportSlot]]:
    """Yield the pairs of these slots, by start, that overlap; the first of each is of the file."""
    running: list[ImportSlot] = []
    for slot in slots:
        running = [one for one in running if one.ends_at > slot.starts_at]
        for one in running:
            if slot.row:
                yield slot, one
            if one.row:
                yield one, slot
        running.append(slot)


def load_bookings(school: Any, first: datetime, last: datetime, people: Collection[int]) -> BookingCalendar:
    """Return the existing slots and the absences of these people between two times. One query."""
    bookings = BookingCalendar()
    members = Member.objects.filter(lesson=OuterRef("pk")).exclude(role=Member.Role.SUPERVISOR).order_by()
    rows = Lesson.objects.filter(
        enterprise=school, cancelled_at=None, starts_at__lt=last, ends_at__gt=first
    ).order_by()
    fields = ("pk", "topic", "starts_at", "ends_at", "teacher_id", "status", "real_ended_at")
    found = rows.values_list(*fields, ArraySubquery(members.values("user_id"))).union(
        _absence_rows(school, first, last, people), all=True
    )
    for pk, topic, starts_at, ends_at, teacher, status, ended_at, others in found.iterator(2_000):
        ended_early = status == Status.END and ended_at is not None and ended_at < ends_at
        slot = ImportSlot(starts_at, ended_at if ended_early else ends_at, topic, lesson=pk)
        bookings.teaching.add((teacher, topic, starts_at))
        bookings.add(slot, [one for one in dict.fromkeys([teacher, *others]) if one in people])
    return bookings


def _absence_rows(school: Any, first: datetime, last: datetime, people: Collection[int]) -> Any:
    """Return absences with the columns of lessons; the key is 0."""
    absences = valid_absences(school, first, last).filter(teacher__in=people).order_by()
    key, text, moment = Value(0, BigIntegerField()), Value("", TextField()), Value(None, DateTimeField())
    nobody = Value([], ArrayField(BigIntegerField()))
    return absences.values_list(key, text, "begins_at", "ends_at", "teacher_id", text, moment, nobody)
