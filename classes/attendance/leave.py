"""Services for leave of absence: enter, request, answer, withdraw."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Guardian, Role, User
from accounts.people.charges import teachers_of
from accounts.people.queries import active_people
from accounts.sign_in.permissions import protect_erased
from classes.attendance.leave_files import StoredFile, add_files, move_files
from classes.attendance.register import lock_for_recompute, recompute_registers
from classes.models import Leave, Lesson, Member
from console.audit.trail import record
from console.concurrency import Conflict, lock_row, service
from console.notifications.services import notify

Period = tuple[datetime, datetime]
#: Open registers that are recalculated at once.
BATCH = 500
#: Leave can be requested so far ahead.
MAX_AHEAD = timedelta(days=366)
#: Most requests for a student that wait for a decision, of each who asks.
MAX_OPEN = 20


@service
def grant_leave(
    *,
    person: User,
    begins_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User | None,
    kind: str = Leave.Kind.OTHER,
    files: Sequence[StoredFile] = (),
) -> Leave:
    """Excuse a person between two moments and recalculate the open registers of lessons in between.

    ValidationError for a person who has been erased, also while this waited for the erasure.
    """
    _require_reason(reason)
    _require_order(begins_at, ends_at)
    period = begins_at, ends_at
    lessons = _lock_affected_lessons(person.pk, period)
    protect_erased(lock_row(person))
    leave = _create(person, period, kind, reason, by, Leave.State.APPROVED)
    add_files([leave], files, by)
    record("leave.add", leave, by=by, after=_facts(leave))
    _recompute(lessons)
    return leave


@service
def request_leave(
    *,
    person: User,
    periods: Iterable[Period],
    kind: str,
    reason: str,
    by: User | None,
    guardian: Guardian | None = None,
    files: Sequence[StoredFile] = (),
) -> list[Leave]:
    """Request leave for a student and notify those who decide; return the requests.

    The student asks (`by`), or a guardian on their behalf. A request belongs to who made it: those of others
    for the same time stand beside it.

    Periods that overlap with each other or with open requests of the same maker become one request: the open
    ones are withdrawn, because a request never changes. `files` belong to each of the requests; a request
    takes over the files of those that it replaces. Raise ValidationError for periods too long ago, too far
    ahead or approved already.
    """
    _require_reason(reason)
    asked = merge_periods(periods)
    # One request of a student after the other, or two that overlap would not see each other.
    protect_erased(lock_row(person))
    if guardian is not None:
        _require_guardian(lock_row(guardian), person)
    for period in asked:
        _require_requestable(person, period)
    replaced = [one for one in open_requests(person, guardian) if any(_overlap(each, one) for each in asked)]
    merged = merge_periods([*asked, *((one.begins_at, one.ends_at) for one in replaced)])
    for one in replaced:
        _set_withdrawn(one)
        record("leave.merge", one, by=by, before=_facts(one))
    created = []
    for period in merged:
        reasons = [reason.strip(), *(one.reason for one in replaced if _overlap(period, one))]
        text = " · ".join(dict.fromkeys(reasons))
        leave = _create(person, period, kind, text, by, Leave.State.REQUESTED, guardian)
        move_files([one for one in replaced if _overlap(period, one)], leave)
        record("leave.request", leave, by=by, after=_facts(leave))
        created.append(leave)
    add_files(created, files, by)
    if len(open_requests(person, guardian)) > MAX_OPEN:
        raise ValidationError(_("Too many of your requests are open. Wait until they are answered."))
    for leave in created:
        _notify_deciders(leave)
    return created


@service
def answer_leave(*, leave: Leave, approved: bool, text: str, by: User) -> Leave:
    """Approve a request or return it with a sentence, and notify the student.

    Raise Conflict if it was answered or withdrawn, ValidationError if it is returned without a sentence.
    """
    stored = lock_row(leave)
    if stored.state != Leave.State.REQUESTED:
        raise _no_longer_open(stored)
    if by.pk == stored.person_id:
        raise ValidationError(_("Nobody decides about their own leave. Ask somebody else to decide."))
    if not approved and not text.strip():
        raise ValidationError({"text": _("Write the student a sentence why the request is returned.")})
    stored.state = Leave.State.APPROVED if approved else Leave.State.RETURNED
    stored.answer, stored.answered_by, stored.answered_at = text.strip()[:500], by, timezone.now()
    stored.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record("leave.approve" if approved else "leave.return", stored, by=by, after=_facts(stored))
    if approved:
        recalculate(stored)
    notify(
        "leave.approved" if approved else "leave.returned",
        people=[stored.person],
        key=answer_key(stored),
        args=_notice_args(stored),
        link=reverse("classes:leave", args=[stored.pk]),
    )
    return stored


@service
def withdraw_leave(*, leave: Leave, by: User | None, guardian: Guardian | None = None) -> None:
    """Withdraw one's own open request, as the student or the guardian who asked, or revoke approved leave of
    somebody else.

    The open registers that it affected are recalculated. Raise Conflict if it is neither.
    """
    stored = lock_row(leave)
    if stored.state == Leave.State.WITHDRAWN:
        return
    is_own = guardian is not None or (by is not None and by.pk == stored.person_id)
    if is_own and stored.guardian_relation and (guardian is None or stored.guardian_id != guardian.pk):
        raise Conflict(_("A guardian asked for this leave. Ask them to withdraw it."))
    if guardian is not None and stored.guardian_id != guardian.pk:
        raise Conflict(_("You can withdraw only what you asked for yourself."))
    if stored.state != (Leave.State.REQUESTED if is_own else Leave.State.APPROVED):
        raise _no_longer_open(stored) if is_own else Conflict(_("Only approved leave can be revoked."))
    was_approved = stored.state == Leave.State.APPROVED
    _set_withdrawn(stored)
    record("leave.cancel" if is_own else "leave.withdraw", stored, by=by)
    if was_approved:
        recalculate(stored)


def answer_key(leave: Leave) -> str:
    """Return the key of the notification that the request was answered."""
    return f"leave.answer.{leave.pk}"


def merge_periods(periods: Iterable[Period]) -> list[Period]:
    """Return the periods in order, with those that overlap merged. ValidationError if one ends too early."""
    merged: list[Period] = []
    for begins_at, ends_at in sorted(periods):
        _require_order(begins_at, ends_at)
        if merged and begins_at < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], ends_at)
        else:
            merged.append((begins_at, ends_at))
    return merged


def earliest_request(school: Any) -> datetime:
    """Return the moment before which leave that began can no longer be requested."""
    today = timezone.localtime(timezone=school.tz).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=school.leave_request_days)


def _require_guardian(guardian: Guardian, person: User) -> None:
    """Raise ValidationError unless the guardian may ask for leave of this student now."""
    if guardian.person_id != person.pk or not guardian.told_leave or not person.is_active:
        raise ValidationError(_("You can no longer ask for leave of this student. Ask the school office."))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Enter a reason for later reference.")})


def _require_order(begins_at: datetime, ends_at: datetime) -> None:
    if ends_at <= begins_at:
        raise ValidationError({"end": _("The leave must end after it starts.")})


def _require_requestable(person: User, period: Period) -> None:
    begins_at, ends_at = period
    school: Any = person.enterprise
    if begins_at < earliest_request(school):
        text = _("Leave can be requested at most %(n)d days after it began. Ask the school office.")
        raise ValidationError(text % {"n": school.leave_request_days})
    if ends_at > timezone.now() + MAX_AHEAD:
        raise ValidationError(_("Leave can be requested at most one year ahead."))
    approved = Leave.objects.filter(person=person, state=Leave.State.APPROVED)
    if approved.filter(begins_at__lte=begins_at, ends_at__gte=ends_at).exists():
        raise ValidationError(_("Leave for this time has already been approved."))


def open_requests(person: User, guardian: Guardian | None) -> QuerySet[Leave]:
    """Lock and return the open requests of the guardian; without one, those of the student themselves."""
    rows = Leave.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    own = rows.filter(guardian=guardian) if guardian else rows.filter(guardian=None, guardian_relation="")
    return own.filter(person=person, state=Leave.State.REQUESTED)


def _overlap(period: Period, leave: Leave) -> bool:
    return leave.begins_at < period[1] and leave.ends_at > period[0]


def _create(
    person: User,
    period: Period,
    kind: str,
    reason: str,
    by: User | None,
    state: str,
    guardian: Guardian | None = None,
) -> Leave:
    school: Any = person.enterprise_id
    return Leave.objects.create(
        enterprise_id=school,
        person=person,
        begins_at=period[0],
        ends_at=period[1],
        kind=kind,
        reason=reason.strip()[:500],
        state=state,
        by=by,
        guardian=guardian,
        guardian_relation=guardian.relation if guardian else "",
    )


def _set_withdrawn(leave: Leave) -> None:
    leave.state, leave.withdrawn_at = Leave.State.WITHDRAWN, timezone.now()
    leave.save(update_fields=["state", "withdrawn_at"])


def _no_longer_open(leave: Leave) -> Conflict:
    if leave.state == Leave.State.WITHDRAWN:
        return Conflict(_("This request was withdrawn or replaced by a new one. See the list of leave."))
    return Conflict(_("This request has already been answered."))


def _facts(leave: Leave) -> dict[str, Any]:
    """Return what the audit trail keeps: no kind and no reason, which are personal."""
    facts = {"person": leave.person.user_id, "begins_at": leave.begins_at, "ends_at": leave.ends_at}
    return {**facts, "relation": leave.guardian_relation} if leave.guardian_relation else facts


def _notify_deciders(leave: Leave) -> None:
    """Notify those who are in charge of the student's groups today; without one, the administrators."""
    people = teachers_of(leave.enterprise, [leave.person_id]).get(leave.person_id)
    notify(
        "leave.requested",
        people=people or list(active_people(leave.enterprise_id, Role.SUPERADMIN, Role.ADMIN)),
        key=f"leave.requested.{leave.pk}",
        args={**_notice_args(leave), "name": leave.person.nickname or leave.person.user_id},
        link=reverse("classes:leave", args=[leave.pk]),
    )


def _notice_args(leave: Leave) -> dict[str, str]:
    """Return when the leave begins and ends, in the time zone of the school; one of a day names it once."""
    zone = leave.enterprise.tz
    begins, ends = (timezone.localtime(at, zone) for at in (leave.begins_at, leave.ends_at))
    end = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%Y-%m-%d %H:%M}"
    return {"start": f"{begins:%Y-%m-%d %H:%M}", "end": end}


def recalculate(leave: Leave) -> None:
    """Recalculate the open registers that a leave affects. Call it inside the transaction that changed it."""
    _recompute(_lock_affected_lessons(leave.person_id, (leave.begins_at, leave.ends_at)))


def _recompute(lessons: Sequence[Lesson]) -> None:
    for start in range(0, len(lessons), BATCH):
        recompute_registers(lessons[start : start + BATCH])


def _lock_affected_lessons(person: int, period: Period) -> list[Lesson]:
    """Lock and return the lessons of a person whose open registers leave at this time may change."""
    begins_at, ends_at = period
    memberships = Member.objects.filter(user=person).values("lesson")
    begins_early_enough = Q(starts_at__lt=ends_at) | Q(real_started_at__lt=ends_at)
    ends_late_enough = Q(ends_at__gt=begins_at) | Q(real_ended_at__gt=begins_at)
    lessons = Lesson.objects.filter(
        begins_early_enough, ends_late_enough, pk__in=memberships, register_closed_at=None
    ).exclude(attendance=None)
    return lock_for_recompute(lessons.distinct())
