"""The register of a lesson: from evidence, members and what people decided to Stay and Attendance rows."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from classes.attendance.gather import DERIVED, Line, decided, lines_of
from classes.attendance.rules import freeze_policy
from classes.attendance.samples import keep as keep_samples
from classes.attendance.shapes import FACTS_VERSION, Policy
from classes.models import Attendance, Lesson, Stay

COLUMNS = tuple(name.removesuffix("_id") for name in DERIVED)
FACTS = DERIVED.index("reason")


def is_final(lesson: Lesson) -> bool:
    """Whether history has settled, so that the marks no longer change by themselves."""
    return lesson.final_at is not None


@transaction.atomic
def recompute(lesson: Lesson) -> bool:
    """Write the lesson's stays and marks anew; says whether anything changed. A closed register stays.

    The times, rules and `final_at` are those of the row as given; other writers wait at the lesson's lock.
    """
    found = decided(lesson, Lesson.objects.select_for_update(of=("self",)))
    if found.closed:
        return False
    lines = lines_of(lesson, found)
    stays_changed = _write_stays(lesson, lines)
    changed = _write_marks(lesson, lines)
    if found.version != FACTS_VERSION:
        Lesson.objects.filter(pk=lesson.pk).update(facts_version=FACTS_VERSION)
    return changed or stays_changed


def reckoned(lesson: Lesson, policy: Policy | None = None) -> list[Attendance]:
    """The marks as they would be written now, or under another policy, unsaved and with their people."""
    lines = lines_of(lesson, decided(lesson), policy)
    people = User.objects.in_bulk([line[0] for line in lines.values() if line[0]])
    rows = [_row(lesson, user_id, line) for user_id, line in lines.items()]
    for row in rows:
        row.person = people.get(row.person_id) if row.person_id else None
    return rows


@transaction.atomic
def settle(lesson: Lesson) -> None:
    """Make the register final: history is finished and stable."""
    freeze_policy(lesson)
    lesson.final_at = lesson.final_at or timezone.now()
    Lesson.objects.filter(pk=lesson.pk, final_at__isnull=True).update(final_at=lesson.final_at)
    recompute(lesson)
    keep_samples(lesson)


@transaction.atomic
def renew_facts(lesson: Lesson) -> None:
    """Bring the facts behind the sentences to the present version; of a closed register only these."""
    found = decided(lesson, Lesson.objects.select_for_update(of=("self",)))
    if not found.closed:
        recompute(lesson)
        return
    lines = lines_of(lesson, found)
    rows = list(Attendance.objects.filter(lesson=lesson, user_id__in=lines))
    for row in rows:
        row.reason = lines[row.user_id][FACTS]
    Attendance.objects.bulk_update(rows, ["reason"], batch_size=1000)
    Lesson.objects.filter(pk=lesson.pk).update(facts_version=FACTS_VERSION)


def _row(lesson: Lesson, user_id: str, line: Line) -> Attendance:
    values: dict[str, Any] = dict(zip(DERIVED, line, strict=True))
    return Attendance(lesson_id=lesson.pk, user_id=user_id, **values)


def _write_stays(lesson: Lesson, lines: Mapping[str, Line]) -> bool:
    """Add the stays that are new and take away those that are no more."""
    wanted = {
        (user_id, stay["from"], stay["to"], stay["grade"])
        for user_id, line in lines.items()
        for stay in line[FACTS]["stays"]
    }
    rows = Stay.objects.filter(lesson=lesson).values_list(
        "pk", "user_id", "entered_at", "left_at", "evidence"
    )
    kept = {(user_id, _second(start), _second(end), grade): pk for pk, user_id, start, end, grade in rows}
    gone = [pk for key, pk in kept.items() if key not in wanted]
    new = sorted(wanted - kept.keys(), key=str)
    if gone:
        Stay.objects.filter(pk__in=gone).delete()
    Stay.objects.bulk_create(
        Stay(
            lesson_id=lesson.pk,
            user_id=user_id,
            entered_at=_at(start),
            left_at=None if end is None else _at(end),
            evidence=grade,
        )
        for user_id, start, end, grade in new
    )
    return bool(gone or new)


def _write_marks(lesson: Lesson, lines: Mapping[str, Line]) -> bool:
    """Insert or update the rows that differ; rows of people without evidence or place go."""
    stored = Attendance.objects.filter(lesson=lesson).values_list("user_id", *DERIVED)
    kept = {user_id: tuple(line) for user_id, *line in stored}
    changed = [user_id for user_id, line in lines.items() if kept.get(user_id) != line]
    gone = kept.keys() - lines.keys()
    if gone:
        Attendance.objects.filter(lesson=lesson, user_id__in=gone).delete()
    _upsert(_row(lesson, user_id, lines[user_id]) for user_id in changed)
    return bool(changed or gone)


def _upsert(rows: Iterable[Attendance]) -> None:
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["lesson", "user_id"],
        update_fields=[*COLUMNS, "reckoned_at"],
    )


def _second(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
