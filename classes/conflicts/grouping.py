"""Group conflicts for display: one line for each other lesson instead of one for each person."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classes.conflicts.detection import HOLIDAY, STUDENT, BookingConflict, ConflictingLesson

#: So many students are named; more are counted.
MAX_NAMED_STUDENTS = 2


class ConflictGroup(NamedTuple):
    """The people who have `lesson` at the time.

    Without one, `kind` says what is in the way: the people are absent, the day is the holiday `people`, or
    more than `most` students are expected.
    """

    day: date
    lesson: ConflictingLesson | None
    people: str
    most: int
    kind: str


def group_conflicts(conflicts: Iterable[BookingConflict]) -> list[ConflictGroup]:
    """Return a group for each day and other lesson or cause, in the order of the conflicts."""
    found: dict[tuple[date, int | str], list[BookingConflict]] = {}
    for one in conflicts:
        found.setdefault((one.day, one.lesson.pk if one.lesson else one.kind), []).append(one)
    return [
        ConflictGroup(day, rows[0].lesson, _name_people(rows), rows[0].most, rows[0].kind)
        for (day, _cause), rows in found.items()
    ]


def _name_people(rows: list[BookingConflict]) -> str:
    return rows[0].name if rows[0].kind == HOLIDAY else describe_people(rows)


def describe_people(conflicts: Iterable[BookingConflict]) -> str:
    """Return for example "Chen Wei and 20 students"; staff are named, and students if they are few."""
    rows = list(conflicts)
    students = [one for one in rows if one.kind == STUDENT]
    names = [_name(one) for one in rows if one.kind != STUDENT and one.who]
    if len(students) > MAX_NAMED_STUDENTS:
        number = len(students)
        names.append(ngettext("%(n)d student", "%(n)d students", number) % {"n": number})
    else:
        names += [_name(one) for one in students]
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": _(", ").join(names[:-1]), "last": names[-1]}


def _name(conflict: BookingConflict) -> str:
    return conflict.name or conflict.who
