"""What the reckoning of a lesson needs, read from the database, and its results with what people decided."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Exists, FloatField, Func, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import STAFF, Role
from classes.attendance.reckon import reckon
from classes.attendance.rules import policy_of
from classes.attendance.shapes import Evidence, Person, Policy, Reckoned, Times
from classes.attendance.spans import Stretch
from classes.models import Correction, Credit, Leave, Lesson, Member, Observation
from classes.models.attendance import Grade

#: The columns that a reckoning writes; a line of a register holds them in this order after the user id.
DERIVED = (
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
Line = tuple[Any, ...]


class Decided(NamedTuple):
    """What people have decided about a lesson, asked in one query: most lessons have none of it."""

    closed: bool
    version: int
    leaves: bool
    credits: bool
    corrections: bool


def decided(lesson: Lesson) -> Decided:
    return all_decided([lesson.pk])[lesson.pk]


def all_decided(lessons: Collection[int], rows: QuerySet[Lesson] | None = None) -> dict[int, Decided]:
    """By the key of the lesson; `rows` may lock what it finds."""
    about = {"lesson": OuterRef("pk")}
    found = (Lesson.objects.all() if rows is None else rows).filter(pk__in=lessons).order_by("pk")
    told = found.values_list(
        "pk",
        "register_closed_at",
        "facts_version",
        Exists(Leave.objects.filter(person__memberships__lesson=OuterRef("pk"), withdrawn_at=None)),
        Exists(Credit.objects.filter(**about, undone_at=None)),
        Exists(Correction.objects.filter(**about)),
    )
    return {pk: Decided(closed_at is not None, *others) for pk, closed_at, *others in told}


class Stored(NamedTuple):
    """What is stored of a lesson: its evidence, its members as (key, user id, name, role here), and of
    others whom the evidence names, those who are of the school: user id → (key, role)."""

    evidence: list[Evidence]
    members: list[tuple[int, str, str, str]]
    guests: dict[str, tuple[int, str]]


def stored_of(lessons: Collection[Lesson], only: Mapping[int, Collection[str]]) -> dict[int, Stored]:
    """What is stored of each, by its key: as many queries for many as for one.

    Of a lesson that `only` names, what is stored of these people, and when the room was looked at.
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
    strange: dict[int, set[str]] = {}
    for lesson in lessons:
        known = {lesson.teacher.user_id, *(user_id for _, user_id, *_ in members[lesson.pk])}
        if others := {line.user_id for line in evidence[lesson.pk] if line.user_id} - known:
            strange[lesson.pk] = others
    ours = _people_of({lesson.enterprise_id for lesson in lessons if lesson.pk in strange}, strange.values())
    return {
        lesson.pk: Stored(
            evidence[lesson.pk],
            members[lesson.pk],
            {
                user_id: ours[lesson.enterprise_id, user_id]
                for user_id in strange.get(lesson.pk, ())
                if (lesson.enterprise_id, user_id) in ours
            },
        )
        for lesson in lessons
    }


def _people_of(schools: set[int], names: Iterable[set[str]]) -> dict[tuple[int, str], tuple[int, str]]:
    """(school, user id) → (key, role), of these schools and names."""
    if not schools:
        return {}
    found = User.objects.filter(enterprise__in=schools, user_id__in=set().union(*names))
    rows = found.values_list("enterprise", "user_id", "pk", "role")
    return {(school, user_id): (pk, role) for school, user_id, pk, role in rows}


class Gathered(NamedTuple):
    """The results, and by user id who of them is of the school."""

    results: list[Reckoned]
    people: Mapping[str, int]


def gather(lesson: Lesson, found: Decided, stored: Stored, policy: Policy | None = None) -> Gathered:
    """Reckon a lesson from what is stored; `policy` stands for its own rules."""
    teacher = lesson.teacher
    people = {user_id: pk for pk, user_id, *_ in stored.members} | {teacher.user_id: teacher.pk}
    roles = {user_id: role for _, user_id, _, role in stored.members} | {teacher.user_id: teacher.role}
    for user_id, (pk, role) in stored.guests.items():
        people[user_id], roles[user_id] = pk, role
    results = reckon(
        stored.evidence,
        [Person(user_id, role, nickname) for _, user_id, nickname, role in stored.members],
        teacher=Person(teacher.user_id, Role.TEACHER, teacher.nickname),
        times=_times(lesson),
        policy=policy or policy_of(lesson),
        history_settled=lesson.final_at is not None,
        staff={user_id: role for user_id, role in roles.items() if role in STAFF},
        leaves=_leaves(lesson) if found.leaves else {},
        credits=_credits(lesson) if found.credits else {},
    )
    return Gathered(results, people)


def lines_of(
    lesson: Lesson, found: Decided, policy: Policy | None = None, stored: Stored | None = None
) -> dict[str, Line]:
    """By user id, the values of DERIVED; a correction stands over the mark that the evidence gives."""
    results, people = gather(lesson, found, stored or stored_of([lesson], {})[lesson.pk], policy)
    words = corrections_of(lesson) if found.corrections else {}
    provisional = lesson.final_at is None
    return {
        one.user_id: _line(one, people.get(one.user_id), provisional, words.get(one.user_id))
        for one in results
    }


def _line(one: Reckoned, person_id: int | None, provisional: bool, word: Correction | None) -> Line:
    mark, evidence, facts = one.mark, one.grade, one.facts
    if word and one.mark:
        mark, evidence = word.mark, Grade.BY_HAND.value
        facts = {**facts, "hand": _told_by(word, one.mark)}
    return (
        person_id,
        one.nickname,
        one.role,
        one.expected,
        mark,
        one.mark,
        _moment(one.first_entered_at),
        _moment(one.last_left_at),
        one.present_seconds,
        one.share,
        evidence,
        facts,
        provisional,
    )


def _told_by(word: Correction, mark: str) -> dict[str, Any]:
    return {
        "by": word.by.user_id or word.by.login if word.by else "",
        "at": int(word.created_at.timestamp()),
        "reason": word.reason,
        "instead_of": mark,
    }


def corrections_of(lesson: Lesson) -> dict[str, Correction]:
    """By user id, the word of a person that counts; who has none, or took it back, is not in it."""
    rows = Correction.objects.filter(lesson=lesson).select_related("by")
    newest: Iterable[Correction] = rows.order_by("user_id", "-id").distinct("user_id")
    return {one.user_id: one for one in newest if one.mark}


def _credits(lesson: Lesson) -> dict[str, str]:
    rows = Credit.objects.filter(lesson=lesson, undone_at=None)
    return dict(rows.values_list("guest_id", "person__user_id"))


def _leaves(lesson: Lesson) -> dict[str, list[Stretch]]:
    """By user id, when people who are expected are on leave."""
    begins = min(filter(None, (lesson.starts_at, lesson.real_started_at)))
    ends = max(filter(None, (lesson.ends_at, lesson.real_ended_at)))
    rows = Leave.objects.filter(
        person__memberships__lesson=lesson, withdrawn_at=None, begins_at__lt=ends, ends_at__gt=begins
    ).values_list("person__user_id", "begins_at", "ends_at")
    leaves: dict[str, list[Stretch]] = {}
    for user_id, start, end in rows.order_by("begins_at", "id"):
        leaves.setdefault(user_id, []).append((int(start.timestamp()), int(end.timestamp())))
    return leaves


def _evidence(lessons: Collection[int]) -> Iterator[tuple[int, Evidence]]:
    return _lines(Observation.objects.filter(lesson__in=lessons)) if lessons else iter(())


def _evidence_of(only: Mapping[int, Collection[str]]) -> Iterator[tuple[int, Evidence]]:
    """The evidence of these people of each lesson, and of others' no more than when they were seen."""
    if not only:
        return
    theirs = Q(user_id__in={"", *chain(*only.values())})
    rows = Observation.objects.filter(lesson__in=only)
    for key, line in _lines(rows.filter(theirs)):
        yield key, line if line.user_id in only[key] else replace(line, user_id="")
    others = rows.exclude(theirs).filter(source=Observation.Source.POLL)
    for key, seen_at in others.order_by().values_list("lesson", Epoch("seen_at")).distinct():
        yield key, Evidence("poll", seen_at)


class Epoch(Func):
    """A moment as unix seconds, the very number that `datetime.timestamp` gives: for thousands of rows at a
    time the database tells it in a fraction of the time that making moments takes."""

    template = "extract(epoch from %(expressions)s)::float8"
    output_field = FloatField()


def _lines(rows: QuerySet[Observation]) -> Iterator[tuple[int, Evidence]]:
    entered, left = Epoch("entered_at"), Epoch("left_at")
    names = ("lesson", "source", Epoch("seen_at"), "user_id", "nickname", "role", "present", entered, left)
    for key, source, seen_at, user_id, nickname, role, present, came, went in rows.order_by(
        "lesson", "id"
    ).values_list(*names):
        times = None if came is None else int(came), None if went is None else int(went)
        yield key, Evidence(source, seen_at, user_id, nickname, role, present, *times)


def _times(lesson: Lesson) -> Times:
    return Times(
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
