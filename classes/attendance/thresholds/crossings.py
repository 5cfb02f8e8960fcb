"""Who has crossed a threshold: one query for each rule, for some people or for everybody of the school.

Only marks of final lessons that are neither cancelled nor made up count, as in the absence streaks. The rate
is that of the reports: present, late and left early as a share of all marks but "excused" and "no data".
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from itertools import groupby, takewhile
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from accounts.people.grades.queries import students_of_grade
from classes.attendance.reports.sheet import ATTENDED_MARKS
from classes.lessons.status import counted_lessons
from classes.models import AbsenceStreak, Attendance, Mark, ThresholdRule
from console.bulk_sql import without_nested_loops

Kind, Scope = ThresholdRule.Kind, ThresholdRule.Scope
#: The marks that count against a student.
COUNTED_MARKS: dict[str, tuple[Mark, ...]] = {
    Kind.ABSENCES: (Mark.ABSENT,),
    Kind.RATE: (Mark.ABSENT,),
    Kind.LATE: (Mark.LATE, Mark.LATE_AND_LEFT_EARLY),
    Kind.UNKNOWN: (Mark.UNKNOWN,),
}


class Crossing(NamedTuple):
    """`against` is the number of marks against the student among `total`, in lessons from `since` on."""

    against: int
    total: int
    since: datetime


def find_crossings(
    rule: ThresholdRule, zone: ZoneInfo, now: datetime, people: Collection[int] | None = None
) -> dict[int, Crossing]:
    """Return who has crossed the rule, by primary key; only of `people` if given."""
    if not rule.has_target:
        return {}
    if people is None:
        with without_nested_loops():
            return _find_crossings(rule, zone, now, None)
    return _find_crossings(rule, zone, now, people)


def _find_crossings(
    rule: ThresholdRule, zone: ZoneInfo, now: datetime, people: Collection[int] | None
) -> dict[int, Crossing]:
    if rule.kind != Kind.ABSENCES:
        return _in_period(rule, zone, now, people)
    return _in_course(rule, people) if rule.scope == Scope.COURSE else _streaks(rule, people)


def final_marks(rule: ThresholdRule, people: Collection[int] | None = None) -> QuerySet[Attendance]:
    """Return the marks that a rule looks at."""
    rows = Attendance.objects.filter(
        _of_people(rule, people),
        expected=True,
        lesson__enterprise=rule.enterprise_id,
        lesson__final_at__isnull=False,
        **counted_lessons("lesson__"),
    )
    rows = rows.exclude(mark="").order_by()
    return rows.filter(lesson__course=rule.course_id) if rule.scope == Scope.COURSE else rows


def is_crossed(kind: str, number: int, least: int | None, count: int, total: int) -> bool:
    """Return whether so many marks cross a threshold."""
    if kind != Kind.RATE:
        return count >= number
    return total >= (least or 1) and (total - count) * 100 < number * total


def _of_people(rule: ThresholdRule, people: Collection[int] | None) -> Q:
    condition = Q(person__is_active=True)
    if rule.scope == Scope.GROUP:
        condition &= Q(person__group_entries__group=rule.group_id)
    if rule.scope == Scope.GRADE:
        condition &= Q(person__in=students_of_grade(rule.grade_id or 0))
    return condition if people is None else condition & Q(person__in=people)


def _in_period(
    rule: ThresholdRule, zone: ZoneInfo, now: datetime, people: Collection[int] | None
) -> dict[int, Crossing]:
    today = now.astimezone(zone).date()
    begins = datetime.combine(today - timedelta(days=(rule.days or 1) - 1), time.min, zone)
    counted = COUNTED_MARKS[rule.kind]
    deciding = (*ATTENDED_MARKS, *counted) if rule.kind == Kind.RATE else counted
    rows: Any = final_marks(rule, people).filter(lesson__starts_at__gte=begins, mark__in=deciding)
    rows = rows.values("person").annotate(
        count=Count("pk", filter=Q(mark__in=counted)) if rule.kind == Kind.RATE else Count("pk"),
        total=Count("pk"),
    )
    if rule.kind == Kind.RATE:
        attended = (F("total") - F("count")) * 100
        rows = rows.annotate(attended=attended, bound=F("total") * rule.number)
        rows = rows.filter(total__gte=rule.least, attended__lt=F("bound"))
    else:
        rows = rows.filter(count__gte=rule.number)
    return {
        person: Crossing(count, total, begins)
        for person, count, total in rows.values_list("person", "count", "total")
    }


def _streaks(rule: ThresholdRule, people: Collection[int] | None) -> dict[int, Crossing]:
    rows = AbsenceStreak.objects.filter(
        _of_people(rule, people), enterprise=rule.enterprise_id, ended_at=None, number__gte=rule.number
    )
    return {
        person: Crossing(number, number, began)
        for person, number, began in rows.values_list("person", "number", "began_at")
    }


def _in_course(rule: ThresholdRule, people: Collection[int] | None) -> dict[int, Crossing]:
    """Count the absences in the course after its last attended lesson, in the order of the streaks.

    One sorted pass over the marks of the course: comparing each mark with the later ones is quadratic.
    """
    rows = final_marks(rule, people).filter(mark__in=(*ATTENDED_MARKS, Mark.ABSENT))
    rows = rows.order_by("person_id", "-lesson__starts_at", "-lesson_id")
    columns = rows.values_list("person", "mark", "lesson__starts_at")
    crossings = {}
    for person, marks in groupby(columns.iterator(), itemgetter(0)):
        absences = list(takewhile(lambda row: row[1] == Mark.ABSENT, marks))
        if len(absences) >= rule.number:
            crossings[person] = Crossing(len(absences), len(absences), absences[-1][2])
    return crossings
