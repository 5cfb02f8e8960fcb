"""The register of a lesson: from evidence and members to Stay and Attendance rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from math import ceil
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import STAFF, Role
from classes.attendance.reckon import reckon
from classes.attendance.shapes import Evidence, Person, Policy, Reckoned, Times
from classes.models import Attendance, Lesson, Member, Observation, Stay

DERIVED = (
    "person_id",
    "nickname",
    "role",
    "expected",
    "mark",
    "first_entered_at",
    "last_left_at",
    "present_seconds",
    "share",
    "evidence",
    "reason",
    "provisional",
)
Key = tuple[Any, ...]


def is_final(lesson: Lesson) -> bool:
    """Whether history has settled, so that the marks no longer change by themselves."""
    return lesson.final_at is not None


@transaction.atomic
def recompute(lesson: Lesson) -> bool:
    """Write the lesson's stays and marks anew; says whether anything changed.

    The times, rules and `final_at` are those of the row as given; other writers wait at the lesson's lock.
    """
    Lesson.objects.select_for_update().values_list("pk").get(pk=lesson.pk)
    results, people = _reckon(lesson)
    stays_changed = _write_stays(lesson, results)
    return _write_marks(lesson, _rows(lesson, results, people)) or stays_changed


def reckoned(lesson: Lesson) -> list[Attendance]:
    """The marks as they would be written now, unsaved."""
    return _rows(lesson, *_reckon(lesson))


def freeze_policy(lesson: Lesson) -> None:
    """Keep the rules of the school as they are now, once, so that a later change alters no old mark."""
    if lesson.policy is None:
        lesson.policy = asdict(_rules_now(lesson))
        Lesson.objects.filter(pk=lesson.pk, policy__isnull=True).update(policy=lesson.policy)


@transaction.atomic
def settle(lesson: Lesson) -> None:
    """Make the register final: history is finished and stable."""
    freeze_policy(lesson)
    lesson.final_at = lesson.final_at or timezone.now()
    Lesson.objects.filter(pk=lesson.pk, final_at__isnull=True).update(final_at=lesson.final_at)
    recompute(lesson)


def policy_of(lesson: Lesson) -> Policy:
    """The frozen rules; those of the school while the lesson has none of its own."""
    return Policy(**lesson.policy) if lesson.policy else _rules_now(lesson)


def _rules_now(lesson: Lesson) -> Policy:
    school = lesson.enterprise
    return Policy(
        late_after_s=school.late_after_s,
        early_leave_s=school.early_leave_s,
        present_share=school.present_share,
        # A sweep takes up the polls that are due, so none is nearer to the next than two sweeps are.
        poll_s=max(1, ceil(max(settings.LIVE_POLL_S, settings.SWEEP_EVERY_S))),
    )


def _reckon(lesson: Lesson) -> tuple[list[Reckoned], dict[str, User]]:
    """The results and, by user id, those of the people in them who are of the school."""
    evidence = _evidence(lesson)
    members = list(Member.objects.filter(lesson=lesson).select_related("user"))
    people = {member.user.user_id: member.user for member in members}
    people[lesson.teacher.user_id] = lesson.teacher
    known = {line.user_id for line in evidence if line.user_id}
    if guests := known - people.keys():
        found = User.objects.filter(enterprise_id=lesson.enterprise_id, user_id__in=guests)
        people |= {user.user_id: user for user in found}
    results = reckon(
        evidence,
        [Person(one.user.user_id, one.role, one.user.nickname) for one in members],
        teacher=Person(lesson.teacher.user_id, Role.TEACHER, lesson.teacher.nickname),
        times=_times(lesson),
        policy=policy_of(lesson),
        history_settled=is_final(lesson),
        staff={user_id: user.role for user_id, user in people.items() if user.role in STAFF},
    )
    return results, people


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


def _rows(lesson: Lesson, results: Iterable[Reckoned], people: Mapping[str, User]) -> list[Attendance]:
    return [
        Attendance(
            lesson_id=lesson.pk,
            person=people.get(one.user_id),
            user_id=one.user_id,
            nickname=one.nickname,
            role=one.role,
            expected=one.expected,
            mark=one.mark,
            first_entered_at=_moment(one.first_entered_at),
            last_left_at=_moment(one.last_left_at),
            present_seconds=one.present_seconds,
            share=one.share,
            evidence=one.grade,
            reason=one.facts,
            provisional=not is_final(lesson),
        )
        for one in results
    ]


def _write_stays(lesson: Lesson, results: Iterable[Reckoned]) -> bool:
    """Add the stays that are new and take away those that are no more."""
    wanted = {
        (one.user_id, _at(stay.start), None if stay.open else _at(stay.end), stay.grade)
        for one in results
        for stay in one.stays
    }
    rows = Stay.objects.filter(lesson=lesson).values_list(
        "pk", "user_id", "entered_at", "left_at", "evidence"
    )
    kept: dict[Key, int] = {(*key,): pk for pk, *key in rows}
    gone = [pk for key, pk in kept.items() if key not in wanted]
    new = sorted(wanted - kept.keys(), key=str)
    if gone:
        Stay.objects.filter(pk__in=gone).delete()
    Stay.objects.bulk_create(
        Stay(lesson_id=lesson.pk, user_id=user_id, entered_at=start, left_at=end, evidence=grade)
        for user_id, start, end, grade in new
    )
    return bool(gone or new)


def _write_marks(lesson: Lesson, rows: Sequence[Attendance]) -> bool:
    """Insert or update the rows that differ; rows of people without evidence or place go."""
    kept = {row.user_id: row for row in Attendance.objects.filter(lesson=lesson)}
    changed = [row for row in rows if row.user_id not in kept or _derived(row) != _derived(kept[row.user_id])]
    gone = kept.keys() - {row.user_id for row in rows}
    if gone:
        Attendance.objects.filter(lesson=lesson, user_id__in=gone).delete()
    Attendance.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["lesson", "user_id"],
        update_fields=[*(name.removesuffix("_id") for name in DERIVED), "reckoned_at"],
    )
    return bool(changed or gone)


def _derived(row: Attendance) -> Key:
    return tuple(getattr(row, name) for name in DERIVED)


def _second(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _moment(second: int | None) -> datetime | None:
    return None if second is None else _at(second)


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
