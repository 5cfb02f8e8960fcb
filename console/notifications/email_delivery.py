"""Send notifications and digests by e-mail, each at most once."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from console.concurrency import Conflict
from console.notifications.email import build_email
from console.notifications.models import Notification, NotificationDigest

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 8

# Claimed before it is sent: an e-mail that a killed process may have sent is not sent again.
_CLAIM = """
UPDATE {table} SET mail = 'sending', mail_attempts = mail_attempts + 1
WHERE id = (
    SELECT id FROM {table} WHERE mail = 'waiting' AND mail_due_at <= %s
    ORDER BY mail_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def send_due_emails(limit: int = 1000) -> int:
    """Send due e-mails; return how many were attempted."""
    return sum(_send_due(model, limit) for model in (Notification, NotificationDigest))


def _send_due(model: type[Notification] | type[NotificationDigest], limit: int) -> int:
    done = 0
    while done < limit and (row := _claim_row(model)):
        _send_email(row)
        done += 1
    return done


def _claim_row(
    model: type[Notification] | type[NotificationDigest],
) -> Notification | NotificationDigest | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(table=model._meta.db_table), [timezone.now()])
        found = cursor.fetchone()
    rows: Any = model._default_manager.select_related("person", "enterprise")
    return rows.get(pk=found[0]) if found else None


def _send_email(row: Notification | NotificationDigest) -> None:
    try:
        message = build_email(row)
        if message is not None:
            message.send()
    except (SMTPException, OSError, DatabaseError, Conflict) as error:
        if isinstance(error, DatabaseError):
            connection.close()  # it may be broken; the next statement opens another one
        log.warning("the mail of %s %s was not sent: %s", row._meta.model_name, row.pk, type(error).__name__)
        state = row.Mail.FAILED if row.mail_attempts >= MAX_ATTEMPTS else row.Mail.WAITING
        delay = timedelta(seconds=settings.OUTBOX_BACKOFF_S * 2**row.mail_attempts)
        _set_mail_state(row, state, mail_due_at=timezone.now() + delay)
        return
    if message is None:
        _set_mail_state(row, row.Mail.NONE)
    else:
        _set_mail_state(row, row.Mail.SENT, mailed_at=timezone.now())


def _set_mail_state(row: Notification | NotificationDigest, state: str, **fields: Any) -> None:
    rows: Any = type(row)._default_manager.filter(pk=row.pk, mail=row.Mail.SENDING)
    rows.update(mail=state, **fields)
