"""The text of a message: plain, in the reader's language, in the words of the school if it chose some."""

import re
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation

from console.notifications.channels.models import MessagingSettings
from console.notifications.types import notification_text

#: The shortest limit of the providers, of WeCom, is 2,048 bytes.
MAX_BYTES = 2000
DEFAULT_TEXT = "{title}\n{text}\n{link}"
PLACEHOLDERS = ("title", "text", "link", "school")
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
#: Feishu takes <at …> for a mention of everybody, and WeCom takes <a …> for a link.
_WITHOUT_TAGS = str.maketrans("<>", "＜＞")


class MessageContent(NamedTuple):
    """A message in its parts, and as one text."""

    title: str
    text: str
    link: str
    whole: str


def build_text(kind: str, args: dict[str, Any], link: str, *, school: Any, language: str) -> MessageContent:
    """Return the message of a notification in a language."""
    language = language or settings.LANGUAGE_CODE
    with translation.override(language):
        words = notification_text(kind, args)
    address = f"{settings.PUBLIC_URL}{link}" if link else ""
    title, text, name = (_plain(one) for one in (" ".join(words.title.split()), words.text, school.name))
    parts = {"title": title, "text": text, "link": address, "school": name}
    whole = fill_in(_wording(school, language) or DEFAULT_TEXT, parts)
    return MessageContent(title, text, address, whole)


def fill_in(wording: str, parts: dict[str, str]) -> str:
    """Fill in the placeholders in one pass, so that a topic that looks like one stays as it is."""
    filled = _PLACEHOLDER.sub(lambda found: parts.get(found[1], found[0]), wording)
    return shorten("\n".join(line.rstrip() for line in filled.strip().splitlines()), MAX_BYTES)


def unknown_placeholders(wording: str) -> list[str]:
    """Return what stands in braces and is no placeholder."""
    return [name for name in _PLACEHOLDER.findall(wording) if name not in PLACEHOLDERS]


def shorten(text: str, limit: int) -> str:
    """Return a text of at most so many bytes, without half a character at its end."""
    encoded = text.encode()
    return text if len(encoded) <= limit else encoded[: limit - 3].decode(errors="ignore") + "…"


def _wording(school: Any, language: str) -> str:
    row = MessagingSettings.objects.filter(enterprise=school).first()
    if row is None:
        return ""
    return row.text_en if language == "en" else row.text_zh


def _plain(text: str) -> str:
    return text.translate(_WITHOUT_TAGS)
