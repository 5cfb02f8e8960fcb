"""Add, change and delete subjects, and lock the one of a course. Each service is one transaction."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Course, Subject
from classes.models.subject import SUBJECT_NAME_TAKEN
from classes.timetable.subjects.queries import unused_colour
from console.audit.trail import record
from console.concurrency import (
    EditConflict,
    RowDeleted,
    changed_fields,
    lock_row,
    service,
    value_digest,
    value_digests,
)
from console.deleted_rows import Kept, delete_keeping, undo_deletion
from console.undo import register_undo

FIELDS = ("name", "colour")
TEACHERS = "teachers"


def subject_digests(subject: Subject) -> dict[str, str]:
    """Return digests of what an editor sees of a subject; its teachers are a set, and may be prefetched."""
    teachers = {one.pk for one in subject.teachers.all()}
    return value_digests(subject, FIELDS) | {TEACHERS: value_digest(teachers)}


@service
def add_subject(*, by: User, name: str, colour: int | None = None, teachers: Iterable[User] = ()) -> Subject:
    """Add a subject to the school of `by`; without a colour it gets the first one that is not used.

    Raise ValidationError at the field that is invalid.
    """
    if by.enterprise is None:
        raise RowDeleted
    school = lock_row(by.enterprise)  # so that two new subjects do not get the same unused colour
    subject = Subject(enterprise=school, name=name, colour=colour or unused_colour(school))
    _check(subject)
    people = list(teachers)
    _check_teachers(subject, people)
    subject.save(force_insert=True)
    subject.teachers.set(people)
    after = {"name": subject.name, "colour": subject.colour, TEACHERS: sorted(one.pk for one in people)}
    record("subject.add", subject, by=by, after=after)
    return subject


@service
def edit_subject(
    *,
    subject: Subject,
    by: User,
    teachers: Collection[User] | None = None,
    seen: Mapping[str, str] | None = None,
    **fields: Any,
) -> Subject:
    """Change `name`, `colour` and the teachers (None: no change) of a subject.

    `seen` are the `subject_digests` that the editor saw. Raise ValidationError at an invalid field,
    EditConflict if somebody else changed the same fields since, RowDeleted if the subject is gone.
    """
    stored, seen = lock_row(subject), seen or {}
    old = set(stored.teachers.values_list("pk", flat=True))
    changed, new = _merge_edits(stored, fields, old, teachers, seen)
    before: dict[str, Any] = {name: getattr(stored, name) for name in changed}
    for name, value in changed.items():
        setattr(stored, name, value)
    _check(stored)
    if changed:
        stored.save(update_fields=list(changed))
    after = dict(changed)
    if new is not None:
        _check_teachers(stored, [one for one in teachers or () if one.pk not in old])
        stored.teachers.set(new)
        before[TEACHERS], after[TEACHERS] = sorted(old), sorted(new)
    if after:
        record("subject.change", stored, by=by, before=before, after=after)
    return stored


@service
def delete_subject(*, subject: Subject, by: User) -> Kept:
    """Delete a subject, which leaves its courses without one. RowDeleted if somebody else deleted it."""
    # Stronger than `lock_row`: whoever plans a course of this subject waits, or has planned it.
    stored = Subject.objects.select_for_update(of=("self",)).filter(pk=subject.pk).first()
    if stored is None:
        raise RowDeleted
    courses = Course.objects.select_for_update(of=("self",), no_key=True).filter(subject=stored)
    keys = list(courses.order_by("pk").values_list("pk", flat=True))
    before = {"name": stored.name, "colour": stored.colour, "courses": keys}
    record("subject.delete", stored, by=by, before=before)
    return delete_keeping(stored)


register_undo("subject.delete", undo_deletion("subject"))


def lock_subjects(keys: Iterable[int]) -> set[int]:
    """Lock subjects until the end of the transaction, so that none is deleted; return those that exist."""
    rows = Subject.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(keys))
    return set(rows.order_by("pk").values_list("pk", flat=True))


def lock_subject(subject: Subject | None) -> None:
    """Lock the subject of a course. Raise ValidationError at `subject` if somebody deleted it."""
    if subject is not None and not lock_subjects([subject.pk]):
        message = _("This subject was deleted in the meantime. Choose another one, or none.")
        raise ValidationError({"subject": message})


def _merge_edits(
    stored: Subject,
    fields: Mapping[str, Any],
    old: set[int],
    teachers: Collection[User] | None,
    seen: Mapping[str, str],
) -> tuple[dict[str, Any], set[int] | None]:
    """Return the columns to change, and the new teachers or None. EditConflict names all clashes."""
    changed, clashes = dict[str, Any](), dict[str, Any]()
    try:
        changed = changed_fields(stored, fields, seen)
    except EditConflict as error:
        clashes = error.fields
    new = None if teachers is None else {one.pk for one in teachers}
    shown = seen.get(TEACHERS, value_digest(old))
    if new is not None and value_digest(new) in (shown, value_digest(old)):
        new = None
    if new is not None and shown != value_digest(old):
        clashes[TEACHERS] = old
    if clashes:
        raise EditConflict(Subject, clashes)
    return changed, new


def _check(subject: Subject) -> None:
    """Raise ValidationError at the field that is invalid, such as a name that the school uses already."""
    subject.full_clean(exclude=["enterprise"], validate_constraints=False)
    same = Subject.objects.filter(enterprise=subject.enterprise_id, name=subject.name)
    if same.exclude(pk=subject.pk).exists():
        raise ValidationError({"name": SUBJECT_NAME_TAKEN})


def _check_teachers(subject: Subject, people: Iterable[User]) -> None:
    for one in people:
        names = {"name": one.nickname or one.user_id}
        if one.enterprise_id != subject.enterprise_id:
            raise ValidationError({TEACHERS: _("%(who)s is not in your school.") % {"who": names["name"]}})
        if one.role not in TEACHING_ROLES or not one.is_active:
            raise ValidationError({TEACHERS: _("%(name)s cannot teach. Choose active staff.") % names})
