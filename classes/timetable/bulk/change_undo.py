"""Change many lessons so that all of them can be taken back (`console.undo`)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise, GroupMembership, StudentGroup, User
from classes.conflicts.guard import lock_people
from classes.lessons.groups import lock_groups
from classes.lessons.passwords import restore_passwords, sealed_passwords
from classes.lessons.roster import (
    ExpectedPeople,
    reassign_members,
    remove_members,
    restore_members,
    set_lesson_groups,
)
from classes.lessons.undo import time_taken
from classes.models import Lesson, Member
from classes.timetable.bulk import operations
from classes.timetable.bulk.changes import (
    CHANGED_COLUMNS,
    PlannedChange,
    change_lessons,
    find_change_conflicts,
    lock_and_load,
    people_to_lock,
    plan_change,
    save_columns,
)
from classes.timetable.bulk.job import MAX_TAKEN_BACK, find_revocable_job
from console.audit.trail import record
from console.concurrency import service, value_digest
from console.jobs.models import Job
from console.jobs.runner import stop_job
from console.outbox.services import are_unsent, postpone_all
from console.policy import may, refusal_message
from console.undo import register_undo, too_late, undo_window

#: A member as it is kept: user, role and group.
MemberRow = list[Any]


@dataclass(frozen=True)
class LessonState:
    """What a change may change of a lesson: columns, members by key, groups, sealed password with version."""

    columns: dict[str, Any]
    members: dict[int, MemberRow]
    groups: list[int]
    password: tuple[str, int]

    @property
    def people(self) -> tuple[dict[int, MemberRow], list[int]]:
        return self.members, self.groups

    @property
    def all_groups(self) -> set[int]:
        """The groups of the lesson, and those through which somebody joined."""
        return {*self.groups, *(via for _user, _role, via in self.members.values() if via)}

    def digest(self, students: Any) -> str:
        """Return what tells whether it changed since, or the `students` of its groups."""
        members = sorted([pk, *row] for pk, row in self.members.items())
        return value_digest([self.columns, members, self.groups, self.password[1], students])


def change_revocably(
    school: Enterprise, planned: Sequence[PlannedChange], *, by: User | None, conflict_reason: str = ""
) -> dict[str, Any] | None:
    """Change as `change_lessons` does. Return what `undo_change_many` needs in the job, None if it is final.

    Call it inside a transaction that has locked the lessons.
    """
    keys = [one.before.pk for one in planned]
    before = _load_states(keys) if len(keys) <= MAX_TAKEN_BACK and undo_window() else {}
    change_lessons(school, planned, by=by, conflict_reason=conflict_reason)
    waiting = postpone_all([one.lesson for one in planned], undo_window()) if before else None
    if waiting is None:
        return None
    after = _load_states(keys)
    both = [(before[pk], after[pk]) for pk in keys]
    regrouped = [pair for pair in both if pair[0].people != pair[1].people]
    groups = sorted({group for pair in regrouped for one in pair for group in one.all_groups})
    students = _students_of(groups)
    kept = {
        one.before.pk: {
            **_difference(before[one.before.pk], after[one.before.pk]),
            "conflicts": sorted(one.old),
            "digest": after[one.before.pk].digest(students),
        }
        for one in planned
    }
    return {"operations": waiting, "groups": groups, "lessons": sorted(kept.items())}


def _load_states(keys: Collection[int]) -> dict[int, LessonState]:
    members: dict[int, dict[int, MemberRow]] = defaultdict(dict)
    rows = Member.objects.filter(lesson__in=keys)
    for pk, lesson_pk, *row in rows.values_list("pk", "lesson_id", "user_id", "role", "via_id"):
        members[lesson_pk][pk] = row
    passwords = sealed_passwords(keys)
    return {
        lesson.pk: LessonState(
            columns={name: _plain_value(lesson, name) for name in CHANGED_COLUMNS},
            members=members[lesson.pk],
            groups=sorted(group.pk for group in lesson.groups.all()),
            password=passwords.get(lesson.pk, ("", 0)),
        )
        for lesson in Lesson.objects.filter(pk__in=keys).prefetch_related("groups")
    }


def _plain_value(lesson: Lesson, name: str) -> Any:
    """Return the value of a column as JSON can hold it; `to_python` of the field reads it."""
    value = getattr(lesson, _column(name).attname)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _column(name: str) -> Any:
    return Lesson._meta.get_field(name)


def _students_of(groups: Collection[int]) -> list[Any]:
    """Return the groups that are not archived, and who is in them."""
    open_groups = StudentGroup.objects.filter(pk__in=groups, archived_at=None).order_by("pk")
    entries = GroupMembership.objects.filter(group__in=groups, student__is_active=True)
    students = entries.order_by("group", "student").values_list("group", "student")
    return [list(open_groups.values_list("pk", flat=True)), list(students)]


def _difference(before: LessonState, after: LessonState) -> dict[str, Any]:
    """Return what brings `after` back to `before`."""
    kept = before.members.keys() & after.members.keys()
    return {
        "columns": {name: value for name, value in before.columns.items() if after.columns[name] != value},
        "added": sorted(after.members.keys() - before.members.keys()),
        "removed": [[pk, *row] for pk, row in before.members.items() if pk not in kept],
        "via": [[pk, before.members[pk][2]] for pk in kept if before.members[pk] != after.members[pk]],
        "groups": before.groups if before.groups != after.groups else None,
        "password": before.password if before.password != after.password else None,
    }


@service
def undo_change_many(*, job: Job, by: User) -> None:
    """Take the change of all lessons of this job back.

    Raise ValidationError, and take none back, if one was sent, changed or has begun since, or somebody was
    planned meanwhile.
    """
    values = job.args["before"]
    kept: dict[int, dict[str, Any]] = dict(values["lessons"])
    lock_groups(values["groups"])
    lessons = lock_and_load(list(Lesson.objects.filter(pk__in=kept)))
    states = _load_states(kept)
    students = _students_of(values["groups"])
    if len(lessons) < len(kept):
        raise ValidationError(_("At least one of these lessons was deleted in the meantime."))
    for lesson in lessons:
        if not may(by, "plan", "lesson", lesson):
            raise PermissionDenied(refusal_message(by, "plan", "lesson", lesson))
        if lesson.locked or states[lesson.pk].digest(students) != kept[lesson.pk]["digest"]:
            raise _changed_since(lesson)
    planned = [_plan_return(one, states[one.pk], kept[one.pk]) for one in lessons]
    _require_free(job.enterprise, planned, kept)
    _write(job.enterprise, planned, kept, by)
    if not are_unsent(values["operations"]):
        raise too_late()
    record("lesson.restore_many", by=by, enterprise=job.enterprise, after={"lessons": sorted(kept)})
    rest = {name: value for name, value in job.args.items() if name != "before"}
    Job.objects.filter(pk=job.pk).update(args=rest)
    stop_job(job)


def _changed_since(lesson: Lesson) -> ValidationError:
    message = _("Someone changed “%(topic)s” or its groups since, or it has begun. Edit it instead.")
    return ValidationError(message % {"topic": lesson.topic})


def _plan_return(lesson: Lesson, state: LessonState, kept: Mapping[str, Any]) -> PlannedChange:
    columns = {name: _column(name) for name in kept["columns"]}
    fields = {column.attname: column.to_python(kept["columns"][name]) for name, column in columns.items()}
    if not _changes_people(kept):
        return plan_change(lesson, **fields)
    rows = {pk: row for pk, row in state.members.items() if pk not in kept["added"]}
    rows |= {pk: row for pk, *row in kept["removed"]}
    students = {user: via for user, role, via in rows.values() if role == Member.Role.STUDENT}
    helpers = {user: role for user, role, _via in rows.values() if role != Member.Role.STUDENT}
    return plan_change(lesson, ExpectedPeople(students, helpers), **fields)


def _changes_people(kept: Mapping[str, Any]) -> bool:
    return bool(kept["added"] or kept["removed"])


def _require_free(
    school: Enterprise, planned: Sequence[PlannedChange], kept: Mapping[int, Mapping[str, Any]]
) -> None:
    """Raise ValidationError if a lesson would be in the way of another one that was planned meanwhile.

    It stood there, whoever was absent, on a holiday or not.
    """
    lock_people(people_to_lock([one for one in planned if one.may_conflict]))
    find_change_conflicts(school, planned)
    for one in planned:
        former = {tuple(identity) for identity in kept[one.before.pk]["conflicts"]}
        new = [found for found in one.new if found.lesson and found.identity not in former]
        if new and not one.lesson.conflict_reason:
            raise time_taken()


def _write(
    school: Enterprise,
    planned: Sequence[PlannedChange],
    kept: Mapping[int, Mapping[str, Any]],
    by: User | None,
) -> None:
    """Write what is kept, and enqueue what differs for the service."""
    save_columns(planned)
    passwords = {pk: one["password"] for pk, one in kept.items() if one["password"]}
    restore_passwords(passwords)
    remove_members(Member.objects.filter(pk__in=[pk for one in kept.values() for pk in one["added"]]))
    restore_members(
        (pk, lesson, user, role, via)
        for lesson, one in kept.items()
        for pk, user, role, via in one["removed"]
    )
    for each in planned:
        if (groups := kept[each.lesson.pk]["groups"]) is not None:
            set_lesson_groups(each.lesson, StudentGroup.objects.filter(pk__in=groups))
    reassign_members({pk: via for one in kept.values() for pk, via in one["via"]})
    sent_passwords = passwords if school.later_fields else {}
    fields = [each.lesson for each in planned if each.fields_changed or each.lesson.pk in sent_passwords]
    operations.enqueue_field_changes(school, fields, by)
    people = [each.lesson for each in planned if _changes_people(kept[each.lesson.pk])]
    operations.enqueue_member_changes(school, people, by)


def _undo_change_many(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_change_many(job=find_revocable_job(by, key), by=by)


register_undo("lesson.change_many", _undo_change_many, is_sent=True)
