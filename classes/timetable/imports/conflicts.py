"""Find double bookings between all rows of a file, and with existing lessons, in one pass."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from classes.choices import Status
from classes.models import Lesson, Member


class ImportSlot(NamedTuple):
    """A time slot of a row of the file (`row`, `place` among its dates), or of an existing lesson."""

    starts_at: datetime
    ends_at: datetime
    topic: str
    row: int = 0
    place: int = 0
    lesson: int = 0


class SlotConflict(NamedTuple):
    """Two overlapping slots of one person; `slot` is of the file, `other` of the file or existing."""

    person: int
    slot: ImportSlot
    other: ImportSlot


@dataclass
class BookingCalendar:
    """Slots by person. `teaching` holds (teacher, topic, start) of existing lessons."""

    slots_of: dict[int, list[ImportSlot]] = field(default_factory=lambda: defaultdict(list))
    teaching: set[tuple[int, str, datetime]] = field(default_factory=set)

    def add(self, slot: ImportSlot, people: Iterable[int]) -> None:
        for person in people:
            self.slots_of[person].append(slot)

    def clashes(self) -> Iterable[SlotConflict]:
        """Yield each overlapping pair that involves a row of the file, from the view of that row."""
        for person, slots in self.slots_of.items():
            slots.sort()
            running: list[ImportSlot] = []
            for slot in slots:
                running = [one for one in running if one.ends_at > slot.starts_at]
                for one in running:
                    if slot.row:
                        yield SlotConflict(person, slot, one)
                    if one.row:
                        yield SlotConflict(person, one, slot)
                running.append(slot)


def load_bookings(school: Any, first: datetime, last: datetime, people: Collection[int]) -> BookingCalendar:
    """Return the existing slots of these people between two times; two queries."""
    bookings = BookingCalendar()
    rows = Lesson.objects.filter(
        enterprise=school, cancelled_at=None, starts_at__lt=last, ends_at__gt=first
    ).order_by()
    slots: dict[int, ImportSlot] = {}
    fields = ("pk", "topic", "starts_at", "ends_at", "teacher_id", "status", "real_ended_at")
    for pk, topic, starts_at, ends_at, teacher, status, ended_at in rows.values_list(*fields):
        ended_early = status == Status.END and ended_at is not None and ended_at < ends_at
        slots[pk] = ImportSlot(starts_at, ended_at if ended_early else ends_at, topic, lesson=pk)
        bookings.teaching.add((teacher, topic, starts_at))
        if teacher in people:
            bookings.add(slots[pk], [teacher])
    members = Member.objects.filter(lesson__in=rows.values("pk")).exclude(role=Member.Role.SUPERVISOR)
    for lesson, person in members.values_list("lesson_id", "user_id").iterator(10_000):
        if person in people and lesson in slots:
            bookings.add(slots[lesson], [person])
    return bookings
