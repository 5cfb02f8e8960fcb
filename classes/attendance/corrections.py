"""Services that correct, excuse, close and reopen a register; each is one transaction."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from classes.attendance.policy import freeze_policy
from classes.attendance.register import recompute_register
from classes.attendance.register_digest import build_body, compute_digest
from classes.choices import Status
from classes.locking import lock_lesson
from classes.models import Appeal, Attendance, Correction, Lesson, Mark, Register
from console.audit.trail import record
from console.concurrency import service

CorrectionKind = Correction.Kind


def lock_open_register(lesson: Lesson) -> Lesson:
    """Lock and return the lesson. Raise ValidationError if its register is closed. Needs a transaction."""
    found = lock_lesson(lesson)
    if found.register_closed_at:
        raise ValidationError(
            _("This register is closed. Reopen it first; closing it again creates a new revision.")
        )
    return found


@service
def correct_mark(
    *,
    mark_of: Attendance,
    mark: str,
    reason: str,
    by: User | None,
    kind: str = CorrectionKind.HAND,
    appeal: Appeal | None = None,
) -> Correction:
    """Set a mark by hand as a new correction; an empty `mark` restores the derived mark.

    Raise ValidationError without a reason, for staff and guests, or if the register is closed.
    """
    lesson = lock_open_register(mark_of.lesson)
    require_reason(reason)
    row = Attendance.objects.select_related("person").filter(pk=mark_of.pk).first()
    if row is None or not row.derived_mark:
        raise ValidationError(_("Only students who are expected have a mark."))
    if mark == "" and row.mark == row.derived_mark and "hand" not in row.reason:
        raise ValidationError(_("This mark has not been corrected."))
    return apply_corrections(lesson, [row], mark, reason, by, kind, appeal)[0]


def require_reason(reason: str) -> None:
    """Raise ValidationError at the field `reason` if it is empty."""
    if not reason.strip():
        raise ValidationError({"reason": _("Enter a reason for later reference.")})


def apply_corrections(
    lesson: Lesson,
    rows: Iterable[Attendance],
    mark: str,
    reason: str,
    by: User | None,
    kind: str = CorrectionKind.HAND,
    appeal: Appeal | None = None,
) -> list[Correction]:
    """Correct these rows of a locked lesson: a correction and an audit entry each, then recalculate once."""
    chosen = list(rows)
    created = _create_corrections(lesson, chosen, mark, reason, by, kind, appeal)
    for row in chosen:
        record(
            "attendance.correct",
            lesson,
            by=by,
            before={"user_id": row.user_id, "mark": row.mark},
            after={"user_id": row.user_id, "mark": mark or row.derived_mark},
            reason=reason,
        )
    recompute_register(lesson)
    return created


@service
def excuse_people(*, lesson: Lesson, user_ids: Iterable[str], reason: str, by: User | None) -> int:
    """Excuse all of these people whose mark is neither present nor excused, after a mass drop.

    Return their number. There is one audit entry; each person gets a correction.
    """
    stored = lock_open_register(lesson)
    marked = Attendance.objects.filter(lesson=stored, user_id__in=list(user_ids)).exclude(derived_mark="")
    rows = list(marked.exclude(mark__in=(Mark.PRESENT, Mark.EXCUSED)).select_related("person"))
    _create_corrections(stored, rows, Mark.EXCUSED, reason, by, CorrectionKind.DROP)
    if rows:
        values = {"people": len(rows), "user_ids": sorted(row.user_id for row in rows)}
        record("attendance.excuse", stored, by=by, after=values, reason=reason)
        recompute_register(stored)
    return len(rows)


def _create_corrections(
    lesson: Lesson,
    rows: Iterable[Attendance],
    mark: str,
    reason: str,
    by: User | None,
    kind: str,
    appeal: Appeal | None = None,
) -> list[Correction]:
    return Correction.objects.bulk_create(
        Correction(
            lesson=lesson,
            user_id=row.user_id,
            person=row.person,
            kind=kind,
            mark=mark,
            instead_of=row.mark,
            reason=reason.strip()[:500],
            appeal=appeal,
            by=by,
        )
        for row in rows
    )


@service
def close_register(*, lesson: Lesson, by: User | None, anyway: bool = False) -> Register:
    """Close the register as the next numbered revision, with its digest.

    Raise ValidationError if it is provisional or has marks without data, unless `anyway` is true.
    """
    stored = lock_open_register(lesson)
    if stored.status != Status.END:
        raise ValidationError(_("A register can be closed after the lesson has ended."))
    freeze_policy(stored)
    recompute_register(stored)
    marks = list(Attendance.objects.filter(lesson=stored))
    if not anyway and (doubts := closing_doubts(stored, marks)):
        raise ValidationError({"anyway": doubts})
    now = timezone.now().replace(microsecond=0)
    last = stored.registers.order_by("-number").first()
    number = last.number + 1 if last else 1
    body = build_body(
        stored,
        marks,
        number=number,
        closed_at=now,
        by=by.user_id or by.login if by else "",
        before=last.digest if last else "",
    )
    revision = Register.objects.create(
        lesson=stored, number=number, body=body, digest=compute_digest(body), closed_at=now, closed_by=by
    )
    Lesson.objects.filter(pk=stored.pk).update(register_closed_at=now)
    record("attendance.close", stored, by=by, after={"revision": number, "digest": revision.digest})
    return revision


def closing_doubts(lesson: Lesson, marks: Iterable[Attendance]) -> list[str]:
    """Return the reasons not to close the register yet, as sentences."""
    unknown = sum(1 for row in marks if row.mark == Mark.UNKNOWN)
    doubts = []
    if lesson.final_at is None:
        doubts.append(_("The data from iclass is not complete, so marks may be missing information."))
    if unknown:
        doubts.append(
            ngettext(
                "%(n)d mark has no data and is not final.",
                "%(n)d marks have no data and are not final.",
                unknown,
            )
            % {"n": unknown}
        )
    return doubts


@service
def reopen_register(*, lesson: Lesson, reason: str, by: User | None) -> Register:
    """Reopen a closed register. The revision is kept; closing again creates the next one."""
    require_reason(reason)
    found = lock_lesson(lesson)
    revision = found.registers.filter(reopened_at=None).first()
    if revision is None:
        raise ValidationError(_("This register is not closed."))
    revision.reopened_at, revision.reopened_by = timezone.now(), by
    revision.reopen_reason = reason.strip()[:500]
    revision.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    Lesson.objects.filter(pk=found.pk).update(register_closed_at=None)
    found.register_closed_at = None
    record("attendance.reopen", found, by=by, after={"revision": revision.number}, reason=reason)
    recompute_register(found)
    return revision
