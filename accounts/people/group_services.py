"""Services for groups of students. Each one is one transaction: row, students, audit entry."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Grade, StudentGroup, User
from accounts.models.group import group_changed
from accounts.models.roles import Role
from accounts.people import group_change_conflicts
from accounts.people.charge_services import check_teacher, hand_over
from console.audit.trail import diff_snapshots, record
from console.concurrency import (
    EditConflict,
    RowDeleted,
    changed_fields,
    lock_row,
    service,
    value_digest,
    value_digests,
)

#: Editable columns of a group.
GROUP_FIELDS = ("name", "grade")
GROUP_NAME_TAKEN = gettext_lazy("A group with this name already exists in your school. Choose another name.")
GROUP_ARCHIVED = gettext_lazy("This group is archived and cannot be changed. Restore it first.")


def group_digests(group: StudentGroup) -> dict[str, str]:
    """Return digests of the group's fields, teacher and students (see `console.concurrency`)."""
    students = set(group.entries.values_list("student_id", flat=True))
    return {**_field_digests(group), "students": value_digest(students)}


def loaded_group_digests(group: StudentGroup) -> dict[str, str]:
    """Return the same of a group whose students and teachers in charge were prefetched."""
    students = {student.pk for student in group.students.all()}
    return {**_field_digests(group), "students": value_digest(students)}


def _field_digests(group: StudentGroup) -> dict[str, str]:
    return {**value_digests(group, GROUP_FIELDS), "teacher": value_digest(group.teacher)}


@service
def save_group(
    *,
    group: StudentGroup,
    students: Iterable[User] | None,
    by: User | None,
    seen: Mapping[str, str] | None = None,
    excluded_lessons: Collection[int] = (),
    conflict_reason: str = "",
    delay: timedelta = timedelta(),
    **fields: Any,
) -> StudentGroup:
    """Create a group, or change `fields` and `students` (None: no change) of a stored one.

    `fields` are GROUP_FIELDS and `teacher`: the teacher in charge (`StudentGroup.teacher`), who is replaced
    from today on, or ends.

    Return the stored group; its `propagation_results` are the results of the `group_changed` receivers,
    which update lessons in this transaction. A call that changes nothing is not recorded.

    `seen` holds the digests that the editor saw (`group_digests`); by default those of `group` as given.
    `excluded_lessons` are IDs of lessons that do not follow the change. The others are sent after `delay`
    (`group_changed`). Raise ValidationError for an archived group, a name that is taken or a person in charge
    who is not staff, its subclass GroupChangeRefused for schedule conflicts without a `conflict_reason`, and
    EditConflict for a concurrent change.
    """
    chosen = None if students is None else list(students)
    if group.pk is None:
        stored, old, before = _create_group(group, fields, by), set[int](), dict[str, Any]()
        new = _joining(chosen, old)
    else:
        seen = _field_digests(group) if seen is None else seen
        stored = lock_row(group)
        if stored.is_archived:
            raise ValidationError(GROUP_ARCHIVED)
        before, old = _audit_fields(stored), _student_ids(stored)
        new = _change_group(stored, fields, _joining(chosen, old), old, seen, by)
    new = old if new is None else new
    stored.students.set(new)
    _record_change(
        stored,
        before,
        added=new - old,
        removed=old - new,
        by=by,
        excluded_lessons=excluded_lessons,
        conflict_reason=conflict_reason,
        delay=delay,
    )
    return stored


def _joining(chosen: Collection[User] | None, old: set[int]) -> set[int] | None:
    """Return who may be in the group: students, and members (`old`) whose role iclass has changed since."""
    if chosen is None:
        return None
    return {person.pk for person in chosen if person.role == Role.STUDENT or person.pk in old}


def _create_group(template: StudentGroup, fields: Mapping[str, Any], by: User | None) -> StudentGroup:
    values = {name: getattr(template, name) for name in ("enterprise", *GROUP_FIELDS)} | dict(fields)
    teacher = values.pop("teacher", None)
    group = StudentGroup(**values)
    _lock_grade(group, values["grade"])
    check_teacher(group.enterprise_id, teacher)
    group.full_clean()
    _save_name(group)
    hand_over(group, teacher, by)
    return group


def _change_group(
    stored: StudentGroup,
    fields: Mapping[str, Any],
    new: set[int] | None,
    old: set[int],
    seen: Mapping[str, str],
    by: User | None,
) -> set[int] | None:
    """Apply the editor's changes to the locked group; return the new students, None if they do not change.

    All fields are compared before any is changed, so that EditConflict lists every conflict.
    """
    changed, clashes = dict[str, Any](), dict[str, Any]()
    try:
        changed = changed_fields(stored, fields, seen)
    except EditConflict as error:
        clashes = error.fields
    before = seen.get("students", value_digest(old))
    if new is not None and value_digest(new) in (before, value_digest(old)):
        new = None
    if new is not None and before != value_digest(old):
        clashes["students"] = old
    if clashes:
        raise EditConflict(StudentGroup, clashes)
    if "teacher" in changed:
        teacher = changed.pop("teacher")
        check_teacher(stored.enterprise_id, teacher)
        hand_over(stored, teacher, by)
        del stored.present_charges  # as read before
    for name, value in changed.items():
        setattr(stored, name, value)
    if changed:
        _lock_grade(stored, changed.get("grade"))
        stored.full_clean()
        _save_name(stored, update_fields=list(changed))
    return new


def _lock_grade(group: StudentGroup, grade: Grade | None) -> None:
    """Lock the new grade of a group, so that nobody deletes it before the group is stored."""
    if grade is None:
        return
    try:
        stored = lock_row(grade)
    except RowDeleted as error:
        raise ValidationError({"grade": error.messages}) from None
    if stored.enterprise_id != group.enterprise_id:
        raise ValidationError({"grade": _("Choose a grade of your school.")})


def _record_change(
    group: StudentGroup,
    before: dict[str, Any],
    *,
    added: set[int],
    removed: set[int],
    by: User | None,
    excluded_lessons: Collection[int],
    conflict_reason: str,
    delay: timedelta,
) -> None:
    """Record the change and send `group_changed`."""
    conflicts = group_change_conflicts.check_group_conflicts(
        {group.pk: (added, removed)}, conflict_reason, excluded_lessons
    )
    reason = conflict_reason.strip()[:300] if conflicts else ""
    old, new = diff_snapshots(before, _audit_fields(group))
    if new or added or removed:
        after = {**new, "added": sorted(added), "removed": sorted(removed)}
        action = "group.change" if before else "group.add"
        record(action, group, by=by, before=old, after=after, reason=reason)
    if added or removed:
        results = group_changed.send(
            sender=StudentGroup,
            group=group,
            added=added,
            removed=removed,
            by=by,
            excluded_lessons=excluded_lessons,
            conflicting_lessons={conflict.target.pk for conflict in conflicts},
            reason=reason,
            delay=delay,
        )
        group.propagation_results = [result for _receiver, result in results if result]


def _audit_fields(group: StudentGroup) -> dict[str, Any]:
    """Return the fields of a group for the audit log."""
    grade = group.grade and group.grade.name
    return {"name": group.name, "grade": grade, "teacher": group.teacher and group.teacher.user_id}


def _student_ids(group: StudentGroup) -> set[int]:
    return set(group.entries.values_list("student_id", flat=True))


def _save_name(group: StudentGroup, update_fields: Collection[str] | None = None) -> None:
    """Insert a group, or save columns of one. A concurrent use of the same name is a ValidationError."""
    try:
        with transaction.atomic():
            group.save(force_insert=update_fields is None, update_fields=update_fields)
    except IntegrityError:
        alike = StudentGroup.objects.filter(enterprise=group.enterprise_id, name=group.name)
        if not alike.exclude(pk=group.pk).exists():
            raise
        raise ValidationError({"name": GROUP_NAME_TAKEN}) from None


@service
def archive_group(*, group: StudentGroup, by: User | None) -> StudentGroup:
    """Archive a group: it is no longer offered for selection; its lessons stay unchanged."""
    stored = lock_row(group)
    if not stored.is_archived:  # a repeat is not recorded
        stored.archived_at = timezone.now()
        stored.save(update_fields=["archived_at"])
        record("group.archive", stored, by=by)
    return stored


@service
def restore_group(*, group: StudentGroup, by: User | None) -> StudentGroup:
    """Restore an archived group with its students."""
    stored = lock_row(group)
    if stored.is_archived:
        stored.archived_at = None
        stored.save(update_fields=["archived_at"])
        record("group.restore", stored, by=by)
    return stored


@service
def delete_group(*, group: StudentGroup, by: User | None) -> None:
    """Delete a group. Its students and their lessons stay."""
    stored = lock_row(group)
    students = sorted(_student_ids(stored))
    record("group.delete", stored, by=by, before={**_audit_fields(stored), "students": students})
    stored.delete()
