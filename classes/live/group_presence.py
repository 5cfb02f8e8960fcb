"""Who of some groups should be in a lesson now and is not: two queries for all of them.

Members are read as the owner of the database, by keys of lessons and groups that were read in the scope of
the reader: the reader sees the students of these groups in lessons that are otherwise not theirs.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from classes.choices import Status
from classes.lessons.teacher_presence import stale_after
from classes.models import AbsenceCall, Attendance, Leave, Lesson, Member
from console.policy.database_scope import as_owner
from console.ui.template_tags import when


class LessonNow(NamedTuple):
    """A lesson that runs, or should have begun. `looked_at` is the last poll of its room."""

    pk: int
    topic: str
    teacher: str
    teacher_pk: int
    status: str
    starts_at: datetime
    real_started_at: datetime | None
    looked_at: datetime | None

    @property
    def since(self) -> datetime:
        """When people are expected: the planned start, or the real start if that is later."""
        return max(self.starts_at, self.real_started_at or self.starts_at)

    @property
    def is_known(self) -> bool:
        """Whether iclass has told of late who is in the room; nobody is called missing by old data."""
        if self.status != Status.ING or self.looked_at is None:
            return False
        return timezone.now() - self.looked_at <= stale_after()


class StudentNow(NamedTuple):
    """A student who should be in a lesson. `left_at` is when they were last seen, `call` the last call."""

    pk: int
    name: str
    group: int
    lesson: LessonNow
    is_inside: bool
    left_at: datetime | None
    leave: str
    call: str

    @property
    def is_missing(self) -> bool:
        return self.lesson.is_known and not self.is_inside and self.leave != Leave.State.APPROVED


@dataclass
class GroupsNow:
    """The students of some groups who have a lesson now, by name."""

    students: list[StudentNow] = field(default_factory=list)

    @cached_property
    def missing(self) -> list[StudentNow]:
        return [one for one in self.students if one.is_missing]

    @cached_property
    def missing_by_group(self) -> dict[int, list[StudentNow]]:
        found: dict[int, list[StudentNow]] = {}
        for one in self.missing:
            found.setdefault(one.group, []).append(one)
        return found

    @cached_property
    def groups_with_lesson(self) -> set[int]:
        return {one.group for one in self.students}

    @cached_property
    def groups_with_data(self) -> set[int]:
        """The groups of which a student is in, or missing from, a lesson that iclass has told of late."""
        return {one.group for one in self.students if one.lesson.is_known}

    @property
    def on_leave(self) -> list[StudentNow]:
        return [one for one in self.students if not one.is_inside and one.leave == Leave.State.APPROVED]

    @property
    def here(self) -> int:
        """How many students are in a lesson; one of two groups counts once."""
        return len({one.pk for one in self.students if one.is_inside})

    @property
    def unknown(self) -> list[LessonNow]:
        """The lessons without data: not begun, not yet polled, or not polled any more."""
        return list(dict.fromkeys(one.lesson for one in self.students if not one.lesson.is_known))

    def is_silent(self, groups: Collection[int]) -> bool:
        """Return whether these groups have lessons now, and iclass has told of none of late."""
        asked = self.groups_with_lesson.intersection(groups)
        return bool(asked) and not self.groups_with_data & asked

    def missing_in(self, groups: Collection[int]) -> int:
        """Return how many students of these groups are missing; one of two groups counts once."""
        return len({one.pk for group in groups for one in self.missing_by_group.get(group, ())})


def groups_now(school: int, groups: Collection[int]) -> GroupsNow:
    """Return who of these groups of the school should be in a lesson now."""
    if not groups:
        return GroupsNow()
    now = timezone.now()
    lessons = {one.pk: one for one in _current_lessons(school, now)}
    if not lessons:
        return GroupsNow()
    with as_owner():
        rows = list(_members(list(lessons), groups, now))
    return GroupsNow([_student(row, lessons[row["lesson_id"]]) for row in rows])


def _current_lessons(school: int, now: datetime) -> list[LessonNow]:
    late = Q(status=Status.WILL, starts_at__lte=now, ends_at__gt=now)
    rows = Lesson.objects.filter(Q(status=Status.ING) | late, enterprise=school, cancelled_at=None)
    names = (*("pk", "topic", "teacher__nickname", "teacher_id", "status", "starts_at", "real_started_at"),)
    return [LessonNow(*row) for row in rows.order_by("starts_at", "pk").values_list(*names, "looked_at")]


def _members(lessons: list[int], groups: Collection[int], now: datetime) -> QuerySet[Any, Any]:
    marks = Attendance.objects.filter(lesson=OuterRef("lesson"), person=OuterRef("user")).order_by()
    calls = AbsenceCall.objects.filter(lesson=OuterRef("lesson"), person=OuterRef("user")).order_by("-id")
    # Approved leave comes first and hides a request.
    leaves = Leave.objects.filter(
        person=OuterRef("user"),
        state__in=(Leave.State.APPROVED, Leave.State.REQUESTED),
        begins_at__lte=now,
        ends_at__gt=now,
    ).order_by("state")
    members = Member.objects.filter(
        lesson__in=lessons, role=Member.Role.STUDENT, user__group_entries__group__in=groups
    )
    return members.order_by("user__sort_name", "user_id", "lesson__starts_at").values(
        "lesson_id",
        "user_id",
        name=F("user__nickname"),
        group=F("user__group_entries__group"),
        entered_at=Subquery(marks.values("first_entered_at")[:1]),
        left_at=Subquery(marks.values("last_left_at")[:1]),
        leave=Subquery(leaves.values("state")[:1]),
        called=Subquery(calls.values("outcome")[:1]),
        called_at=Subquery(calls.values("at")[:1]),
    )


def _student(row: dict[str, Any], lesson: LessonNow) -> StudentNow:
    return StudentNow(
        row["user_id"],
        row["name"],
        row["group"],
        lesson,
        is_inside=row["entered_at"] is not None and row["left_at"] is None,
        left_at=row["left_at"],
        leave=row["leave"] or "",
        call=_call_text(row["called"], row["called_at"]),
    )


def _call_text(outcome: str | None, at: datetime | None) -> str:
    if not outcome or at is None:
        return ""
    return _("called %(at)s: %(outcome)s") % {
        "at": when(at, "time"),
        "outcome": AbsenceCall.Outcome(outcome).label,
    }
