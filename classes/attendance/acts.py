"""What people decide about a register: correcting, excusing, closing, reopening; each in one transaction."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from classes.attendance.closed import body_of, digest_of
from classes.attendance.register import recompute
from classes.attendance.rules import freeze_policy
from classes.kinds import Status
from classes.models import Appeal, Attendance, Correction, Lesson, Mark, Register
from console.audit.trail import record

Kind = Correction.Kind


def held(lesson: Lesson) -> Lesson:
    """The lesson as stored, locked; ValidationError where its register is closed. In a transaction only."""
    stored = Lesson.objects.select_for_update(of=("self",)).select_related("enterprise", "teacher", "course")
    found = stored.get(pk=lesson.pk)
    if found.register_closed_at:
        raise ValidationError(_("This register is closed. Reopen it first; that makes a new revision."))
    return found


@transaction.atomic
def correct(
    *,
    mark_of: Attendance,
    mark: str,
    reason: str,
    by: User | None,
    kind: str = Kind.HAND,
    appeal: Appeal | None = None,
) -> Correction:
    """Set somebody's mark by hand, as a new row over the derived one; an empty `mark` takes that back.

    ValidationError without a reason, for staff and guests, and where the register is closed.
    """
    lesson = held(mark_of.lesson)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that everybody can see it later.")})
    row = Attendance.objects.select_related("person").get(pk=mark_of.pk)
    if not row.derived_mark:
        raise ValidationError(_("Only students who are expected have a mark."))
    if mark == "" and row.mark == row.derived_mark and "hand" not in row.reason:
        raise ValidationError(_("Nobody has set this mark by hand."))
    made = _write(lesson, [row], mark, reason, by, kind, appeal)[0]
    record(
        "attendance.correct",
        lesson,
        by=by,
        before={"user_id": row.user_id, "mark": row.mark},
        after={"user_id": row.user_id, "mark": mark or row.derived_mark},
        reason=reason,
    )
    recompute(lesson)
    return made


@transaction.atomic
def excuse(*, lesson: Lesson, user_ids: Iterable[str], reason: str, by: User | None) -> int:
    """Excuse all of these whose mark is neither present nor excused: many dropped out at once.

    Returns how many were. One line of the trail; each of them has a correction of their own.
    """
    stored = held(lesson)
    marked = Attendance.objects.filter(lesson=stored, user_id__in=list(user_ids)).exclude(derived_mark="")
    rows = list(marked.exclude(mark__in=(Mark.PRESENT, Mark.EXCUSED)).select_related("person"))
    _write(stored, rows, Mark.EXCUSED, reason, by, Kind.DROP)
    if rows:
        told = {"people": len(rows), "user_ids": sorted(row.user_id for row in rows)}
        record("attendance.excuse", stored, by=by, after=told, reason=reason)
        recompute(stored)
    return len(rows)


def _write(
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


@transaction.atomic
def close_register(*, lesson: Lesson, by: User | None, anyway: bool = False) -> Register:
    """Close the register as the next numbered revision, with its digest.

    `anyway` closes one that is still provisional or has marks without data; else ValidationError says so.
    """
    stored = held(lesson)
    if stored.status != Status.END:
        raise ValidationError(_("The lesson is not over yet. Its register can be closed afterwards."))
    freeze_policy(stored)
    recompute(stored)
    marks = list(Attendance.objects.filter(lesson=stored))
    if not anyway and (doubts := doubts_of(stored, marks)):
        raise ValidationError({"anyway": doubts})
    now = timezone.now().replace(microsecond=0)
    last = stored.registers.order_by("-number").first()
    number = last.number + 1 if last else 1
    body = body_of(
        stored,
        marks,
        number=number,
        closed_at=now,
        by=by.user_id or by.login if by else "",
        before=last.digest if last else "",
    )
    revision = Register.objects.create(
        lesson=stored, number=number, body=body, digest=digest_of(body), closed_at=now, closed_by=by
    )
    Lesson.objects.filter(pk=stored.pk).update(register_closed_at=now)
    lesson.register_closed_at = now
    record("attendance.close", stored, by=by, after={"revision": number, "digest": revision.digest})
    return revision


def doubts_of(lesson: Lesson, marks: Iterable[Attendance]) -> list[str]:
    """Why one might not want to close the register yet, in sentences."""
    unknown = sum(1 for row in marks if row.mark == Mark.UNKNOWN)
    said = []
    if lesson.final_at is None:
        said.append(_("The history of iclass is not complete, so marks may be missing something."))
    if unknown:
        said.append(
            ngettext(
                "%(n)d mark has no data and stays open.", "%(n)d marks have no data and stay open.", unknown
            )
            % {"n": unknown}
        )
    return said


@transaction.atomic
def reopen_register(*, lesson: Lesson, reason: str, by: User | None) -> Register:
    """Open a closed register again: the revision stays, closing again makes the next one."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that everybody can see it later.")})
    stored = Lesson.objects.select_for_update(of=("self",)).select_related("enterprise", "teacher", "course")
    found = stored.get(pk=lesson.pk)
    revision = found.registers.filter(reopened_at=None).first()
    if revision is None:
        raise ValidationError(_("This register is open already."))
    revision.reopened_at, revision.reopened_by = timezone.now(), by
    revision.reopen_reason = reason.strip()[:500]
    revision.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    Lesson.objects.filter(pk=found.pk).update(register_closed_at=None)
    found.register_closed_at = lesson.register_closed_at = None
    record("attendance.reopen", found, by=by, after={"revision": revision.number}, reason=reason)
    recompute(found)
    return revision
