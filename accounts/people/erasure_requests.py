"""Erasing a person takes two administrators: one requests it, another one confirms or declines.

A superadmin counts as an administrator. Who depends on the requester (`second_person`) can confirm only when
the request has waited for seven days, in which everybody else can decline it. Where a school has nobody else
who could confirm, the operator of the installation does, on the server (`manage.py person confirm-erasure`).
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ErasureRequest, Role, User
from accounts.people.erasure import erase_person
from accounts.people.second_person import waits_until
from accounts.sign_in.permissions import protect_erased, protect_superadmin
from console.audit.trail import record
from console.concurrency import Conflict, lock_row, service
from console.notifications.services import notify
from console.policy import scoped
from console.undo import register_undo

State = ErasureRequest.State
#: Roles that decide.
ADMINISTRATORS = (Role.SUPERADMIN, Role.ADMIN)
NO_LONGER_ADMINISTRATOR = gettext_lazy(
    "The requester is no longer an active administrator of the school, so the request cannot be confirmed. "
    "Decline it; another administrator can request the erasure again."
)


def refused_confirmation(request: ErasureRequest, by: Any) -> str:
    """Return why `by` cannot confirm the request now, though perhaps decline it; "" if they can."""
    if not may_still_request(request):
        return str(NO_LONGER_ADMINISTRATOR)
    moment = waits_until(by, request.requested_by, request.requested_at)
    if moment is None or moment <= timezone.now():
        return ""
    return _(
        "Your account is new, or the requester set its password, role or sign-in. So you can confirm this "
        "only after seven days, from %(day)s. Another administrator or a superadmin can confirm it at once."
    ) % {"day": f"{timezone.localtime(moment, request.enterprise.tz):%Y-%m-%d %H:%M}"}


def requests_to_answer(reader: Any) -> QuerySet[ErasureRequest]:
    """Return the requests that wait for this reader: not their own, and not about themselves."""
    waiting = scoped(ErasureRequest.waiting(), reader, "erasure", "answer")
    waiting = waiting.exclude(requested_by=reader.pk).exclude(person=reader.pk)
    return waiting if reader.role == Role.SUPERADMIN else waiting.exclude(person__role=Role.SUPERADMIN)


def second_administrators(person: User, by: User | None) -> QuerySet[User]:
    """Return who could confirm the erasure of this person if `by` requests it."""
    roles = (Role.SUPERADMIN,) if person.role == Role.SUPERADMIN else ADMINISTRATORS
    people = User.objects.filter(enterprise=person.enterprise_id, role__in=roles, is_active=True)
    # Whoever has no password and no identity provider cannot sign in, and so cannot confirm.
    has_password = ~Q(password="") & ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    able = people.filter(has_password | Q(socialaccount__isnull=False))
    return able.exclude(pk__in=[person.pk, *([by.pk] if by else [])]).distinct()


def may_still_request(request: ErasureRequest) -> bool:
    """Whether the requester is still an administrator: it takes two, and a former one does not count."""
    roles = (Role.SUPERADMIN,) if request.person.role == Role.SUPERADMIN else ADMINISTRATORS
    people = User.objects.filter(pk=request.requested_by_id, enterprise=request.enterprise_id)
    return people.filter(role__in=roles, is_active=True).exists()


@service
def request_erasure(*, person: User, by: User, reason: str) -> ErasureRequest:
    """Request to erase a person, and notify the other administrators; nothing is erased yet.

    Raise Conflict if a request for the person waits, ValidationError for oneself or somebody erased.
    """
    stored = lock_row(person)
    protect_superadmin(stored, by)
    protect_erased(stored)
    if by.pk == stored.pk:
        raise ValidationError(_("You cannot erase yourself. Ask another administrator."))
    if ErasureRequest.waiting().filter(person=stored).exists():
        raise Conflict(_("A request to erase this person's data already waits for confirmation."))
    ErasureRequest.objects.filter(person=stored, state=State.WAITING).update(state=State.EXPIRED)
    school: Any = stored.enterprise_id
    made = ErasureRequest.objects.create(
        enterprise_id=school, person=stored, reason=reason.strip()[:200], requested_by=by
    )
    record("person.erase_request", stored, by=by, reason=reason)
    _notify("person.erase_requested", made, list(second_administrators(stored, by)))
    return made


@service
def answer_erasure(
    *, request: ErasureRequest, confirmed: bool, text: str = "", by: User | None
) -> ErasureRequest:
    """Confirm a request, which erases the person, or decline it with a sentence.

    `by` is None for the operator on the server. Raise Conflict if the request was answered or withdrawn, or
    has expired, ValidationError if `by` made it or is the person, declines it without a sentence, or confirms
    that of somebody who is no longer an administrator, or too early that of whom they depend on.
    """
    person = lock_row(request.person)  # people are locked before what depends on them
    stored = lock_row(request)
    _require_waiting(stored)
    protect_superadmin(person, by)
    if by is not None and by.pk == stored.requested_by_id:
        raise ValidationError(_("Another administrator has to decide about your request."))
    if by is not None and by.pk == person.pk:
        raise ValidationError(_("You cannot decide about your own data. Ask another administrator."))
    if confirmed and by is None and not may_still_request(stored):
        raise ValidationError(NO_LONGER_ADMINISTRATOR)
    if confirmed and by is not None and (refusal := refused_confirmation(stored, by)):
        raise ValidationError(refusal)
    if not confirmed and not text.strip():
        raise ValidationError({"text": _("Write a sentence why the request is declined.")})
    # Personal texts of a confirmed request are erased with the person, so the sentence is in the trail alone.
    stored.answer = "" if confirmed else text.strip()[:300]
    stored.state = State.CONFIRMED if confirmed else State.DECLINED
    stored.answered_by, stored.answered_at = by, timezone.now()
    stored.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    facts = {"requested_by": stored.requested_by.user_id}
    act = "person.erase_confirm" if confirmed else "person.erase_decline"
    record(act, person, by=by, after=facts, reason=text.strip()[:300])
    if confirmed:
        erase_person(person=person, by=by, reason=stored.reason)
    _notify(f"person.erase_{stored.state}", stored, [stored.requested_by])
    return stored


@service
def withdraw_erasure(*, request: ErasureRequest, by: User) -> bool:
    """Withdraw one's own request; return whether it waited. Conflict if it was answered or has expired."""
    person = lock_row(request.person)
    stored = lock_row(request)
    if stored.state == State.WITHDRAWN:
        return False
    _require_waiting(stored)
    stored.state = State.WITHDRAWN
    stored.save(update_fields=["state"])
    record("person.erase_withdraw", person, by=by)
    return True


@service
def undo_withdrawal(*, request: ErasureRequest, by: User) -> None:
    """Let a request that was withdrawn wait again, as long as before.

    Raise Conflict if there is a newer one or it has expired, ValidationError if the person was erased.
    """
    person = lock_row(request.person)
    protect_erased(person)
    stored = lock_row(request)
    newer = ErasureRequest.objects.filter(person=person, state=State.WAITING)
    if stored.state != State.WITHDRAWN or stored.expires_at <= timezone.now() or newer.exists():
        raise Conflict(_("This cannot be taken back."))
    stored.state = State.WAITING
    stored.save(update_fields=["state"])
    record("person.erase_restore", person, by=by)


def _undo_withdrawal(by: Any, key: int, values: Mapping[str, Any]) -> None:
    rows = scoped(ErasureRequest.objects.select_related("person"), by, "erasure", "withdraw")
    request = rows.filter(pk=key).first()
    if request is None:
        raise ValidationError(_("This cannot be taken back."))
    undo_withdrawal(request=request, by=by)


register_undo("person.erase_withdraw", _undo_withdrawal)


def _require_waiting(request: ErasureRequest) -> None:
    if request.is_waiting:
        return
    if request.shown_state == State.EXPIRED:
        raise Conflict(_("This request has expired after 14 days. Request the erasure again."))
    if request.state == State.WITHDRAWN:
        raise Conflict(_("This request has been withdrawn."))
    raise Conflict(_("This request has already been answered."))


def _notify(kind: str, request: ErasureRequest, people: list[User]) -> None:
    """Notify without a name, which notices keep unencrypted: the page of the request has it."""
    notify(
        kind,
        people=people,
        key=f"{kind}.{request.pk}",
        args={"user_id": request.person.user_id},
        link=reverse("accounts:erasure", args=[request.pk]),
    )
