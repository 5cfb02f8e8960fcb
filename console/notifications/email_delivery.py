"""Send notifications and digests by e-mail, each at most once."""

import logging
from datetime import datetime
from functools import partial
from smtplib import SMTPException
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from console.concurrency import Conflict
from console.notifications.channels.mail_server import UnusableEmail, send_email
from console.notifications.channels.quiet import quiet_hours_end, send_after
from console.notifications.delivery import next_attempt_at, send_due, settle
from console.notifications.email import build_email
from console.notifications.models import Notification, NotificationDigest
from console.vault.keyring import VaultError

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 8


def send_due_emails(limit: int = 1000) -> int:
    """Send due e-mails; return how many were attempted."""
    models: tuple[type[Notification] | type[NotificationDigest], ...] = (Notification, NotificationDigest)
    return sum(
        send_due(model, "mail", partial(_send, model), limit=limit, failed={"mail": model.Mail.FAILED})
        for model in models
    )


def _send(model: type[Notification] | type[NotificationDigest], key: int) -> None:
    rows: Any = model._default_manager.select_related("person", "enterprise")
    _send_email(rows.get(pk=key))


def _quiet_until(row: Notification | NotificationDigest) -> datetime | None:
    """Return the end of the quiet hours that it is in now; None if the e-mail may leave.

    A digest holds nothing that people cannot turn off.
    """
    if isinstance(row, Notification):
        return send_after(row.kind, row.enterprise, row.person)
    return quiet_hours_end(row.enterprise, row.person)


def _send_email(row: Notification | NotificationDigest) -> None:
    try:
        until = _quiet_until(row)
        if until is not None:
            kept = row.mail_attempts - 1  # waiting is no attempt
            settle(row, "mail", row.Mail.WAITING, mail_due_at=until, mail_attempts=kept)
            return
        message = build_email(row)
        if message is not None:
            send_email(message)
    except (SMTPException, OSError, DatabaseError, Conflict, VaultError) as error:
        if isinstance(error, DatabaseError):
            connection.close()  # it may be broken; the next statement opens another one
        log.warning("the mail of %s %s was not sent: %s", row._meta.model_name, row.pk, type(error).__name__)
        is_over = row.mail_attempts >= MAX_ATTEMPTS or isinstance(error, UnusableEmail)
        state = row.Mail.FAILED if is_over else row.Mail.WAITING
        settle(row, "mail", state, mail_due_at=next_attempt_at(row.mail_attempts))
        return
    if message is None:
        settle(row, "mail", row.Mail.NONE)
    else:
        settle(row, "mail", row.Mail.SENT, mailed_at=timezone.now())
