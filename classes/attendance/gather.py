"""What the reckoning of a lesson needs, read from the database, and its results with what people decided."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
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


def decided(lesson: Lesson, lessons: QuerySet[Lesson] | None = None) -> Decided:
    """`lessons` may lock what it finds."""
    about = {"lesson": OuterRef("pk")}
    rows = Lesson.objects.all() if lessons is None else lessons
    row = rows.filter(pk=lesson.pk).values_list(
        "register_closed_at",
        "facts_version",
        Exists(Leave.objects.filter(person__memberships__lesson=OuterRef("pk"), withdrawn_at=None)),
        Exists(Credit.objects.filter(**about, undone_at=None)),
        Exists(Correction.objects.filter(**about)),
    )
    closed_at, *others = row.get()
    return Decided(closed_at is not None, *others)


class Gathered(NamedTuple):
    """The results, and by user id who of them is of the school."""

    results: list[Reckoned]
    people: Mapping[str, int]


def gather(lesson: Lesson, found: Decided, policy: Policy | None = None) -> Gathered:
    """Reckon a lesson from what is stored; `policy` stands for its own rules."""
    evidence = _evidence(lesson)
    teacher = lesson.teacher
    names = ("user_id", "user__user_id", "user__nickname", "user__role", "role")
    members = list(Member.objects.filter(lesson=lesson).values_list(*names))
    people = {user_id: pk for pk, user_id, *_ in members} | {teacher.user_id: teacher.pk}
    roles = {user_id: role for _, user_id, _, role, _ in members} | {teacher.user_id: teacher.role}
    known = {line.user_id for line in evidence if line.user_id}
    if guests := known - people.keys():
        ours = User.objects.filter(enterprise_id=lesson.enterprise_id, user_id__in=guests)
        for pk, user_id, role in ours.values_list("pk", "user_id", "role"):
            people[user_id], roles[user_id] = pk, role
    results = reckon(
        evidence,
        [Person(user_id, role, nickname) for _, user_id, nickname, _, role in members],
        teacher=Person(teacher.user_id, Role.TEACHER, teacher.nickname),
        times=_times(lesson),
        policy=policy or policy_of(lesson),
        history_settled=lesson.final_at is not None,
        staff={user_id: role for user_id, role in roles.items() if role in STAFF},
        leaves=_leaves(lesson) if found.leaves else {},
        credits=_credits(lesson) if found.credits else {},
    )
    return Gathered(results, people)


def lines_of(lesson: Lesson, found: Decided, policy: Policy | None = None) -> dict[str, Line]:
    """By user id, the values of DERIVED; a correction stands over the mark that the evidence gives."""
    results, people = gather(lesson, found, policy)
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


def _evidence(lesson: Lesson) -> list[Evidence]:
    rows = Observation.objects.filter(lesson=lesson).values_list(
        "source", "seen_at", "user_id", "nickname", "role", "present", "entered_at", "left_at"
    )
    return [
        Evidence(
            source, seen_at.timestamp(), user_id, nickname, role, present, _second(entered), _second(left)
        )
        for source, seen_at, user_id, nickname, role, present, entered, left in rows.iterator()
    ]


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
