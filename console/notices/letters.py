"""The mails themselves, in the reader's language; each says how one gets no more of its sort (RFC 8058)."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from console.notices.digests import NEW
from console.notices.kinds import Words, kind_of, words_of
from console.notices.models import Digest, Notice
from console.notices.topics import Mail, Topic, topic_of
from console.notices.unsubscribing import address_of

#: So many notices of a topic a digest tells whole.
MOST = 50


def letter_of(row: Notice | Digest) -> EmailMessage | None:
    """The mail of a row; None where there is nobody to read it or nothing left to tell."""
    if not row.person.e_mail or not row.person.is_active:
        return None
    with translation.override(row.person.language or settings.LANGUAGE_CODE):
        return _of_notice(row) if isinstance(row, Notice) else _of_digest(row)


def _of_notice(notice: Notice) -> EmailMessage:
    kind = kind_of(notice.kind)
    topic = topic_of(kind.topic) if kind else None
    words = words_of(notice.kind, notice.args)
    letter = _letter(
        notice,
        "notices/mail.txt",
        words.title,
        "" if topic is None or topic.fixed else topic.name,
        words=words,
        topic=topic,
        address=_whole(notice.link),
    )
    for part in kind.attach(notice) if kind and kind.attach else ():
        letter.attach(part)
    return letter


def _of_digest(digest: Digest) -> EmailMessage | None:
    topics: dict[str, tuple[Topic, list[tuple[Words, str]]]] = {}
    number = 0
    for notice in digest.notices.filter(NEW).order_by("id"):
        if kind := kind_of(notice.kind):
            _topic, lines = topics.setdefault(kind.topic, (topic_of(kind.topic), []))
            lines.append((words_of(notice.kind, notice.args), _whole(notice.link)))
            number += 1
    if not number:
        return None
    if digest.period == Mail.DAILY:
        title = ngettext("Your day: %(n)d notice", "Your day: %(n)d notices", number)
    else:
        title = ngettext("Your week: %(n)d notice", "Your week: %(n)d notices", number)
    parts = [(topic, lines[:MOST], len(lines[MOST:])) for topic, lines in topics.values()]
    return _letter(digest, "notices/digest.txt", title % {"n": number}, digest.period, parts=parts)


def _letter(row: Notice | Digest, template: str, title: str, off: str, **context: Any) -> EmailMessage:
    """`off` is what its reader can turn off; empty where they cannot."""
    address = address_of(row.person, off) if off else ""
    headers = {}
    if address:
        headers = {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    context |= {"person": row.person, "school": row.enterprise, "choice": address}
    text = render_to_string(template, context)
    # A line break in a subject would begin another header.
    return EmailMessage(" ".join(title.split()), text, to=[row.person.e_mail], headers=headers)


def _whole(link: str) -> str:
    return f"{settings.PUBLIC_URL}{link}" if link else ""
