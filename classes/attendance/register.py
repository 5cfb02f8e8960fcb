"""The register of a lesson: from evidence, members and what people decided to Stay and Attendance rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from classes.attendance.gather import DERIVED, Line, all_decided, decided, lines_of, stored_of
from classes.attendance.rules import freeze_policy
from classes.attendance.samples import keep as keep_samples
from classes.attendance.shapes import FACTS_VERSION, Policy
from classes.models import Attendance, Lesson, Stay
from console.rows import insert, upsert

COLUMNS = tuple(name.removesuffix("_id") for name in DERIVED)
FACTS = DERIVED.index("reason")
#: By the key of a lesson, whom a reckoning is about; in a lesson that is not named it is everybody.
Only = Mapping[int, Collection[str]]
EVERYBODY: Only = MappingProxyType({})


def is_final(lesson: Lesson) -> bool:
    """Whether history has settled, so that the marks no longer change by themselves."""
    return lesson.final_at is not None


def recompute(lesson: Lesson) -> bool:
    """Write the lesson's stays and marks anew; says whether anything changed. A closed register stays.

    The times, rules and `final_at` are those of the row as given; other writers wait at the lesson's lock.
    """
    return bool(recompute_all([lesson]))


def hold(lessons: Iterable[Lesson]) -> None:
    """Lock them all, before they are reckoned one by one in this transaction.

    Marks of lessons that are over have the writers of the school wait for each other, so that nobody may want
    another lesson after them: its holder might be the one who waits.
    """
    locked = Lesson.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in lessons])
    list(locked.order_by("pk").values_list("pk"))


@transaction.atomic(savepoint=False)
def recompute_all(lessons: Sequence[Lesson], only: Only = EVERYBODY) -> set[int]:
    """The same for many lessons, with as many queries as for one; the keys of those that changed.

    Of a lesson whose key `only` has, the stays and marks of these people (user ids) alone.
    """
    locked = Lesson.objects.select_for_update(of=("self",))
    found = all_decided([lesson.pk for lesson in lessons], locked)
    open_ = [lesson for lesson in lessons if not found[lesson.pk].closed]
    # Stays that count for somebody else, too, and facts of an older version are everybody's.
    some = {
        one.pk: only[one.pk]
        for one in open_
        if one.pk in only and not found[one.pk].credits and found[one.pk].version == FACTS_VERSION
    }
    stored = stored_of(open_, some)
    lines = {one.pk: lines_of(one, found[one.pk], stored=stored[one.pk]) for one in open_}
    for key, people in some.items():
        lines[key] = {user_id: line for user_id, line in lines[key].items() if user_id in people}
    changed = _write_stays(lines, some) | _write_marks(lines, some)
    if old := [one.pk for one in open_ if found[one.pk].version != FACTS_VERSION]:
        Lesson.objects.filter(pk__in=old).update(facts_version=FACTS_VERSION)
    return changed


def reckoned(lesson: Lesson, policy: Policy | None = None) -> list[Attendance]:
    """The marks as they would be written now, or under another policy, unsaved and with their people."""
    lines = lines_of(lesson, decided(lesson), policy)
    people = User.objects.in_bulk([line[0] for line in lines.values() if line[0]])
    rows = [_row(lesson.pk, user_id, line) for user_id, line in lines.items()]
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
    found = all_decided([lesson.pk], Lesson.objects.select_for_update(of=("self",)))[lesson.pk]
    if not found.closed:
        recompute(lesson)
        return
    lines = lines_of(lesson, found)
    rows = list(Attendance.objects.filter(lesson=lesson, user_id__in=lines))
    for row in rows:
        row.reason = lines[row.user_id][FACTS]
    Attendance.objects.bulk_update(rows, ["reason"], batch_size=1000)
    Lesson.objects.filter(pk=lesson.pk).update(facts_version=FACTS_VERSION)


def _row(lesson: int, user_id: str, line: Line) -> Attendance:
    values: dict[str, Any] = dict(zip(DERIVED, line, strict=True))
    return Attendance(lesson_id=lesson, user_id=user_id, **values)


def _among(only: Only) -> Q:
    """Rows of the people whom `only` names in a lesson, and of everybody in the others."""
    if not only:
        return Q()
    return ~Q(lesson__in=only) | Q(user_id__in=set(chain(*only.values())))


def _is_among(only: Only, lesson: int, user_id: str) -> bool:
    return lesson not in only or user_id in only[lesson]


def _write_stays(lessons: Mapping[int, Mapping[str, Line]], only: Only) -> set[int]:
    """Add the stays that are new, take away those that are no more; the lessons in which there were any."""
    wanted = {
        (lesson, user_id, stay["from"], stay["to"], stay["grade"])
        for lesson, lines in lessons.items()
        for user_id, line in lines.items()
        for stay in line[FACTS]["stays"]
    }
    rows = (
        Stay.objects.filter(_among(only), lesson__in=lessons)
        .order_by()
        .values_list("pk", "lesson", "user_id", "entered_at", "left_at", "evidence")
    )
    kept = {
        (lesson, user_id, _second(start), _second(end), grade): pk
        for pk, lesson, user_id, start, end, grade in rows
        if _is_among(only, lesson, user_id)
    }
    gone = {key: pk for key, pk in kept.items() if key not in wanted}
    new = sorted(wanted - kept.keys(), key=str)
    if gone:
        Stay.objects.filter(pk__in=gone.values()).delete()
    insert(
        [
            Stay(
                lesson_id=lesson,
                user_id=user_id,
                entered_at=_at(start),
                left_at=None if end is None else _at(end),
                evidence=grade,
            )
            for lesson, user_id, start, end, grade in new
        ]
    )
    return {key[0] for key in (*gone, *new)}


def _write_marks(lessons: Mapping[int, Mapping[str, Line]], only: Only) -> set[int]:
    """Insert or update the rows that differ; rows of people without evidence or place go.

    The lessons in which there were any.
    """
    stored = Attendance.objects.filter(_among(only), lesson__in=lessons).order_by()
    rows = stored.values_list("lesson", "user_id", *DERIVED)
    kept = {
        (lesson, user_id): tuple(line) for lesson, user_id, *line in rows if _is_among(only, lesson, user_id)
    }
    lines = {(lesson, user_id): line for lesson, of in lessons.items() for user_id, line in of.items()}
    changed = [key for key, line in lines.items() if kept.get(key) != line]
    gone = kept.keys() - lines.keys()
    for lesson in {key[0] for key in gone}:
        theirs = [user_id for of, user_id in gone if of == lesson]
        Attendance.objects.filter(lesson=lesson, user_id__in=theirs).delete()
    upsert(
        [_row(*key, lines[key]) for key in changed],
        unique=("lesson_id", "user_id"),
        change=(*DERIVED, "reckoned_at"),
    )
    return {key[0] for key in (*changed, *gone)}


def _second(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
