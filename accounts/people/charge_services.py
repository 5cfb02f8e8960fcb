"""Services for teachers in charge of groups, heads of grades and deputies. The group or grade is locked."""

from collections.abc import Mapping
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Grade, StudentGroup, TeacherInCharge, User
from accounts.models.charge import in_force
from accounts.models.roles import STAFF
from accounts.people.charges import school_day
from console.audit.trail import diff_snapshots, record
from console.concurrency import RowDeleted, changed_fields, lock_row, service, value_digests
from console.deleted_rows import Kept, delete_keeping, restore_deleted
from console.policy import scoped
from console.undo import register_undo

#: Editable columns of a charge besides its group or grade.
CHARGE_FIELDS = ("teacher", "kind", "starts_on", "ends_on")


@service
def add_charge(
    *,
    group: StudentGroup | None = None,
    grade: Grade | None = None,
    teacher: User,
    by: User | None,
    kind: str = TeacherInCharge.Kind.CHARGE,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> TeacherInCharge:
    """Put a member of staff in charge of a group or a grade, or enter a deputy. Both days are included.

    Raise ValidationError unless there is either a group or a grade, for an archived group, a teacher who is
    not active staff of the school, and days that end too early or overlap with others of the same person.
    """
    if (group is None) == (grade is None):
        raise ValidationError(_("Choose either a group or a grade."))
    subject: Any = group if group is not None else grade
    stored = _lock_subject(subject)
    charge = TeacherInCharge(
        enterprise_id=stored.enterprise_id,
        group=stored if group is not None else None,
        grade=stored if grade is not None else None,
        teacher=teacher,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        created_by=by,
    )
    _check(charge)
    _write(charge)
    record(f"{_prefix(charge)}.charge_add", stored, by=by, after=charge.facts)
    return charge


@service
def edit_charge(
    *, charge: TeacherInCharge, by: User | None, seen: dict[str, str] | None = None, **fields: Any
) -> TeacherInCharge:
    """Change CHARGE_FIELDS of a charge; `seen` holds the digests that the editor saw.

    Raise the errors of `add_charge`, and EditConflict for a concurrent change.
    """
    seen = value_digests(charge, CHARGE_FIELDS) if seen is None else seen
    stored = _lock(charge)
    changed = changed_fields(stored, fields, seen)
    if not changed:
        return stored
    before = stored.facts
    for name, value in changed.items():
        setattr(stored, name, value)
    _check(stored, teacher_changed="teacher" in changed)
    _write(stored, list(changed))
    old, new = diff_snapshots(before, stored.facts)
    record(f"{_prefix(stored)}.charge_change", stored.subject, by=by, before=old, after=new)
    return stored


@service
def end_charge(*, charge: TeacherInCharge, by: User | None) -> Kept:
    """End a charge with yesterday, so that its rights end at once; one that began today never was.

    Return the values for `undo_end`.
    """
    stored = _lock(charge)
    before, last_day = stored.facts, stored.ends_on
    kept = end_row(stored, school_day(stored.enterprise))
    after = stored.facts if stored.pk else None
    record(f"{_prefix(stored)}.charge_end", stored.subject, by=by, before=before, after=after)
    return kept or {"ends_on": _iso(last_day), "ended_on": _iso(stored.ends_on)}


@service
def undo_end(*, key: int, by: User, values: Mapping[str, Any]) -> None:
    """Take an end back, with the errors of `edit_charge`. ValidationError if somebody changed it since."""
    if "rows" in values:
        act = "group.charge_add" if values["rows"][0]["fields"]["group"] else "grade.charge_add"
        restore_deleted(
            kept=values,
            by=by,
            resource="charge",
            action="change",
            act=act,
            check=_check_restored,
            about=attrgetter("subject"),
        )
        return
    charge = scoped(TeacherInCharge.objects.all(), by, "charge", "change").filter(pk=key).first()
    if charge is None or _iso(charge.ends_on) != values["ended_on"]:
        raise ValidationError(_("This cannot be taken back."))
    last_day = values["ends_on"] and date.fromisoformat(values["ends_on"])
    edit_charge(charge=charge, by=by, ends_on=last_day)


def hand_over(group: StudentGroup, teacher: User | None, by: User | None) -> None:
    """Replace the teacher in charge of a locked group (`StudentGroup.teacher`) from today on; None: end it.

    Others in charge and deputies stay. The caller records the change.
    """
    today = school_day(group.enterprise)
    present = group.charges.filter(in_force(today), kind=TeacherInCharge.Kind.CHARGE).first()
    if present is not None:
        end_row(present, today)
    if teacher is not None:
        begin(group, teacher, by, today)


def begin(group: StudentGroup, teacher: User, by: User | None, today: date) -> None:
    """Put somebody in charge of a locked group from today on, until a later entry of theirs begins.

    An entry of the same person that holds today, as a deputy, ends.
    """
    own = group.charges.filter(teacher=teacher)
    for row in own.filter(in_force(today)):
        end_row(row, today)
    later = own.filter(starts_on__gt=today).order_by("starts_on").first()
    TeacherInCharge.objects.create(
        enterprise_id=group.enterprise_id,
        group=group,
        teacher=teacher,
        starts_on=today,
        ends_on=later.starts_on - timedelta(days=1) if later and later.starts_on else None,
        created_by=by,
    )


def end_row(charge: TeacherInCharge, today: date) -> Kept | None:
    """End a locked charge with yesterday, or delete it if it has not begun before today; return it then."""
    if charge.starts_on is not None and charge.starts_on >= today:
        return delete_keeping(charge)
    yesterday = today - timedelta(days=1)
    if charge.ends_on is None or charge.ends_on > yesterday:
        charge.ends_on = yesterday
        charge.save(update_fields=["ends_on"])
    return None


def check_teacher(school: int, teacher: User | None) -> None:
    """Raise ValidationError unless the person in charge is active staff of the school."""
    if teacher is None:
        return
    if teacher.enterprise_id != school or teacher.role not in STAFF or not teacher.is_active:
        raise ValidationError({"teacher": _("Choose an active staff member of your school.")})


def _lock(charge: TeacherInCharge) -> TeacherInCharge:
    """Return the stored charge with its group or grade, both locked, the charge last, or raise RowDeleted."""
    owners: Any = StudentGroup.objects if charge.group_id is not None else Grade.objects
    found = owners.filter(pk=charge.group_id or charge.grade_id).first()
    if found is None:
        raise RowDeleted
    subject = _lock_subject(found)
    stored = TeacherInCharge.objects.select_for_update(of=("self",), no_key=True).filter(pk=charge.pk).first()
    if stored is None:
        raise RowDeleted
    if isinstance(subject, Grade):
        stored.grade = subject
    else:
        stored.group = subject
    return stored


def _lock_subject(subject: Any) -> Any:
    """Return the locked group or grade. ValidationError for an archived group."""
    stored = lock_row(subject)
    if isinstance(stored, StudentGroup) and stored.is_archived:
        raise ValidationError(_("This group is archived and cannot be changed. Restore it first."))
    return stored


def _prefix(charge: TeacherInCharge) -> str:
    """Return with what the names of its audited acts begin."""
    return "group" if charge.group_id is not None else "grade"


def _check(charge: TeacherInCharge, *, teacher_changed: bool = True) -> None:
    if teacher_changed:
        check_teacher(charge.enterprise_id, charge.teacher)
    if charge.starts_on and charge.ends_on and charge.ends_on < charge.starts_on:
        raise ValidationError({"ends_on": _("The last day must not be before the first day.")})


def _write(charge: TeacherInCharge, update_fields: list[str] | None = None) -> None:
    """Insert or save; days of the same person that overlap are a ValidationError at the teacher."""
    try:
        with transaction.atomic():
            charge.save(force_insert=update_fields is None, update_fields=update_fields)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != "23P01":
            raise
        text = _("This person is already entered for this group on some of these days. Change that entry.")
        if charge.grade_id is not None:
            text = _(
                "This person is already entered for this grade on some of these days. Change that entry."
            )
        raise ValidationError({"teacher": text}) from None


def _check_restored(charge: TeacherInCharge) -> None:
    _lock_subject(charge.subject)
    _check(charge)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _undo_end(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_end(key=key, by=by, values=values)


register_undo("charge.end", _undo_end)
