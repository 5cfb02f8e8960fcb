"""Build e-mails in the recipient's language, with a link and headers to unsubscribe (RFC 8058)."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from console.notifications.digests import UNREAD
from console.notifications.models import Notification, NotificationDigest
from console.notifications.topics import EmailFrequency, Topic, topic_of
from console.notifications.types import NotificationText, notification_text, notification_type_of
from console.notifications.unsubscribe_tokens import unsubscribe_url

#: The most notifications of a topic that a digest lists.
MAX_NOTICES_PER_TOPIC = 50


def build_email(row: Notification | NotificationDigest) -> EmailMessage | None:
    """Return the e-mail of a row, or None if it has no recipient or no content any more."""
    if not row.person.e_mail or not row.person.is_active:
        return None
    with translation.override(row.person.language or settings.LANGUAGE_CODE):
        return _notice_email(row) if isinstance(row, Notification) else _digest_email(row)


def _notice_email(notice: Notification) -> EmailMessage | None:
    kind = notification_type_of(notice.kind)
    address = kind.email_url(notice) if kind and kind.email_url else _absolute_url(notice.link)
    if not address and kind and kind.email_url:
        return None
    topic = topic_of(kind.topic) if kind else None
    text = notification_text(notice.kind, notice.args)
    message = _build_message(
        notice,
        "notifications/email.txt",
        text.title,
        "" if topic is None or topic.fixed else topic.name,
        words=text,
        topic=topic,
        address=address,
    )
    for part in kind.attach(notice) if kind and kind.attach else ():
        message.attach(part)
    return message


def _digest_email(digest: NotificationDigest) -> EmailMessage | None:
    topics: dict[str, tuple[Topic, list[tuple[NotificationText, str]]]] = {}
    number = 0
    for notice in digest.notices.filter(UNREAD).order_by("id"):
        if kind := notification_type_of(notice.kind):
            _topic, lines = topics.setdefault(kind.topic, (topic_of(kind.topic), []))
            lines.append((notification_text(notice.kind, notice.args), _absolute_url(notice.link)))
            number += 1
    if not number:
        return None
    if digest.period == EmailFrequency.DAILY:
        title = ngettext("Your day: %(n)d notification", "Your day: %(n)d notifications", number)
    else:
        title = ngettext("Your week: %(n)d notification", "Your week: %(n)d notifications", number)
    parts = [
        (topic, lines[:MAX_NOTICES_PER_TOPIC], len(lines[MAX_NOTICES_PER_TOPIC:]))
        for topic, lines in topics.values()
    ]
    return _build_message(
        digest, "notifications/digest.txt", title % {"n": number}, digest.period, parts=parts
    )


def _build_message(
    row: Notification | NotificationDigest, template: str, title: str, unsubscribe: str, **context: Any
) -> EmailMessage:
    """Render a message. `unsubscribe` is the topic or digest that the recipient can turn off, or empty."""
    url = unsubscribe_url(row.person, unsubscribe) if unsubscribe else ""
    headers = {}
    if url:
        headers = {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    context |= {"person": row.person, "school": row.enterprise, "choice": url}
    text = render_to_string(template, context)
    # Remove line breaks, which would start another header.
    return EmailMessage(" ".join(title.split()), text, to=[row.person.e_mail], headers=headers)


def _absolute_url(link: str) -> str:
    return f"{settings.PUBLIC_URL}{link}" if link else ""
