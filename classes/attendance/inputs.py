"""Input of the calculation from the database, and its results combined with manual decisions."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Exists, FloatField, Func, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.models.roles import STAFF, Role
from classes.attendance.calculation.calculate import calculate
from classes.attendance.calculation.intervals import Interval
from classes.attendance.calculation.types import (
    AttendancePolicy,
    CalculatedMark,
    Evidence,
    ExpectedPerson,
    LessonTimes,
)
from classes.attendance.policy import get_policy
from classes.models import Correction, GuestCredit, Leave, Lesson, Member, Observation
from classes.models.attendance import Grade

#: The columns that a calculation writes, in the order of `MarkValues`.
CALCULATED_COLUMNS = (
    "person_id",
    "nickname",
    "role",
    "expected",
    "mark",
    "derived_mark",
    "first_entered_at",
    "last_left_at",
    "present_seconds",
    "share",
    "evidence",
    "reason",
    "provisional",
)
MarkValues = tuple[Any, ...]


class Decisions(NamedTuple):
    """Flags of manual decisions about a lesson, read in one query; most lessons have none."""

    closed: bool
    version: int
    leaves: bool
    credits: bool
    corrections: bool


def lesson_decisions(lesson: Lesson) -> Decisions:
    return decisions_by_lesson([lesson.pk])[lesson.pk]


def decisions_by_lesson(
    lessons: Collection[int], rows: QuerySet[Lesson] | None = None
) -> dict[int, Decisions]:
    """Map lessons (by pk) to their decisions; `rows` may be a locking queryset."""
    about = {"lesson": OuterRef("pk")}
    found = (Lesson.objects.all() if rows is None else rows).filter(pk__in=lessons).order_by("pk")
    values = found.values_list(
        "pk",
        "register_closed_at",
        "facts_version",
        Exists(Leave.objects.filter(person__memberships__lesson=OuterRef("pk"), state=Leave.State.APPROVED)),
        Exists(GuestCredit.objects.filter(**about, undone_at=None)),
        Exists(Correction.objects.filter(**about)),
    )
    return {pk: Decisions(closed_at is not None, *others) for pk, closed_at, *others in values}


class StoredInputs(NamedTuple):
    """Stored input of a lesson.

    `members` are (pk, user id, name, role in the lesson). `guests` maps the user ids of other people of the
    school whom the evidence names to (pk, role).
    """

    evidence: list[Evidence]
    members: list[tuple[int, str, str, str]]
    guests: dict[str, tuple[int, str]]


def load_inputs(lessons: Collection[Lesson], only: Mapping[int, Collection[str]]) -> dict[int, StoredInputs]:
    """Map lessons (by pk) to their stored input, in a constant number of queries.

    For a lesson in `only`, load only these people and the times of the polls.
    """
    keys = [lesson.pk for lesson in lessons]
    evidence: dict[int, list[Evidence]] = {key: [] for key in keys}
    for key, line in _evidence([key for key in keys if key not in only]):
        evidence[key].append(line)
    for key, line in _evidence_of(only):
        evidence[key].append(line)
    members: dict[int, list[tuple[int, str, str, str]]] = {key: [] for key in keys}
    names = ("lesson", "user_id", "user__user_id", "user__nickname", "role")
    for key, *member in Member.objects.filter(lesson__in=keys).values_list(*names):
        if key not in only or member[1] in only[key]:
            members[key].append(tuple(member))
    strangers: dict[int, set[str]] = {}
    for lesson in lessons:
        known = {lesson.teacher.user_id, *(user_id for _, user_id, *_ in members[lesson.pk])}
        if others := {line.user_id for line in evidence[lesson.pk] if line.user_id} - known:
            strangers[lesson.pk] = others
    known_people = _school_people(
        {lesson.enterprise_id for lesson in lessons if lesson.pk in strangers}, strangers.values()
    )
    return {
        lesson.pk: StoredInputs(
            evidence[lesson.pk],
            members[lesson.pk],
            {
                user_id: known_people[lesson.enterprise_id, user_id]
                for user_id in strangers.get(lesson.pk, ())
                if (lesson.enterprise_id, user_id) in known_people
            },
        )
        for lesson in lessons
    }


def _school_people(schools: set[int], names: Iterable[set[str]]) -> dict[tuple[int, str], tuple[int, str]]:
    """Map (school, user id) to (pk, role) for these schools and user ids."""
    if not schools:
        return {}
    found = User.objects.filter(enterprise__in=schools, user_id__in=set().union(*names))
    rows = found.values_list("enterprise", "user_id", "pk", "role")
    return {(school, user_id): (pk, role) for school, user_id, pk, role in rows}


class Calculation(NamedTuple):
    """The results, and the primary keys of people of the school by user id."""

    results: list[CalculatedMark]
    people: Mapping[str, int]


def calculate_lesson(
    lesson: Lesson, found: Decisions, stored: StoredInputs, policy: AttendancePolicy | None = None
) -> Calculation:
    """Calculate the marks of a lesson from its stored input; `policy` overrides its own."""
    teacher = lesson.teacher
    people = {user_id: pk for pk, user_id, *_ in stored.members} | {teacher.user_id: teacher.pk}
    roles = {user_id: role for _, user_id, _, role in stored.members} | {teacher.user_id: teacher.role}
    for user_id, (pk, role) in stored.guests.items():
        people[user_id], roles[user_id] = pk, role
    results = calculate(
        _relevant_evidence(lesson, stored.evidence),
        [ExpectedPerson(user_id, role, nickname) for _, user_id, nickname, role in stored.members],
        teacher=ExpectedPerson(teacher.user_id, Role.TEACHER, teacher.nickname),
        times=_times(lesson),
        policy=policy or get_policy(lesson),
        history_settled=lesson.final_at is not None,
        staff={user_id: role for user_id, role in roles.items() if role in STAFF},
        leaves=_leaves(lesson) if found.leaves else {},
        credits=_credits(lesson) if found.credits else {},
    )
    return Calculation(results, people)


def _relevant_evidence(lesson: Lesson, evidence: list[Evidence]) -> list[Evidence]:
    """Return the evidence that counts: not the callbacks received after the register became final."""
    if lesson.final_at is None:
        return evidence
    final = lesson.final_at.timestamp()
    return [line for line in evidence if line.source != "callback" or line.seen_at <= final]


def mark_values(
    lesson: Lesson,
    found: Decisions,
    policy: AttendancePolicy | None = None,
    stored: StoredInputs | None = None,
) -> dict[str, MarkValues]:
    """Map user ids to the values of CALCULATED_COLUMNS; a correction overrides the derived mark."""
    results, people = calculate_lesson(lesson, found, stored or load_inputs([lesson], {})[lesson.pk], policy)
    by_hand = current_corrections(lesson) if found.corrections else {}
    provisional = lesson.final_at is None
    return {
        result.user_id: _row_values(
            result, people.get(result.user_id), provisional, by_hand.get(result.user_id)
        )
        for result in results
    }


def _row_values(
    result: CalculatedMark, person_id: int | None, provisional: bool, correction: Correction | None
) -> MarkValues:
    mark, evidence, facts = result.mark, result.grade, result.facts
    if correction and result.mark:
        mark, evidence = correction.mark, Grade.BY_HAND.value
        facts = {**facts, "hand": _correction_facts(correction, result.mark)}
    return (
        person_id,
        result.nickname,
        result.role,
        result.expected,
        mark,
        result.mark,
        _moment(result.first_entered_at),
        _moment(result.last_left_at),
        result.present_seconds,
        result.share,
        evidence,
        facts,
        provisional,
    )


def _correction_facts(correction: Correction, mark: str) -> dict[str, Any]:
    return {
        "by": correction.by.user_id or correction.by.login if correction.by else "",
        "at": int(correction.created_at.timestamp()),
        "reason": correction.reason,
        "instead_of": mark,
    }


def current_corrections(lesson: Lesson) -> dict[str, Correction]:
    """Map user ids to the correction in force; people without one, or with a withdrawn one, are omitted."""
    rows = Correction.objects.filter(lesson=lesson).select_related("by")
    newest: Iterable[Correction] = rows.order_by("user_id", "-id").distinct("user_id")
    return {one.user_id: one for one in newest if one.mark}


def _credits(lesson: Lesson) -> dict[str, str]:
    rows = GuestCredit.objects.filter(lesson=lesson, undone_at=None)
    return dict(rows.values_list("guest_id", "person__user_id"))


def _leaves(lesson: Lesson) -> dict[str, list[Interval]]:
    """Map user ids to the approved leaves of expected people."""
    begins = min(filter(None, (lesson.starts_at, lesson.real_started_at)))
    ends = max(filter(None, (lesson.ends_at, lesson.real_ended_at)))
    rows = Leave.objects.filter(
        person__memberships__lesson=lesson,
        state=Leave.State.APPROVED,
        begins_at__lt=ends,
        ends_at__gt=begins,
    ).values_list("person__user_id", "begins_at", "ends_at")
    leaves: dict[str, list[Interval]] = {}
    for user_id, start, end in rows.order_by("begins_at", "id"):
        leaves.setdefault(user_id, []).append((int(start.timestamp()), int(end.timestamp())))
    return leaves


def _evidence(lessons: Collection[int]) -> Iterator[tuple[int, Evidence]]:
    return _evidence_lines(Observation.objects.filter(lesson__in=lessons)) if lessons else iter(())


def _evidence_of(only: Mapping[int, Collection[str]]) -> Iterator[tuple[int, Evidence]]:
    """Yield the evidence of these people; of other people, only the times of the polls."""
    if not only:
        return
    selected = Q(user_id__in={"", *chain(*only.values())})
    rows = Observation.objects.filter(lesson__in=only)
    for key, line in _evidence_lines(rows.filter(selected)):
        yield key, line if line.user_id in only[key] else replace(line, user_id="")
    others = rows.exclude(selected).filter(source=Observation.Source.POLL)
    for key, seen_at in others.order_by().values_list("lesson", Epoch("seen_at")).distinct():
        yield key, Evidence("poll", seen_at)


class Epoch(Func):
    """A moment as unix seconds, equal to `datetime.timestamp`.

    For thousands of rows this is much faster than creating datetime objects.
    """

    template = "extract(epoch from %(expressions)s)::float8"
    output_field = FloatField()


def _evidence_lines(rows: QuerySet[Observation]) -> Iterator[tuple[int, Evidence]]:
    entered, left = Epoch("entered_at"), Epoch("left_at")
    names = ("lesson", "source", Epoch("seen_at"), "user_id", "nickname", "role", "present", entered, left)
    for key, source, seen_at, user_id, nickname, role, present, entered_s, left_s in rows.order_by(
        "lesson", "id"
    ).values_list(*names):
        times = None if entered_s is None else int(entered_s), None if left_s is None else int(left_s)
        yield key, Evidence(source, seen_at, user_id, nickname, role, present, *times)


def _times(lesson: Lesson) -> LessonTimes:
    return LessonTimes(
        planned_start=int(lesson.starts_at.timestamp()),
        planned_end=int(lesson.ends_at.timestamp()),
        real_start=_second(lesson.real_started_at),
        real_end=_second(lesson.real_ended_at),
        now=int(timezone.now().timestamp()),
    )


def _second(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _moment(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)
