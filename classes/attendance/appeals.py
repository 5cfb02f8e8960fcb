"""Services for appeals and credits for guests."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classes.attendance.corrections import correct_mark, lock_open_register
from classes.attendance.register import recompute_register
from classes.locking import lock_lesson
from classes.models import Appeal, Attendance, Correction, GuestCredit, Lesson, Mark, Member
from console.audit.trail import record
from console.concurrency import Conflict, service
from console.notifications.services import notify

#: Marks that a student may contest.
CONTESTABLE_MARKS = (Mark.ABSENT, Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY, Mark.UNKNOWN)


def appeal_until(lesson: Lesson) -> datetime | None:
    """Return the deadline for appeals against marks of this lesson; None while they are not final."""
    return lesson.final_at + timedelta(days=settings.APPEAL_DAYS) if lesson.final_at else None


def may_appeal(row: Attendance, by: User) -> bool:
    """Return whether this person may contest this mark now."""
    until = appeal_until(row.lesson)
    if row.person_id != by.pk or row.mark not in CONTESTABLE_MARKS or until is None or timezone.now() > until:
        return False
    return not row.lesson.appeals.filter(person=by, state=Appeal.State.OPEN).exists()


@service
def file_appeal(*, mark_of: Attendance, text: str, by: User) -> Appeal:
    """File an appeal against one's own mark, with the current evidence attached, and notify the teacher.

    Raise ValidationError after the deadline, before the marks are final, or while another appeal is open.
    """
    lock_lesson(mark_of.lesson_id)
    rows = Attendance.objects.select_related("lesson__enterprise", "lesson__teacher")
    row = rows.filter(pk=mark_of.pk).first()
    if not text.strip():
        raise ValidationError({"text": _("Describe what is wrong with the mark.")})
    if row is None or not may_appeal(row, by):
        raise ValidationError(
            _("You cannot appeal: this mark is not yours, not final, or the deadline has passed.")
        )
    evidence = {
        "mark": row.mark,
        "present_seconds": row.present_seconds,
        "share": None if row.share is None else str(row.share),
        "facts": row.reason,
    }
    appeal = Appeal.objects.create(
        lesson=row.lesson, person=by, mark=row.mark, text=text.strip()[:1000], evidence=evidence
    )
    record("attendance.appeal", row.lesson, by=by, after={"appeal": appeal.pk, "mark": row.mark})
    notify(
        "attendance.appeal",
        people=[row.lesson.teacher],
        key=f"attendance.appeal.{appeal.pk}",
        args={"lesson": row.lesson.topic, "name": by.nickname or by.user_id},
        link=reverse("classes:appeal", args=[appeal.pk]),
    )
    return appeal


@service
def answer_appeal(*, appeal: Appeal, granted: bool, text: str, by: User, mark: str = "") -> Appeal:
    """Answer an appeal and notify the student. Granting it corrects the mark to `mark`.

    Raise Conflict if the appeal was answered already; ValidationError without a text, without a mark when
    granting, or when granting while the register is closed.
    """
    lock_lesson(appeal.lesson_id)
    found = Appeal.objects.select_for_update(of=("self",), no_key=True).get(pk=appeal.pk)
    if found.state != Appeal.State.OPEN:
        raise Conflict(_("This appeal has already been answered."))
    if not text.strip():
        raise ValidationError({"text": _("Enter a reason for later reference.")})
    if granted and not mark:
        raise ValidationError({"mark": _("Choose the correct mark.")})
    found.state = Appeal.State.GRANTED if granted else Appeal.State.REFUSED
    found.answer, found.answered_by, found.answered_at = text.strip()[:1000], by, timezone.now()
    found.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    if granted:
        row = Attendance.objects.filter(lesson=found.lesson, person=found.person).first()
        if row is None:
            raise ValidationError(_("Only students who are expected have a mark."))
        correct_mark(mark_of=row, mark=mark, reason=text, by=by, kind=Correction.Kind.APPEAL, appeal=found)
    record("attendance.answer", found.lesson, by=by, after={"appeal": found.pk, "granted": granted})
    notify(
        "attendance.answer",
        people=[found.person],
        key=f"attendance.answer.{found.pk}",
        args={"lesson": found.lesson.topic},
        link=reverse("classes:appeal", args=[found.pk]),
    )
    return found


@service
def add_credit(*, guest: Attendance, person: User, reason: str, by: User | None) -> GuestCredit:
    """Credit a guest's stays to a member of the lesson: the same person under another id.

    Raise ValidationError if the guest is on the list, the person is not, or the register is closed.
    """
    lesson = lock_open_register(guest.lesson)
    if not reason.strip():
        raise ValidationError({"reason": _("Enter a reason for later reference.")})
    if guest.expected:
        raise ValidationError(_("This person is on the list of the lesson."))
    if not Member.objects.filter(lesson=lesson, user=person).exists():
        raise ValidationError({"person": _("Choose someone who is on the list of the lesson.")})
    if GuestCredit.objects.filter(lesson=lesson, guest_id=guest.user_id, undone_at=None).exists():
        raise ValidationError(_("This guest is already matched with a student. Undo that first."))
    credit = GuestCredit.objects.create(
        lesson=lesson, guest_id=guest.user_id, person=person, reason=reason.strip()[:500], by=by
    )
    values = {"guest": guest.user_id, "person": person.user_id}
    record("attendance.credit", lesson, by=by, after=values, reason=reason)
    recompute_register(lesson)
    return credit


@service
def undo_credit(*, credit: GuestCredit, by: User | None) -> dict[str, str] | None:
    """Undo a credit: the guest's stays count for nobody. Return the values for `restore_credit`, None if it
    was undone before."""
    lesson = lock_open_register(credit.lesson)
    stored = GuestCredit.objects.select_for_update(of=("self",), no_key=True).get(pk=credit.pk)
    if stored.undone_at:
        return None
    stored.undone_at, stored.undone_by = timezone.now(), by
    stored.save(update_fields=["undone_at", "undone_by"])
    values = {"guest": stored.guest_id, "person": stored.person.user_id}
    record("attendance.uncredit", lesson, by=by, before=values)
    recompute_register(lesson)
    return {"at": stored.undone_at.isoformat()}


@service
def restore_credit(*, credit: GuestCredit, by: User | None, at: str) -> None:
    """Let a credit count again that was undone at `at`.

    Raise ValidationError if the guest was matched anew, or the register is closed.
    """
    lesson = lock_open_register(credit.lesson)
    stored = GuestCredit.objects.select_for_update(of=("self",), no_key=True).get(pk=credit.pk)
    newer = GuestCredit.objects.filter(lesson=lesson, guest_id=stored.guest_id, undone_at=None)
    if stored.undone_at is None or stored.undone_at.isoformat() != at or newer.exists():
        raise ValidationError(_("Someone matched this guest anew since. Open the register to see it."))
    stored.undone_at, stored.undone_by = None, None
    stored.save(update_fields=["undone_at", "undone_by"])
    values = {"guest": stored.guest_id, "person": stored.person.user_id}
    record("attendance.credit", lesson, by=by, after=values, reason=stored.reason)
    recompute_register(lesson)
