"""Invite the guardians of a group at once."""

from collections.abc import Sequence

from accounts.models import Guardian, User
from accounts.sign_in.guardians.invitations import Delivery, IssuedInvitation, invite
from console.audit.trail import record
from console.concurrency import service


@service
def invite_all(*, guardians: Sequence[Guardian], by: User, delivery: str) -> list[IssuedInvitation]:
    """Invite those who have no account, and return their invitations; an open one is replaced.

    By e-mail only those with an address are invited; the others stay without an invitation.
    """
    chosen = [
        one
        for one in sorted(guardians, key=lambda one: (one.person_id, one.pk))
        if one.account_id is None and (delivery != Delivery.EMAIL or one.e_mail)
    ]
    issued = {one.pk: invite(guardian=one, by=by, delivery=delivery) for one in chosen}
    record("guardian.invite_many", by=by, enterprise=by.enterprise, after={"guardians": len(issued)})
    return [issued[one.pk] for one in guardians if one.pk in issued]
