"""Notices and digests by mail: each leaves once."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from console.notices.letters import letter_of
from console.notices.models import Digest, Notice

log = logging.getLogger(__name__)
MOST_TRIES = 8

# Marked before it leaves: a mail that a dying process may have sent is never sent twice.
_CLAIM = """
UPDATE {table} SET mail = 'sending', mail_attempts = mail_attempts + 1
WHERE id = (
    SELECT id FROM {table} WHERE mail = 'waiting' AND mail_due_at <= %s
    ORDER BY mail_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def drain(limit: int = 1000) -> int:
    """Send the mails that are due; returns how many were tried."""
    return sum(_drain(model, limit) for model in (Notice, Digest))


def _drain(model: type[Notice] | type[Digest], limit: int) -> int:
    done = 0
    while done < limit and (row := _claim(model)):
        _send(row)
        done += 1
    return done


def _claim(model: type[Notice] | type[Digest]) -> Notice | Digest | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(table=model._meta.db_table), [timezone.now()])
        found = cursor.fetchone()
    rows: Any = model._default_manager.select_related("person", "enterprise")
    return rows.get(pk=found[0]) if found else None


def _send(row: Notice | Digest) -> None:
    letter = letter_of(row)
    if letter is None:
        _set(row, row.Mail.NONE)
        return
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        log.warning("the mail of %s %s did not leave: %s", row._meta.model_name, row.pk, type(error).__name__)
        last = row.mail_attempts >= MOST_TRIES
        wait = timedelta(seconds=settings.OUTBOX_BACKOFF_S * 2**row.mail_attempts)
        _set(row, row.Mail.FAILED if last else row.Mail.WAITING, mail_due_at=timezone.now() + wait)
        return
    _set(row, row.Mail.SENT, mailed_at=timezone.now())


def _set(row: Notice | Digest, state: str, **fields: Any) -> None:
    rows: Any = type(row)._default_manager.filter(pk=row.pk, mail=row.Mail.SENDING)
    rows.update(mail=state, **fields)
