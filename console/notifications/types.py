"""Notification types; apps register their own at start."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.mime.base import MIMEBase
from typing import Any

from django.utils.functional import Promise

from console.ui.date_words import stored_in_words
from console.ui.template_tags import zone_name

TONES = ("ok", "warn", "bad", "idle")


@dataclass(frozen=True)
class NotificationType:
    """A type of notification. `title` and `text` take its args by `%(name)s`; `tone` is one of TONES.
    A title with a number may be `ngettext_lazy(singular, plural, "name of the number")`.

    `topic` is the name of its topic (`console.notifications.topics`). `attach` returns the attachments of its
    e-mail; digests have none. `email_url` returns the address that the e-mail
    shows instead of the link of the notification, because it is secret; if it is empty, nothing is sent. It
    leaves by e-mail alone. A type with a `label` can be chosen for a group without the others of its topic.
    `defaults` stand for args that notifications written by an earlier version do not have.
    """

    name: str
    title: str | Promise
    text: str | Promise
    topic: str
    tone: str = "idle"
    icon: str = "bell"
    attach: Callable[[Any], Sequence[MIMEBase]] | None = None
    email_url: Callable[[Any], str] | None = None
    label: str | Promise = ""
    defaults: Mapping[str, str | Promise] = field(default_factory=dict)


@dataclass(frozen=True)
class NotificationText:
    """The text of a notification in the active language."""

    title: str
    text: str
    tone: str
    icon: str


_types: dict[str, NotificationType] = {}


def register_type(kind: NotificationType) -> None:
    """Register a type."""
    _types[kind.name] = kind


def notification_type_of(name: str) -> NotificationType | None:
    """Return the type of this name, or None if no app registers it any more."""
    return _types.get(name)


def type_names_of_topic(topic: str) -> list[str]:
    """Return the names of the types of a topic."""
    return [kind.name for kind in _types.values() if kind.topic == topic]


def labelled_types(topic: str) -> list[NotificationType]:
    """Return the types of a topic that can be chosen on their own."""
    return [kind for kind in _types.values() if kind.topic == topic and kind.label]


def notification_text(name: str, args: dict[str, Any]) -> NotificationText:
    """Return the text of a notification, or its type's name if no app registers the type any more.

    Days, minutes and time zones of the args are in words of the active language.
    """
    kind = _types.get(name)
    if kind is None:
        return NotificationText(name, "", "idle", "bell")
    args = {name: stored_in_words(value) for name, value in {**kind.defaults, **args}.items()}
    if "zone" in args:
        args["zone"] = zone_name(args["zone"])
    # The operator belongs to the lazy string: a plural form is chosen by the args.
    return NotificationText(str(kind.title % args), str(kind.text % args), kind.tone, kind.icon)
