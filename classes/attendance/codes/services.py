"""Add, change and delete the codes of a school, and fill in a ready-made set. Each is one transaction.

All of them lock the school first, so that two of its marks never get two codes at once.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.attendance.codes.kinds import use_label
from classes.attendance.codes.presets import CodeSet, PlannedCode, plan_codes
from classes.models import AttendanceCode, CodeUse
from console.audit.trail import record
from console.concurrency import EditConflict, RowDeleted, changed_fields, lock_row, service, value_digest
from console.deleted_rows import Kept, delete_keeping, undo_deletion
from console.undo import register_undo

#: A mark and a reason, which is empty where the code holds for any.
Use = tuple[str, str]
USES = "uses"


@service
def add_code(*, by: User, uses: Collection[Use], **fields: Any) -> AttendanceCode:
    """Add a code. ValidationError at `letters` or `uses` if another code of the school has them already."""
    school = _lock_school(by)
    code = AttendanceCode(enterprise=school, **fields)
    _check_letters(code)
    code.save(force_insert=True)
    _write_uses(code, set(uses))
    record("code.add", code, by=by, after={**fields, USES: _audit_uses(uses)})
    return code


@service
def edit_code(
    *,
    code: AttendanceCode,
    by: User,
    uses: Collection[Use] | None = None,
    seen: Mapping[str, str] | None = None,
    **fields: Any,
) -> AttendanceCode:
    """Change a code and its marks, where `uses` is given.

    EditConflict if somebody else changed the same, ValidationError as with `add_code`.
    """
    _lock_school(by)
    stored, seen = lock_row(code), seen or {}
    changed = changed_fields(stored, fields, seen)
    before = {name: getattr(stored, name) for name in changed}
    for name, value in changed.items():
        setattr(stored, name, value)
    _check_letters(stored)
    if changed:
        stored.save(update_fields=[*changed])
    old = set(uses_of(stored))
    new = old if uses is None else _merged_uses(stored, set(uses), seen)
    if old != new:
        _write_uses(stored, new)
        before[USES], changed[USES] = _audit_uses(old), _audit_uses(new)
    if changed:
        record("code.change", stored, by=by, before=before, after=changed)
    return stored


@service
def remove_code(*, code: AttendanceCode, by: User) -> Kept:
    """Delete a code; its marks show as they are again."""
    _lock_school(by)
    stored = lock_row(code)
    record("code.delete", stored, by=by, before={"letters": stored.letters, "name": stored.name})
    return delete_keeping(stored)


register_undo("code.delete", undo_deletion("code", "attendance_code"))


@service
def fill_in_codes(*, code_set: CodeSet, by: User) -> list[PlannedCode]:
    """Add the codes of a ready-made set as `plan_codes` says; return those that were added."""
    school = _lock_school(by)
    planned = [one for one in planned_codes(school, code_set) if one.is_new]
    for one in planned:
        fields = {"letters": one.letters, "name": str(one.name), "tone": one.tone, "counts_as": one.counts_as}
        code = AttendanceCode.objects.create(enterprise=school, **fields)
        _insert_uses(code, one.uses)
        record("code.add", code, by=by, after={**fields, USES: _audit_uses(one.uses)})
    return planned


def planned_codes(school: Enterprise, code_set: CodeSet) -> list[PlannedCode]:
    """Return what filling in a set would add to the codes of a school, and what it would leave out."""
    letters = set(AttendanceCode.objects.filter(enterprise=school).values_list("letters", flat=True))
    taken = set(CodeUse.objects.filter(enterprise=school).values_list("mark", "kind"))
    return plan_codes(code_set, letters, taken)


def uses_of(code: AttendanceCode) -> list[Use]:
    """Return the marks and reasons of a stored code."""
    return sorted(CodeUse.objects.filter(code=code).values_list("mark", "kind"))


def uses_digest(uses: Collection[Use]) -> str:
    """Return the digest of the marks that an editor of a code was shown."""
    return value_digest(sorted(uses))


def _merged_uses(stored: AttendanceCode, uses: set[Use], seen: Mapping[str, str]) -> set[Use]:
    """Return the marks to store: those of the editor, or the stored ones where the editor changed none."""
    shown = seen.get(USES)
    current = uses_of(stored)
    if shown is None or uses_digest(current) in (shown, uses_digest(uses)):
        return uses
    if uses_digest(uses) == shown:
        return set(current)
    raise EditConflict(AttendanceCode, {USES: current})


def _write_uses(code: AttendanceCode, uses: set[Use]) -> None:
    """Store the marks of a code. ValidationError if another code has one of them."""
    others = CodeUse.objects.filter(enterprise=code.enterprise_id).exclude(code=code)
    taken = [one for one in others.select_related("code") if (one.mark, one.kind) in uses]
    if taken:
        text = _("“%(mark)s” already has the code %(code)s.")
        named = [(use_label(one.mark, one.kind), one.code.letters) for one in taken]
        raise ValidationError({USES: [text % {"mark": mark, "code": letters} for mark, letters in named]})
    CodeUse.objects.filter(code=code).delete()
    _insert_uses(code, sorted(uses))


def _insert_uses(code: AttendanceCode, uses: Sequence[Use]) -> None:
    rows = [CodeUse(enterprise_id=code.enterprise_id, code=code, mark=mark, kind=kind) for mark, kind in uses]
    CodeUse.objects.bulk_create(rows)


def _check_letters(code: AttendanceCode) -> None:
    same = AttendanceCode.objects.filter(enterprise=code.enterprise_id, letters=code.letters)
    if same.exclude(pk=code.pk).exists():
        raise ValidationError({"letters": _("Your school has this code already.")})


def _lock_school(by: User) -> Enterprise:
    if by.enterprise is None:
        raise RowDeleted
    school: Enterprise = lock_row(by.enterprise)
    return school


def _audit_uses(uses: Collection[Use]) -> list[str]:
    return [".".join(filter(None, one)) for one in sorted(uses)]
