"""Edit selected lessons in one action, and preview the result."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Enterprise, GroupMembership, StudentGroup, User
from accounts.models.roles import Role
from classes.conflicts.detection import BookingConflict
from classes.lessons.groups import lock_groups
from classes.lessons.passwords import lessons_with_other_password, password_audit_values
from classes.lessons.roster import ExpectedPeople, helper_role
from classes.lessons.status import phase_of
from classes.models import Lesson, Member
from classes.timetable.bulk import job
from classes.timetable.bulk.change_undo import change_revocably
from classes.timetable.bulk.changes import (
    PlannedChange,
    begun_message,
    find_change_conflicts,
    lock_and_load,
    plan_change,
)
from classes.timetable.bulk.doubts import ask_about_changes
from console.audit.trail import record
from console.concurrency import Conflict, service, value_digest
from console.confirmation import require_confirmation
from console.jobs.models import Job

#: Lessons that one action may change.
MAX_LESSONS = 1_000
#: Why a lesson cannot be changed, by its phase.
LOCKED_REASONS: dict[str, str | Promise] = {
    "running": gettext_lazy("running: cannot be changed until it ends"),
    "over": gettext_lazy("ended: can no longer be changed"),
    "cancelled": gettext_lazy("cancelled"),
    "not_held": gettext_lazy("in the past"),
}
MADE_UP_REASON = gettext_lazy("made up by another lesson")


def locked_reason(lesson: Lesson, now: datetime | None = None) -> str:
    """Return why the lesson cannot be changed; empty if it can."""
    reason = LOCKED_REASONS.get(phase_of(lesson, now).name, MADE_UP_REASON if lesson.made_up else "")
    return str(reason)


@dataclass(frozen=True)
class BulkEdit:
    """The edit of each of the lessons; what is not given stays.

    `fields` are set on each Lesson. `days` and `minutes` move it on the school's clock, `length` is its new
    length in minutes. `add` are people who join with their own role, `remove` (pks) are removed. `password`
    is that of each, '' for none. The groups of `join` bring their students and are followed from then on;
    with those of `leave` (pks) go the students who joined through them and are in no other group.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    days: int = 0
    minutes: int = 0
    length: int = 0
    add: Collection[User] = ()
    remove: Collection[int] = ()
    join: Collection[StudentGroup] = ()
    leave: Collection[int] = ()
    #: Active students of each added or present group, computed if groups change.
    group_students: Mapping[int, Collection[int]] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)

    @property
    def is_empty(self) -> bool:
        values = (self.fields, self.days, self.minutes, self.length, self.changes_members)
        return not any(values) and self.password is None

    @property
    def replaces(self) -> list[str]:
        """The fields of a lesson whose old value is replaced."""
        times = ("starts_at", "ends_at") if self.days or self.minutes or self.length else ()
        return sorted({*self.fields, *times})

    @property
    def changes_members(self) -> bool:
        return bool(self.add or self.remove or self.join or self.leave or "teacher" in self.fields)


@dataclass
class BulkPreview:
    """`planned` are lessons that change, `same` need no change, `locked` cannot be changed."""

    planned: list[PlannedChange] = field(default_factory=list)
    same: list[Lesson] = field(default_factory=list)
    locked: list[tuple[Lesson, str]] = field(default_factory=list)
    conflicts: list[BookingConflict] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many memberships are added or removed."""
        return sum(len(one.added) + len(one.removed) for one in self.planned)


def preview_edit(school: Enterprise, lessons: Sequence[Lesson], edit: BulkEdit) -> BulkPreview:
    """Return what `edit_lessons` would do, with conflicts; ValidationError if a lesson would break a rule."""
    preview = _classify(school, lessons, edit)
    preview.conflicts = find_change_conflicts(school, preview.planned)
    preview.doubts = ask_about_changes(preview.planned)
    return preview


@service
def edit_lessons(
    *,
    school: Enterprise,
    lessons: Sequence[Lesson],
    edit: BulkEdit,
    by: User | None,
    conflict_reason: str = "",
    seen: Mapping[str, str] | None = None,
    confirmed: bool = False,
) -> Job:
    """Change all lessons that can be changed, in one transaction with one audit entry.

    The returned job reports the result of each; `undo_change_many` takes it back by that. `seen` are the
    `edit_digests` of the lessons as the editor saw them, by default as they are given. Raises
    BookingConflictError if the change causes conflicts and no reason is given; ValidationError if a lesson
    would break a rule, or began meanwhile; Conflict if somebody else changed the same fields meanwhile;
    ConfirmationNeeded if lessons become unusual and it is not `confirmed`.
    """
    if {one.pk for one in edit.join} - lock_groups(_groups_of(lessons, edit)):
        raise ValidationError({"join": _("At least one of these groups was deleted in the meantime.")})
    stored = lock_and_load(lessons)
    check_meanwhile(lessons, stored, edit, seen)
    preview = _classify(school, stored, edit)
    require_confirmation(ask_about_changes(preview.planned), confirmed)
    undo = change_revocably(school, preview.planned, by=by, conflict_reason=conflict_reason)
    values = {
        **{name: _audit_value(value) for name, value in edit.fields.items()},
        **{name: value for name in ("days", "minutes", "length") if (value := getattr(edit, name))},
        **({"members_added": [one.user_id for one in edit.add]} if edit.add else {}),
        **({"members_removed": _user_ids(edit.remove)} if edit.remove else {}),
        **({"groups_added": [one.name for one in edit.join]} if edit.join else {}),
        **({"groups_removed": _group_names(edit.leave)} if edit.leave else {}),
        **password_audit_values(edit.password),
    }
    keys = [one.before.pk for one in preview.planned]
    record(
        "lesson.change_many",
        by=by,
        enterprise=school,
        after={**values, "lessons": keys, "locked": len(preview.locked)},
        reason=conflict_reason,
    )
    return job.start_bulk_job(
        school,
        keys,
        by=by,
        locked=[one.pk for one, _why in preview.locked],
        same=[one.pk for one in preview.same],
        before=undo,
    )


def edit_digests(lessons: Iterable[Lesson], edit: BulkEdit) -> dict[str, str]:
    """Return digests of the values that an edit replaces, by the key of each lesson and the field names.

    People and groups are not included: adding and removing them merges with other changes.
    """
    names = edit.replaces
    return {_key(one, names): value_digest([getattr(one, name) for name in names]) for one in lessons}


def _key(lesson: Lesson, names: Sequence[str]) -> str:
    return " ".join((str(lesson.pk), *names))


def check_meanwhile(
    lessons: Sequence[Lesson], stored: Sequence[Lesson], edit: BulkEdit, seen: Mapping[str, str] | None
) -> None:
    """Raise if lessons are not as the editor saw them."""
    were_open = {one.pk for one in lessons if not one.locked}
    if begun := [one for one in stored if one.locked and one.pk in were_open]:
        raise ValidationError(begun_message(begun[0]))
    before, now = edit_digests(lessons, edit) | dict(seen or {}), edit_digests(stored, edit)
    for one in stored:
        key = _key(one, edit.replaces)
        if now[key] != before[key] and not one.locked:
            raise changed_meanwhile(one.topic)


def changed_meanwhile(topic: str) -> Conflict:
    """Return the error that asks to look again at a lesson, or something else of this name."""
    message = _("Someone else changed “%(topic)s” in the meantime. Check it again, then decide.")
    return Conflict(message % {"topic": topic})


def _audit_value(value: Any) -> Any:
    return value.user_id if isinstance(value, User) else value


def _user_ids(people: Collection[int]) -> list[str]:
    return sorted(User.objects.filter(pk__in=people).values_list("user_id", flat=True))


def _group_names(groups: Collection[int]) -> list[str]:
    return sorted(StudentGroup.objects.filter(pk__in=groups).values_list("name", flat=True))


def _classify(school: Enterprise, lessons: Sequence[Lesson], edit: BulkEdit) -> BulkPreview:
    preview, now = BulkPreview(), timezone.now()
    if any(change.enterprise_id != school.pk for change in edit.join):
        raise ValidationError({"join": _("At least one of these groups does not belong to your school.")})
    edit = replace(edit, group_students=_group_students(lessons, edit))
    rosters = _rosters(lessons) if edit.changes_members else {}
    shared: dict[Any, ExpectedPeople] = {}
    password_changed = lessons_with_other_password(lessons, edit.password)
    for lesson in lessons:
        if reason := locked_reason(lesson, now):
            preview.locked.append((lesson, reason))
            continue
        change = _plan_lesson(school, lesson, edit, rosters.get(lesson.pk), shared)
        change.password = edit.password if lesson.pk in password_changed else None
        if change.changes:
            preview.planned.append(change)
        else:
            preview.same.append(lesson)
    return preview


def _plan_lesson(
    school: Enterprise,
    lesson: Lesson,
    edit: BulkEdit,
    roster: list[Member] | None,
    shared: dict[Any, ExpectedPeople],
) -> PlannedChange:
    fields = {**edit.fields, **_times(school, lesson, edit)}
    if roster is None:
        return plan_change(lesson, **fields)
    people = _desired_people(lesson, edit, roster)
    current = {group.pk for group in lesson.groups.all()}
    key = (
        tuple(sorted(people.students.items(), key=str)),
        tuple(sorted(people.helpers.items())),
        people.groups,
    )
    planned_people = shared.setdefault(key, people)
    change = plan_change(lesson, planned_people, **fields)
    before = {(member.user_id, str(member.role)) for member in roster}
    after = {(pk, role) for pk, role, _via in planned_people.rows(change.lesson.teacher_id)}
    change.groups_added, change.groups_removed = (
        sorted(set(people.groups) - current),
        sorted(current - set(people.groups)),
    )
    change.added, change.removed = (
        sorted(pk for pk, _ in after - before),
        sorted(pk for pk, _ in before - after),
    )
    had_students = current or any(role == Member.Role.STUDENT for _, role in before)
    change.loses_students = bool(had_students and not people.students and not people.groups)
    return change


def _times(school: Enterprise, lesson: Lesson, edit: BulkEdit) -> dict[str, datetime]:
    """Return the new times on the school's clock: 19:00 stays 19:00 across daylight saving."""
    if not (edit.days or edit.minutes or edit.length):
        return {}
    starts = lesson.starts_at
    if edit.days or edit.minutes:
        local = starts.astimezone(school.tz).replace(tzinfo=None)
        local += timedelta(days=edit.days, minutes=edit.minutes)
        starts = timezone.make_aware(local, school.tz)
    length = timedelta(minutes=edit.length) if edit.length else lesson.ends_at - lesson.starts_at
    if starts + length <= timezone.now():
        message = _("With this time, “%(topic)s” would already be over. Choose a later time.")
        raise ValidationError({"days": message % {"topic": lesson.topic}})
    return {"starts_at": starts, "ends_at": starts + length}


def _rosters(lessons: Sequence[Lesson]) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = {one.pk: [] for one in lessons}
    for member in Member.objects.filter(lesson__in=found).order_by("pk"):
        found[member.lesson_id].append(member)
    return found


def _desired_people(lesson: Lesson, edit: BulkEdit, roster: list[Member]) -> ExpectedPeople:
    """Return the current people and groups without the removed ones and with the added ones."""
    current = {group.pk for group in lesson.groups.all()}
    new = [group.pk for group in edit.join if group.pk not in current]
    groups = (current | set(new)) - set(edit.leave)
    remaining = [member for member in roster if member.user_id not in edit.remove]
    students = {
        one.user_id: _joined_via(one, groups, edit)
        for one in remaining
        if one.role == Member.Role.STUDENT and not _leaves_with_group(one, groups, edit)
    }
    for group in new:
        for student in edit.group_students.get(group, ()):
            students.setdefault(student, group)
    helpers = {one.user_id: str(one.role) for one in remaining if one.role != Member.Role.STUDENT}
    for person in edit.add:
        if person.role == Role.STUDENT:
            students.setdefault(person.pk, None)
        else:
            helpers.setdefault(person.pk, helper_role(person))
    return ExpectedPeople(students, helpers, tuple(sorted(groups)))


def _groups_of(lessons: Sequence[Lesson], edit: BulkEdit) -> set[int]:
    """Return the groups whose students matter: none if no group is added or removed."""
    if not (edit.join or edit.leave):
        return set()
    current = {group.pk for lesson in lessons for group in lesson.groups.all()}
    return current | {one.pk for one in edit.join}


def _group_students(lessons: Sequence[Lesson], edit: BulkEdit) -> Mapping[int, Collection[int]]:
    groups = _groups_of(lessons, edit)
    found: dict[int, list[int]] = {pk: [] for pk in groups}
    entries = GroupMembership.objects.filter(
        group__in=groups, student__role=Role.STUDENT, student__is_active=True
    )
    for group, student in entries.order_by("group", "student").values_list("group_id", "student_id"):
        found[group].append(student)
    return found


def _leaves_with_group(member: Member, groups: Collection[int], edit: BulkEdit) -> bool:
    """Return whether a student joined through a removed group, and is in no other group."""
    return member.via_id in edit.leave and _joined_via(member, groups, edit) is None


def _joined_via(member: Member, groups: Collection[int], edit: BulkEdit) -> int | None:
    """Return the group through which a student is a member: the old one, or another if that is removed."""
    if member.via_id not in edit.leave:
        return member.via_id
    return next((pk for pk in sorted(groups) if member.user_id in edit.group_students.get(pk, ())), None)
