"""Who would be planned twice: all rows of a file against each other and against the school, in one go."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from classes.models import Lesson, Member


class Slot(NamedTuple):
    """A stretch of time: of a row of the file (`row`, `place` among its dates), or of a known lesson."""

    starts_at: datetime
    ends_at: datetime
    topic: str
    row: int = 0
    place: int = 0
    lesson: int = 0


class Clash(NamedTuple):
    """Two slots of one person at a time; `slot` is of the file, `other` of either."""

    person: int
    slot: Slot
    other: Slot


@dataclass
class Diary:
    """Everybody's slots. `teaching` tells (teacher, topic, start) of lessons that are there."""

    of_person: dict[int, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    teaching: set[tuple[int, str, datetime]] = field(default_factory=set)

    def add(self, slot: Slot, people: Iterable[int]) -> None:
        for person in people:
            self.of_person[person].append(slot)

    def clashes(self) -> Iterable[Clash]:
        """Each pair that overlaps and in which a row of the file takes part, seen from that row."""
        for person, slots in self.of_person.items():
            slots.sort()
            running: list[Slot] = []
            for slot in slots:
                running = [one for one in running if one.ends_at > slot.starts_at]
                for one in running:
                    if slot.row:
                        yield Clash(person, slot, one)
                    if one.row:
                        yield Clash(person, one, slot)
                running.append(slot)


def diary_of(school: Any, first: datetime, last: datetime, people: Collection[int]) -> Diary:
    """What these people have between two moments already; two queries."""
    diary = Diary()
    rows = Lesson.objects.filter(
        enterprise=school, cancelled_at=None, starts_at__lt=last, ends_at__gt=first
    ).order_by()
    slots: dict[int, Slot] = {}
    fields = ("pk", "topic", "starts_at", "ends_at", "teacher_id")
    for pk, topic, starts_at, ends_at, teacher in rows.values_list(*fields):
        slots[pk] = Slot(starts_at, ends_at, topic, lesson=pk)
        diary.teaching.add((teacher, topic, starts_at))
        if teacher in people:
            diary.add(slots[pk], [teacher])
    members = Member.objects.filter(lesson__in=rows.values("pk")).exclude(role=Member.Role.SUPERVISOR)
    for lesson, person in members.values_list("lesson_id", "user_id").iterator(10_000):
        if person in people and lesson in slots:
            diary.add(slots[lesson], [person])
    return diary
