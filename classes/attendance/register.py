"""Calculation and storage of a register: Stay and Attendance rows from evidence and decisions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from classes.attendance.calculation.types import FACTS_VERSION, AttendancePolicy
from classes.attendance.callback_differences import record_differences
from classes.attendance.engagement import save_samples
from classes.attendance.inputs import (
    CALCULATED_COLUMNS,
    MarkValues,
    decisions_by_lesson,
    lesson_decisions,
    load_inputs,
    mark_values,
)
from classes.attendance.policy import freeze_policy
from classes.attendance.thresholds.evaluation import evaluate_registers
from classes.locking import lock_lesson
from classes.models import Attendance, Lesson, Stay
from console.bulk_sql import bulk_insert, bulk_upsert

ATTENDANCE_COLUMNS = tuple(name.removesuffix("_id") for name in CALCULATED_COLUMNS)
FACTS, DERIVED_MARK = CALCULATED_COLUMNS.index("reason"), CALCULATED_COLUMNS.index("derived_mark")
#: Lesson pk → user ids to calculate; all people in a lesson that is not in the mapping.
PeopleByLesson = Mapping[int, Collection[str]]
ALL_PEOPLE: PeopleByLesson = MappingProxyType({})


def is_final(lesson: Lesson) -> bool:
    """Return whether history has settled, so that marks no longer change by themselves."""
    return lesson.final_at is not None


@transaction.atomic(savepoint=False)
def recompute_register(lesson: Lesson) -> bool:
    """Recalculate and store the stays and marks of a lesson; return whether anything changed.

    A closed register does not change. Times, rules and `final_at` are those of the instance as given.
    """
    # Lock in a separate statement: a query that waits for a lock reads corrections from before the wait.
    locked = Lesson.objects.select_for_update(of=("self",), no_key=True).filter(pk=lesson.pk)
    list(locked.order_by().values_list("pk"))
    return bool(recompute_registers([lesson]))


def lock_for_recompute(lessons: Iterable[Lesson]) -> list[Lesson]:
    """Lock all lessons that this transaction recalculates one by one; return them as stored.

    Writing marks of final lessons takes a lock of the school (absence streaks). All lessons must be locked
    before that, or two transactions could deadlock.
    """
    keys = [one.pk for one in lessons]
    locked = Lesson.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    list(locked.values_list("pk"))
    found = Lesson.objects.filter(pk__in=keys).select_related("enterprise", "teacher", "course")
    return list(found.order_by("pk"))


@transaction.atomic(savepoint=False)
def recompute_registers(lessons: Sequence[Lesson], only: PeopleByLesson = ALL_PEOPLE) -> set[int]:
    """Recalculate many lessons with a constant number of queries; return the keys of those that changed.

    Final registers that changed raise and take back attendance warnings.

    For a lesson in `only`, recalculate only these people (user ids).
    """
    locked = Lesson.objects.select_for_update(of=("self",), no_key=True)
    found = decisions_by_lesson([lesson.pk for lesson in lessons], locked)
    open_ = [lesson for lesson in lessons if not found[lesson.pk].closed]
    # Credits and facts of an older version need a calculation of all people.
    partial = {
        one.pk: only[one.pk]
        for one in open_
        if one.pk in only and not found[one.pk].credits and found[one.pk].version == FACTS_VERSION
    }
    stored = load_inputs(open_, partial)
    lines = {one.pk: mark_values(one, found[one.pk], stored=stored[one.pk]) for one in open_}
    for key, people in partial.items():
        lines[key] = {user_id: line for user_id, line in lines[key].items() if user_id in people}
    changed = _write_stays(lines, partial) | _write_marks(lines, partial)
    if outdated := [one.pk for one in open_ if found[one.pk].version != FACTS_VERSION]:
        Lesson.objects.filter(pk__in=outdated).update(facts_version=FACTS_VERSION)
    evaluate_registers(one for one in open_ if one.pk in changed and is_final(one))
    return changed


def preview_marks(lesson: Lesson, policy: AttendancePolicy | None = None) -> list[Attendance]:
    """Return the unsaved marks, with their people, as calculated now or under another policy."""
    lines = mark_values(lesson, lesson_decisions(lesson), policy)
    people = User.objects.in_bulk([line[0] for line in lines.values() if line[0]])
    rows = [_row(lesson.pk, user_id, line) for user_id, line in lines.items()]
    for row in rows:
        row.person = people.get(row.person_id) if row.person_id else None
    return rows


@transaction.atomic
def finalize_register(lesson: Lesson) -> None:
    """Make the register final, because history is complete and stable."""
    lock_lesson(lesson)
    freeze_policy(lesson)
    lesson.final_at = lesson.final_at or timezone.now()
    Lesson.objects.filter(pk=lesson.pk, final_at__isnull=True).update(final_at=lesson.final_at)
    if not recompute_register(lesson):
        evaluate_registers([lesson])
    record_differences([lesson.pk])
    save_samples(lesson)


@transaction.atomic
def refresh_facts(lesson: Lesson) -> None:
    """Update the facts of the marks to the current version.

    In a closed or final register, update only facts whose mark is unchanged, so that an upgrade never changes
    a published mark.
    """
    found = decisions_by_lesson([lesson.pk], Lesson.objects.select_for_update(of=("self",)))[lesson.pk]
    if not found.closed and not is_final(lesson):
        recompute_register(lesson)
        return
    lines = mark_values(lesson, found)
    kept = Attendance.objects.filter(lesson=lesson, user_id__in=lines)
    rows = [row for row in kept if row.derived_mark == lines[row.user_id][DERIVED_MARK]]
    for row in rows:
        row.reason = lines[row.user_id][FACTS]
    Attendance.objects.bulk_update(rows, ["reason"], batch_size=1000)
    Lesson.objects.filter(pk=lesson.pk).update(facts_version=FACTS_VERSION)


def _row(lesson: int, user_id: str, line: MarkValues) -> Attendance:
    values: dict[str, Any] = dict(zip(CALCULATED_COLUMNS, line, strict=True))
    return Attendance(lesson_id=lesson, user_id=user_id, **values)


def _people_filter(only: PeopleByLesson) -> Q:
    """Filter rows by the people in `only`; lessons that are not in it match all people."""
    if not only:
        return Q()
    return ~Q(lesson__in=only) | Q(user_id__in=set(chain(*only.values())))


def _is_selected(only: PeopleByLesson, lesson: int, user_id: str) -> bool:
    return lesson not in only or user_id in only[lesson]


def _write_stays(lessons: Mapping[int, Mapping[str, MarkValues]], only: PeopleByLesson) -> set[int]:
    """Insert new stays and delete obsolete ones; return the lessons that changed."""
    desired = {
        (lesson, user_id, stay["from"], stay["to"], stay["grade"])
        for lesson, lines in lessons.items()
        for user_id, line in lines.items()
        for stay in line[FACTS]["stays"]
    }
    rows = (
        Stay.objects.filter(_people_filter(only), lesson__in=lessons)
        .order_by()
        .values_list("pk", "lesson", "user_id", "entered_at", "left_at", "evidence")
    )
    stored = {
        (lesson, user_id, _second(start), _second(end), grade): pk
        for pk, lesson, user_id, start, end, grade in rows
        if _is_selected(only, lesson, user_id)
    }
    obsolete = {key: pk for key, pk in stored.items() if key not in desired}
    new = sorted(desired - stored.keys(), key=str)
    if obsolete:
        Stay.objects.filter(pk__in=obsolete.values()).delete()
    bulk_insert(
        [
            Stay(
                lesson_id=lesson,
                user_id=user_id,
                entered_at=_to_datetime(start),
                left_at=None if end is None else _to_datetime(end),
                evidence=grade,
            )
            for lesson, user_id, start, end, grade in new
        ]
    )
    return {key[0] for key in (*obsolete, *new)}


def _write_marks(lessons: Mapping[int, Mapping[str, MarkValues]], only: PeopleByLesson) -> set[int]:
    """Upsert the rows that differ and delete rows of people who are no longer in the result.

    Return the lessons that changed.
    """
    queryset = Attendance.objects.filter(_people_filter(only), lesson__in=lessons).order_by()
    rows = queryset.values_list("lesson", "user_id", *CALCULATED_COLUMNS)
    existing = {
        (lesson, user_id): tuple(line)
        for lesson, user_id, *line in rows
        if _is_selected(only, lesson, user_id)
    }
    lines = {(lesson, user_id): line for lesson, marks in lessons.items() for user_id, line in marks.items()}
    changed = [key for key, line in lines.items() if existing.get(key) != line]
    obsolete = existing.keys() - lines.keys()
    for lesson in {key[0] for key in obsolete}:
        user_ids = [user_id for key, user_id in obsolete if key == lesson]
        Attendance.objects.filter(lesson=lesson, user_id__in=user_ids).delete()
    bulk_upsert(
        [_row(*key, lines[key]) for key in changed],
        unique=("lesson_id", "user_id"),
        change=(*CALCULATED_COLUMNS, "reckoned_at"),
    )
    return {key[0] for key in (*changed, *obsolete)}


def _second(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _to_datetime(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
