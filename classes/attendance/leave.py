"""Services for leave of absence: enter, request, answer, withdraw."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from classes.attendance.register import lock_for_recompute, recompute_registers
from classes.models import Leave, Lesson, Member
from console.audit.trail import record
from console.concurrency import Conflict, lock_row, service
from console.notifications.services import notify

Period = tuple[datetime, datetime]
#: Most open registers that a leave changes at once; more would be a mistake.
MAX_LESSONS = 500
#: Leave can be requested so far ahead.
MAX_AHEAD = timedelta(days=366)
#: Most requests of a student that wait for a decision.
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
) -> Leave:
    """Excuse a person between two moments and recalculate the open registers of lessons in between."""
    _require_reason(reason)
    _require_order(begins_at, ends_at)
    leave = _create(person, (begins_at, ends_at), kind, reason, by, Leave.State.APPROVED)
    record("leave.add", leave, by=by, after=_facts(leave))
    _recalculate(leave)
    return leave


@service
def request_leave(
    *, person: User, periods: Iterable[Period], kind: str, reason: str, by: User
) -> list[Leave]:
    """Request leave for a student and notify those who decide; return the requests.

    Periods that overlap with each other or with open requests of the student become one request: the open
    ones are withdrawn, because a request never changes. Raise ValidationError for periods too long ago, too
    far ahead or approved already.
    """
    _require_reason(reason)
    asked = merge_periods(periods)
    # One request of a student after the other, or two that overlap would not see each other.
    lock_row(person)
    for period in asked:
        _require_requestable(person, period)
    replaced = _open_requests(person, asked)
    merged = merge_periods([*asked, *((one.begins_at, one.ends_at) for one in replaced)])
    for one in replaced:
        _set_withdrawn(one)
        record("leave.merge", one, by=by, before=_facts(one))
    created = []
    for period in merged:
        reasons = [reason.strip(), *(one.reason for one in replaced if _overlap(period, one))]
        text = " · ".join(dict.fromkeys(reasons))
        leave = _create(person, period, kind, text, by, Leave.State.REQUESTED)
        record("leave.request", leave, by=by, after=_facts(leave))
        created.append(leave)
    if Leave.objects.filter(person=person, state=Leave.State.REQUESTED).count() > MAX_OPEN:
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
        _recalculate(stored)
    notify(
        "leave.approved" if approved else "leave.returned",
        people=[stored.person],
        key=f"leave.answer.{stored.pk}",
        args=_notice_args(stored),
        link=reverse("classes:leave", args=[stored.pk]),
    )
    return stored


@service
def withdraw_leave(*, leave: Leave, by: User | None) -> None:
    """Withdraw one's own open request, or revoke approved leave of somebody else.

    The open registers that it affected are recalculated. Raise Conflict if it is neither.
    """
    stored = lock_row(leave)
    if stored.state == Leave.State.WITHDRAWN:
        return
    is_own = by is not None and by.pk == stored.person_id
    if stored.state != (Leave.State.REQUESTED if is_own else Leave.State.APPROVED):
        raise _no_longer_open(stored) if is_own else Conflict(_("Only approved leave can be revoked."))
    was_approved = stored.state == Leave.State.APPROVED
    _set_withdrawn(stored)
    record("leave.cancel" if is_own else "leave.withdraw", stored, by=by)
    if was_approved:
        _recalculate(stored)


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


def _open_requests(person: User, periods: list[Period]) -> list[Leave]:
    """Lock and return the open requests that overlap one of these periods."""
    rows = Leave.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    open_ = rows.filter(person=person, state=Leave.State.REQUESTED)
    return [one for one in open_ if any(_overlap(period, one) for period in periods)]


def _overlap(period: Period, leave: Leave) -> bool:
    return leave.begins_at < period[1] and leave.ends_at > period[0]


def _create(person: User, period: Period, kind: str, reason: str, by: User | None, state: str) -> Leave:
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
    return {"person": leave.person.user_id, "begins_at": leave.begins_at, "ends_at": leave.ends_at}


def _notify_deciders(leave: Leave) -> None:
    """Notify the teachers in charge of the student's groups; without one, the administrators."""
    active = User.objects.filter(enterprise=leave.enterprise_id, is_active=True)
    groups = leave.person.student_groups.filter(archived_at=None)
    people = list(active.filter(groups_in_charge__in=groups).distinct())
    notify(
        "leave.requested",
        people=people or list(active.filter(role__in=(Role.SUPERADMIN, Role.ADMIN))),
        key=f"leave.requested.{leave.pk}",
        args=_notice_args(leave),
        link=reverse("classes:leave", args=[leave.pk]),
    )


def _notice_args(leave: Leave) -> dict[str, str]:
    """Return when the leave begins and ends, in the time zone of the school."""
    zone = leave.enterprise.tz
    begins, ends = (timezone.localtime(at, zone) for at in (leave.begins_at, leave.ends_at))
    return {"start": f"{begins:%Y-%m-%d %H:%M}", "end": f"{ends:%Y-%m-%d %H:%M}"}


def _recalculate(leave: Leave) -> None:
    memberships = Member.objects.filter(user=leave.person_id).values("lesson")
    begins_early_enough = Q(starts_at__lt=leave.ends_at) | Q(real_started_at__lt=leave.ends_at)
    ends_late_enough = Q(ends_at__gt=leave.begins_at) | Q(real_ended_at__gt=leave.begins_at)
    lessons = Lesson.objects.filter(
        begins_early_enough, ends_late_enough, pk__in=memberships, register_closed_at=None
    ).exclude(attendance=None)
    recompute_registers(lock_for_recompute(lessons.distinct()[:MAX_LESSONS]))
