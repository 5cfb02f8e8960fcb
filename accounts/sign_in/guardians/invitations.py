"""Invitations of guardians: made by the office, opened once by the guardian.

    issued = invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    invitation_url(issued.token)      shown once; the row holds only a digest of the token

For a guardian who has an account the link sets a new password, unless the account has other students, too:
then it makes another account for this one, or adds this one to an account.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Enterprise, Guardian, GuardianAccount, GuardianInvitation, Role, User
from accounts.sign_in.password_links import KEPT_FOR, TOKEN_ALPHABET, TOKEN_LENGTH
from accounts.sign_in.permissions import protect_erased
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.policy.tokens import token_digest
from console.wakeup import wake_worker

Delivery, Mail = GuardianInvitation.Delivery, GuardianInvitation.Mail
TASK = "accounts.tasks.answer_password_requests"


@dataclass(frozen=True)
class IssuedInvitation:
    """A new invitation with its token, which cannot be read later."""

    invitation: GuardianInvitation
    token: str = field(repr=False)


@service
def invite(
    *, guardian: Guardian, by: User | None, delivery: str, account: GuardianAccount | None = None
) -> IssuedInvitation:
    """Create the invitation of a guardian and revoke the former one; an e-mail leaves by the worker.

    `by` is None and `account` given if the guardian forgot its password. Raise ValidationError, with the
    reason, if the student is not there any more, or the guardian has no address for an e-mail.
    """
    student = lock_row(guardian.person)
    stored = lock_row(guardian)
    _check_allowed(student, account or stored, delivery)
    revoke_open_invitations([stored], by=by, reason="renewed")
    token, now = create_token(), timezone.now()
    by_mail = delivery == Delivery.EMAIL
    made = GuardianInvitation.objects.create(
        enterprise_id=stored.enterprise_id,
        guardian=stored,
        account=account,
        digest=token_digest(token),
        delivery=delivery,
        created_by=by,
        created_at=now,
        expires_at=now + timedelta(days=settings.PASSWORD_LINK_AGE_D),
        mail=Mail.WAITING if by_mail else Mail.NONE,
        mail_due_at=now,
    )
    if stored.account_id is None:
        stored.keep_identity()
    facts = {"relation": stored.relation, "sent_as": delivery, "until": made.expires_at}
    record("guardian.invite", student, by=by, after=facts)
    if by_mail:
        transaction.on_commit(lambda: wake_worker(TASK))
    return IssuedInvitation(made, token)


def _check_allowed(student: User, recipient: Guardian | GuardianAccount, delivery: str) -> None:
    """Raise ValidationError, with the reason, if a guardian gets no invitation."""
    protect_erased(student)
    if student.role != Role.STUDENT or not student.is_active:
        raise ValidationError(_("This student is deactivated, so nobody can be invited."))
    if delivery == Delivery.EMAIL and not recipient.e_mail:
        raise ValidationError(_("This guardian has no e-mail address."))


@service
def revoke_invitation(*, guardian: Guardian, by: User) -> int:
    """Revoke the open invitation of a guardian; return how many there were."""
    lock_row(guardian.person)
    return revoke_open_invitations([lock_row(guardian)], by=by)


def revoke_open_invitations(guardians: Iterable[Guardian], *, by: User | None, reason: str = "") -> int:
    """Revoke the open invitations of guardians whose students are locked; return how many there were."""
    by_key = {guardian.pk: guardian for guardian in guardians}
    open_ones = unused_invitations().filter(guardian__in=by_key)
    invited = sorted(open_ones.values_list("guardian_id", flat=True)) if by_key else []
    for key in invited:
        guardian = by_key[key]
        after = {"relation": guardian.relation}
        record("guardian.invitation_revoked", guardian.person, by=by, after=after, reason=reason)
    if invited:
        open_ones.update(revoked_at=timezone.now())
    return len(invited)


def unused_invitations() -> QuerySet[GuardianInvitation]:
    """Return the invitations that are neither used nor revoked, also expired ones."""
    return GuardianInvitation.objects.filter(used_at=None, revoked_at=None)


def find_invitation(digest: str) -> GuardianInvitation | None:
    """Return the invitation with this digest if it can be used now."""
    rows = unused_invitations().select_related("guardian__person__enterprise", "guardian__account")
    there = {"guardian__person__is_active": True, "guardian__person__erased_at": None}
    return rows.filter(digest=digest, expires_at__gt=timezone.now(), **there).first()


def invitation_exists(digest: str) -> bool:
    """Return whether the console has made an invitation with this digest, even if it cannot be used now."""
    return GuardianInvitation.objects.filter(digest=digest).exists()


def invitation_url(token: str) -> str:
    """Return the address that a card or an e-mail shows."""
    return f"{settings.PUBLIC_URL}{reverse('accounts:guardian_invitation', args=[token])}"


def sign_in_url(school: Enterprise) -> str:
    """Return the address at which guardians of a school sign in from any browser."""
    query = urlencode({"school": school.sign_in_name or school.sdkappid})
    return f"{settings.PUBLIC_URL}{reverse('accounts:guardian_sign_in')}?{query}"


def create_token() -> str:
    """Return a new token: 128 random bits, without characters that are mixed up on paper."""
    return get_random_string(TOKEN_LENGTH, TOKEN_ALPHABET)


def invitation_states(guardians: Any) -> dict[int, GuardianInvitation]:
    """Return the open invitation of each of these guardians that has one, by the key of the guardian."""
    return {one.guardian_id: one for one in unused_invitations().filter(guardian__in=guardians)}


def delete_expired_invitations() -> int:
    """Delete invitations that expired more than KEPT_FOR ago; return how many."""
    return GuardianInvitation.objects.filter(expires_at__lt=timezone.now() - KEPT_FOR).delete()[0]
