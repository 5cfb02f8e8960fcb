"""Notices by mail: each leaves once, in the reader's language."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from console.notices.kinds import kind_of, words_of
from console.notices.models import Notice

log = logging.getLogger(__name__)
MOST_TRIES = 8
#: The page on which a person chooses mails.
OWN_CHOICE = "accounts:my_sign_in"

# Marked before it leaves: a mail that a dying process may have sent is never sent twice.
_CLAIM = """
UPDATE notices_notice SET mail = 'sending', mail_attempts = mail_attempts + 1
WHERE id = (
    SELECT id FROM notices_notice WHERE mail = 'waiting' AND mail_due_at <= %s
    ORDER BY mail_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def drain(limit: int = 1000) -> int:
    """Send the mails that are due; returns how many were tried."""
    done = 0
    while done < limit and (notice := _claim()):
        _send(notice)
        done += 1
    return done


def _claim() -> Notice | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [timezone.now()])
        found = cursor.fetchone()
    return Notice.objects.select_related("person", "enterprise").get(pk=found[0]) if found else None


def _send(notice: Notice) -> None:
    try:
        letter(notice).send()
    except (SMTPException, OSError) as error:
        log.warning("the mail of notice %s did not leave: %s", notice.pk, type(error).__name__)
        last = notice.mail_attempts >= MOST_TRIES
        wait = timedelta(seconds=settings.OUTBOX_BACKOFF_S * 2**notice.mail_attempts)
        _set(notice, Notice.Mail.FAILED if last else Notice.Mail.WAITING, mail_due_at=timezone.now() + wait)
        return
    _set(notice, Notice.Mail.SENT, mailed_at=timezone.now())


def letter(notice: Notice) -> EmailMessage:
    """The mail of a notice, in its reader's language, with what its kind attaches."""
    kind = kind_of(notice.kind)
    with translation.override(notice.person.language or settings.LANGUAGE_CODE):
        words = words_of(notice.kind, notice.args)
        context: dict[str, Any] = {
            "words": words,
            "person": notice.person,
            "school": notice.enterprise,
            "address": f"{settings.PUBLIC_URL}{notice.link}" if notice.link else "",
            "choice": f"{settings.PUBLIC_URL}{reverse(OWN_CHOICE)}#mails" if kind and kind.wish else "",
        }
        text = render_to_string("notices/mail.txt", context)
        attached = list(kind.attach(notice)) if kind and kind.attach else []
    # A line break in a subject would begin another header.
    subject = " ".join(words.title.split())
    return EmailMessage(subject, text, to=[notice.person.e_mail], attachments=attached)


def _set(notice: Notice, state: str, **fields: Any) -> None:
    Notice.objects.filter(pk=notice.pk, mail=Notice.Mail.SENDING).update(mail=state, **fields)
