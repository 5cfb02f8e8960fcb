"""Cases around a register: appeals of students, leave known in advance, and guests who are somebody known."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classes.attendance.acts import correct, held
from classes.attendance.register import hold, recompute
from classes.models import Appeal, Attendance, Correction, Credit, Leave, Lesson, Mark, Member
from console.audit.trail import record
from console.notices.tell import tell

#: Marks that a student may contest.
CONTESTED = (Mark.ABSENT, Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY, Mark.UNKNOWN)
#: So many open registers a leave changes at once; beyond them it is no leave but a mistake.
MOST_LESSONS = 500


def appeal_until(lesson: Lesson) -> datetime | None:
    """Until when a mark of this lesson may be contested; None while the marks are not final."""
    return lesson.final_at + timedelta(days=settings.APPEAL_DAYS) if lesson.final_at else None


def may_appeal(row: Attendance, by: User) -> bool:
    """Whether this person may contest this mark now."""
    until = appeal_until(row.lesson)
    if row.person_id != by.pk or row.mark not in CONTESTED or until is None or timezone.now() > until:
        return False
    return not row.lesson.appeals.filter(person=by, state=Appeal.State.OPEN).exists()


@transaction.atomic
def appeal(*, mark_of: Attendance, text: str, by: User) -> Appeal:
    """Contest one's own mark, with the evidence as it stands now attached; the teacher is told.

    ValidationError after the deadline, before the marks are final, and while another appeal waits.
    """
    row = Attendance.objects.select_related("lesson__enterprise", "lesson__teacher").get(pk=mark_of.pk)
    Lesson.objects.select_for_update(of=("self",)).get(pk=row.lesson_id)
    if not text.strip():
        raise ValidationError({"text": _("Write what is wrong with the mark.")})
    if not may_appeal(row, by):
        raise ValidationError(
            _("This mark cannot be contested: it is not yours, not final, or the time for it has passed.")
        )
    evidence = {
        "mark": row.mark,
        "present_seconds": row.present_seconds,
        "share": None if row.share is None else str(row.share),
        "facts": row.reason,
    }
    made = Appeal.objects.create(
        lesson=row.lesson, person=by, mark=row.mark, text=text.strip()[:1000], evidence=evidence
    )
    record("attendance.appeal", row.lesson, by=by, after={"appeal": made.pk, "mark": row.mark})
    tell(
        "attendance.appeal",
        people=[row.lesson.teacher],
        key=f"attendance.appeal.{made.pk}",
        args={"lesson": row.lesson.topic},
        link=reverse("classes:appeal", args=[made.pk]),
    )
    return made


@transaction.atomic
def answer(*, appeal: Appeal, granted: bool, text: str, by: User, mark: str = "") -> Appeal:
    """Answer an appeal; a granted one corrects the mark to `mark`. The student is told.

    ValidationError without words, without a mark where it is granted, for one that was answered, and for
    granting while the register is closed.
    """
    stored = Appeal.objects.select_for_update(of=("self",)).select_related("lesson", "person")
    found = stored.get(pk=appeal.pk)
    if found.state != Appeal.State.OPEN:
        raise ValidationError(_("This appeal is answered already."))
    if not text.strip():
        raise ValidationError({"text": _("Say why, so that everybody can see it later.")})
    if granted and not mark:
        raise ValidationError({"mark": _("Choose the mark that is right.")})
    found.state = Appeal.State.GRANTED if granted else Appeal.State.REFUSED
    found.answer, found.answered_by, found.answered_at = text.strip()[:1000], by, timezone.now()
    found.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    row = Attendance.objects.select_related("lesson").get(lesson=found.lesson, person=found.person)
    if granted:
        correct(mark_of=row, mark=mark, reason=text, by=by, kind=Correction.Kind.APPEAL, appeal=found)
    record("attendance.answer", found.lesson, by=by, after={"appeal": found.pk, "granted": granted})
    tell(
        "attendance.answer",
        people=[found.person],
        key=f"attendance.answer.{found.pk}",
        args={"lesson": found.lesson.topic},
        link=reverse("classes:appeal", args=[found.pk]),
    )
    return found


@transaction.atomic
def grant_leave(
    *, person: User, begins_at: datetime, ends_at: datetime, reason: str, by: User | None
) -> Leave:
    """Excuse what somebody misses between two moments; open registers of lessons in it are reckoned anew."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that everybody can see it later.")})
    if ends_at <= begins_at:
        raise ValidationError({"end": _("The leave must end after it begins.")})
    leave = Leave.objects.create(
        enterprise_id=person.enterprise_id,
        person=person,
        begins_at=begins_at,
        ends_at=ends_at,
        reason=reason.strip()[:500],
        by=by,
    )
    told = {"person": person.user_id, "begins_at": begins_at, "ends_at": ends_at}
    record("leave.add", leave, by=by, after=told)
    _reckon_anew(leave)
    return leave


@transaction.atomic
def withdraw_leave(*, leave: Leave, by: User | None) -> None:
    """Take a leave back; what it excused in open registers counts again."""
    stored = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
    if stored.withdrawn_at:
        return
    stored.withdrawn_at = leave.withdrawn_at = timezone.now()
    stored.save(update_fields=["withdrawn_at"])
    record("leave.withdraw", stored, by=by)
    _reckon_anew(stored)


def _reckon_anew(leave: Leave) -> None:
    mine = Member.objects.filter(user=leave.person_id).values("lesson")
    lessons = Lesson.objects.filter(
        pk__in=mine, starts_at__lt=leave.ends_at, ends_at__gt=leave.begins_at, register_closed_at=None
    ).exclude(attendance=None)
    found = list(lessons.select_related("enterprise", "teacher", "course").distinct()[:MOST_LESSONS])
    hold(found)
    for lesson in found:
        recompute(lesson)


@transaction.atomic
def credit(*, guest: Attendance, person: User, reason: str, by: User | None) -> Credit:
    """Count a guest's stays for a member of the lesson: the same person under another id.

    ValidationError for who is on the list, for a person who is not, and where the register is closed.
    """
    lesson = held(guest.lesson)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that everybody can see it later.")})
    if guest.expected:
        raise ValidationError(_("This person is on the list of the lesson."))
    if not Member.objects.filter(lesson=lesson, user=person).exists():
        raise ValidationError({"person": _("Choose somebody who is on the list of the lesson.")})
    if Credit.objects.filter(lesson=lesson, guest_id=guest.user_id, undone_at=None).exists():
        raise ValidationError(_("This guest counts for somebody already. Take that back first."))
    made = Credit.objects.create(
        lesson=lesson, guest_id=guest.user_id, person=person, reason=reason.strip()[:500], by=by
    )
    told = {"guest": guest.user_id, "person": person.user_id}
    record("attendance.credit", lesson, by=by, after=told, reason=reason)
    recompute(lesson)
    return made


@transaction.atomic
def undo_credit(*, credit: Credit, by: User | None) -> None:
    """Take it back: the guest's stays count for nobody again."""
    lesson = held(credit.lesson)
    stored = Credit.objects.select_for_update(of=("self",)).select_related("person").get(pk=credit.pk)
    if stored.undone_at:
        return
    stored.undone_at, stored.undone_by = timezone.now(), by
    stored.save(update_fields=["undone_at", "undone_by"])
    told = {"guest": stored.guest_id, "person": stored.person.user_id}
    record("attendance.uncredit", lesson, by=by, before=told)
    recompute(lesson)
