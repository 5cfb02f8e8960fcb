"""The marks that caused a warning, and what their correction means for it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, TypedDict

from classes.attendance.reports.sheet import ATTENDED_MARKS
from classes.attendance.thresholds.crossings import COUNTED_MARKS, Crossing, Kind, final_marks, is_crossed
from classes.lessons.status import counted_lessons
from classes.models import Attendance, AttendanceWarning, ThresholdRule

#: Most marks that a warning keeps, the newest.
MAX_MARKS = 200


class ChangedMark(TypedDict):
    """A mark of the evidence that counts no more; `now` is empty if there is none any more."""

    lesson: int
    at: str
    was: str
    now: str


def build_facts(rule: ThresholdRule, crossings: Mapping[int, Crossing]) -> dict[int, dict[str, Any]]:
    """Return the facts of new warnings by person: numbers of the rule, what was counted, and the marks.

    The marks are in the order of the lessons.
    """
    marks = _counted_marks(rule, crossings)
    numbers = {"kind": rule.kind, "number": rule.number, "days": rule.days, "least": rule.least}
    return {
        person: {
            **numbers,
            "count": found.against,
            "total": found.total,
            "since": found.since.isoformat(),
            "marks": [
                {"lesson": lesson, "at": at.isoformat(), "mark": mark}
                for lesson, at, mark in marks.get(person, [])
                if at >= found.since
            ][-MAX_MARKS:],
        }
        for person, found in crossings.items()
    }


def _counted_marks(
    rule: ThresholdRule, crossings: Mapping[int, Crossing]
) -> dict[int, list[tuple[int, datetime, str]]]:
    if not crossings:
        return {}
    rows = final_marks(rule, crossings.keys()).filter(
        mark__in=COUNTED_MARKS[rule.kind], lesson__starts_at__gte=min(one.since for one in crossings.values())
    )
    names = ("person", "lesson", "lesson__starts_at", "mark")
    found = rows.order_by("person", "lesson__starts_at", "lesson").values_list(*names)
    return {
        person: [(lesson, at, mark) for _person, lesson, at, mark in lines]
        for person, lines in groupby(found, key=lambda line: line[0])
    }


def marks_now(warnings: Iterable[AttendanceWarning]) -> dict[tuple[int, int], str]:
    """Return the final marks by person and lesson, of the lessons that caused these warnings."""
    wanted = {(one.person_id, mark["lesson"]) for one in warnings for mark in one.marks}
    if not wanted:
        return {}
    rows = Attendance.objects.filter(
        person__in={person for person, _lesson in wanted},
        lesson__in={lesson for _person, lesson in wanted},
        expected=True,
        lesson__final_at__isnull=False,
        **counted_lessons("lesson__"),
    )
    return {
        (person, lesson): mark
        for person, lesson, mark in rows.order_by().values_list("person", "lesson", "mark")
    }


def changed_marks(warning: AttendanceWarning, now: Mapping[tuple[int, int], str]) -> list[ChangedMark]:
    """Return the marks of the evidence that count against the student no more."""
    counted = COUNTED_MARKS[warning.facts["kind"]]
    return [
        ChangedMark(lesson=mark["lesson"], at=mark["at"], was=mark["mark"], now=current)
        for mark in warning.marks
        if (current := now.get((warning.person_id, mark["lesson"]), "")) not in counted
    ]


def stands_without(facts: Mapping[str, Any], changes: Collection[ChangedMark]) -> bool:
    """Return whether the threshold was crossed even with the marks as they are now."""
    kind: str = facts["kind"]
    number: int = facts["number"]
    changed = {one["lesson"]: one["now"] for one in changes}
    if kind == Kind.ABSENCES:
        return _longest_run(facts["marks"], changed) >= number
    came = sum(mark in ATTENDED_MARKS for mark in changed.values())
    lost = len(changed) if kind != Kind.RATE else len(changed) - came
    return is_crossed(kind, number, facts["least"], facts["count"] - len(changed), facts["total"] - lost)


def _longest_run(marks: Iterable[Mapping[str, Any]], changed: Mapping[int, str]) -> int:
    """Return the most absences in a row; "excused", "no data" and a lost mark neither end nor extend it."""
    longest = run = 0
    for mark in marks:
        if mark["lesson"] not in changed:
            run += 1
        elif changed[mark["lesson"]] in ATTENDED_MARKS:
            run = 0
        longest = max(longest, run)
    return longest
