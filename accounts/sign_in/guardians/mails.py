"""E-mails to guardians: invitations, and links to those who forgot the password. Each leaves once.

The page of forgotten passwords stores what was typed as digests and answers everybody alike; the worker looks
the account up, so neither answer nor time tells whether a name exists.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Enterprise, GuardianAccount, GuardianInvitation, GuardianPasswordRequest
from accounts.sign_in import attempt_limits
from accounts.sign_in.forgotten_passwords import PAUSE
from accounts.sign_in.guardians.invitations import (
    TASK,
    Delivery,
    Mail,
    create_token,
    invitation_url,
    invite,
    sign_in_url,
    unused_invitations,
)
from accounts.sign_in.guardians.names import name_digests
from accounts.sign_in.guardians.services import guardians_of, limit_name
from accounts.sign_in.lockout import Locked
from console.concurrency import Conflict, lock_row, service
from console.notifications.channels.mail_server import UnusableEmail, mail_is_set_up, send_email
from console.notifications.delivery import next_attempt_at, send_due, settle
from console.policy.tokens import token_digest
from console.ui.date_words import in_words
from console.vault.keyring import VaultError
from console.wakeup import wake_worker

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 8
#: How long a claimed e-mail may be on its way before another process takes it up.
LOST_AFTER = timedelta(minutes=10)


def ask_for_password(*, school: Enterprise | None, name: str, address: str) -> None:
    """Store that somebody at this IP address forgot the password of a name. Raise Locked after too many."""
    taken: list[attempt_limits.AttemptLimit] = []
    for limit in attempt_limits.forgotten_limits(limit_name(school, name), address):
        if until := attempt_limits.take_attempt(limit):
            for one in taken:
                attempt_limits.return_attempt(one)
            raise Locked(until)
        taken.append(limit)
    if school is not None:
        GuardianPasswordRequest.objects.create(enterprise=school, digests=name_digests(school.pk, name))
        transaction.on_commit(lambda: wake_worker(TASK))


def answer_requests() -> int:
    """Look up the names that were typed, and make links for those with an address; return how many."""
    done = 0
    for key in GuardianPasswordRequest.objects.values_list("pk", flat=True).order_by("pk"):
        done += _answer(key=key)
    return done


@service
def _answer(*, key: int) -> int:
    request = GuardianPasswordRequest.objects.select_for_update().filter(pk=key).first()
    if request is None:
        return 0
    account = GuardianAccount.objects.filter(
        enterprise=request.enterprise_id, name_digest__in=request.digests
    ).first()
    request.delete()
    if account is None or not account.e_mail or not mail_is_set_up():
        return 1
    child = guardians_of(account).first()
    recent = unused_invitations().filter(
        guardian=child, expires_at__gt=timezone.now(), created_at__gt=timezone.now() - PAUSE
    )
    if child is not None and not recent.exists():
        invite(guardian=child, by=None, delivery=Delivery.EMAIL, account=account)
    return 1


def send_due_invitations(limit: int = 1000) -> int:
    """Send due invitations by e-mail; return how many were attempted."""
    _take_up_lost()
    return send_due(GuardianInvitation, "mail", _send_claimed, limit=limit, failed={"mail": Mail.FAILED})


def _send_claimed(key: int) -> None:
    rows = GuardianInvitation.objects.select_related("guardian__person", "enterprise")
    _send(rows.get(pk=key))


def _take_up_lost() -> None:
    """Send again what a process that ended was about to send: a second e-mail replaces the first link."""
    overdue = GuardianInvitation.objects.filter(
        mail=Mail.SENDING, mail_due_at__lt=timezone.now() - LOST_AFTER
    )
    overdue.filter(mail_attempts__lt=MAX_ATTEMPTS).update(mail=Mail.WAITING)
    overdue.update(mail=Mail.FAILED)


def _send(row: GuardianInvitation) -> None:
    try:
        message = build_invitation(row)
        if message is not None:
            send_email(message)
    except (SMTPException, OSError, DatabaseError, Conflict, VaultError) as error:
        if isinstance(error, DatabaseError):
            connection.close()  # it may be broken; the next statement opens another one
        log.warning("the invitation %s was not sent: %s", row.pk, type(error).__name__)
        is_over = row.mail_attempts >= MAX_ATTEMPTS or isinstance(error, UnusableEmail)
        state = Mail.FAILED if is_over else Mail.WAITING
        settle(row, "mail", state, mail_due_at=next_attempt_at(row.mail_attempts))
        return
    settle(row, "mail", Mail.NONE if message is None else Mail.SENT)


def build_invitation(row: GuardianInvitation) -> EmailMessage | None:
    """Return the e-mail of an invitation with a new token; None if it is not open any more."""
    token = _renew_token(invitation=row)
    guardian = row.guardian
    address = (row.account or guardian).e_mail
    if not token or not address:
        return None
    with translation.override(guardian.language or settings.LANGUAGE_CODE):
        school = row.enterprise.name
        renewed = row.renewed_account
        title = _("%(school)s: set a new password") if renewed else _("%(school)s: your invitation")
        context: dict[str, Any] = {
            "guardian": guardian,
            "account": renewed,
            "school": row.enterprise,
            "address": invitation_url(token),
            "sign_in": sign_in_url(row.enterprise),
            "day": in_words(localtime(row.expires_at, row.enterprise.tz).date()),
        }
        text = render_to_string("accounts/sign_in/guardians/invitation_mail.txt", context)
    subject = " ".join((title % {"school": school}).split())
    return EmailMessage(subject, text, to=[address.reveal()])


@service
def _renew_token(*, invitation: GuardianInvitation) -> str:
    """Give an open invitation a new token and return it; "" if it is used, revoked or expired."""
    stored = lock_row(invitation)
    open_ = unused_invitations().filter(pk=stored.pk, expires_at__gt=timezone.now())
    if not open_.exists():
        return ""
    token = create_token()
    stored.digest = token_digest(token)
    stored.save(update_fields=["digest"])
    return token
