"""Services for grades. Each is one transaction that locks the school first, so that positions stay unique.

A deletion locks the groups of the grade before the grade, as services for groups do.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise, Grade, StudentGroup, User
from accounts.people.grades.deletion import find_losses
from accounts.people.grades.presets import GradeSet
from console.audit.trail import record
from console.concurrency import RowDeleted, changed_fields, lock_row, service, value_digests

#: Editable columns of a grade; positions change by `move_grade`.
GRADE_FIELDS = ("name",)
MAX_GRADES = 60


@service
def add_grade(*, name: str, by: User) -> Grade:
    """Add a grade after all others. ValidationError at `name` if the school has one of this name."""
    school = _lock_school(by.enterprise)
    return _insert(school, [name], by)[0]


@service
def add_grade_set(*, grade_set: GradeSet, by: User) -> list[Grade]:
    """Add the grades of a ready-made set; return those that were added. Names that exist are left out."""
    school = _lock_school(by.enterprise)
    known = set(Grade.objects.filter(enterprise=school).values_list("name", flat=True))
    return _insert(school, [name for name in map(str, grade_set.names) if name not in known], by)


@service
def rename_grade(*, grade: Grade, name: str, by: User, seen: Mapping[str, str] | None = None) -> Grade:
    """Change the name of a grade. EditConflict if somebody else changed it since `seen`."""
    _lock_school(grade.enterprise)
    seen = value_digests(grade, GRADE_FIELDS) if seen is None else seen
    stored = lock_row(grade)
    if not changed_fields(stored, {"name": name}, seen):
        return stored
    before, stored.name = stored.name, name
    _check_names(stored.enterprise, [name], stored)
    stored.save(update_fields=["name"])
    record("grade.change", stored, by=by, before={"name": before}, after={"name": name})
    return stored


@service
def move_grade(*, grade: Grade, up: bool, by: User) -> Grade:
    """Let a grade change places with the one before or after it. At the end of the list nothing changes."""
    _lock_school(grade.enterprise)
    stored = lock_row(grade)
    others = Grade.objects.filter(enterprise=stored.enterprise_id)
    beyond = others.filter(position__lt=stored.position).order_by("-position")
    if not up:
        beyond = others.filter(position__gt=stored.position).order_by("position")
    other = beyond.first()
    if other is None:
        return stored
    before = stored.position
    stored.position, other.position = other.position, stored.position
    for one in (stored, other):
        one.save(update_fields=["position"])
        old = before if one is stored else stored.position
        record("grade.move", one, by=by, before={"position": old}, after={"position": one.position})
    return stored


@service
def delete_grade(*, grade: Grade, by: User) -> int:
    """Delete a grade with its heads; return the number of its groups, which stay without a grade.

    The audit entry also names what other apps lose with it.
    """
    _lock_school(grade.enterprise)
    groups = StudentGroup.objects.select_for_update(of=("self",), no_key=True).filter(grade=grade.pk)
    names = list(groups.order_by("pk").values_list("name", flat=True))
    # Not `lock_row`: this also waits for those who are about to give a group this grade.
    stored = Grade.objects.select_for_update(of=("self",)).filter(pk=grade.pk).first()
    if stored is None:
        raise RowDeleted
    heads = list(stored.charges.order_by("pk").values_list("teacher__user_id", flat=True))
    before = {"name": stored.name, "position": stored.position, "groups": sorted(names), "heads": heads}
    lost = {loss.key: loss.names for loss in find_losses(stored)}
    record("grade.delete", stored, by=by, before=before | lost)
    stored.delete()
    return len(names)


def _insert(school: Enterprise, names: Iterable[str], by: User) -> list[Grade]:
    names = list(names)
    positions = list(Grade.objects.filter(enterprise=school).values_list("position", flat=True))
    if len(positions) + len(names) > MAX_GRADES:
        text = _("A school can have at most %(most)d grades.") % {"most": MAX_GRADES}
        raise ValidationError({"name": text})
    _check_names(school, names)
    position = max(positions, default=0)
    grades = []
    for name in names:
        position += 1
        grade = Grade.objects.create(enterprise=school, name=name, position=position)
        record("grade.add", grade, by=by, after={"name": name, "position": position})
        grades.append(grade)
    return grades


def _check_names(school: Enterprise, names: list[str], but: Grade | None = None) -> None:
    same = Grade.objects.filter(enterprise=school, name__in=names).exclude(pk=but.pk if but else 0)
    if same.exists():
        raise ValidationError({"name": _("A grade with this name already exists in your school.")})


def _lock_school(school: Any) -> Enterprise:
    if school is None:
        raise RowDeleted
    stored: Enterprise = lock_row(school)
    return stored
