"""The sorts of notices; each app's `notices` module registers its own at start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.mime.base import MIMEBase
from typing import Any

from django.utils.functional import Promise

TONES = ("ok", "warn", "bad", "idle")


@dataclass(frozen=True)
class NoticeKind:
    """`title` and `text` take the notice's args by `%(name)s`; `tone` is one of TONES.

    `topic` names what it is about (console.notices.topics), by which people choose; `attach` makes what a
    mail of it alone carries besides its words.
    """

    name: str
    title: str | Promise
    text: str | Promise
    topic: str
    tone: str = "idle"
    icon: str = "bell"
    attach: Callable[[Any], Sequence[MIMEBase]] | None = None


@dataclass(frozen=True)
class Words:
    """A notice as people read it, in the language that is active."""

    title: str
    text: str
    tone: str
    icon: str


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Make a kind known."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> NoticeKind | None:
    """The kind of this name; None for one that no app has registered any more."""
    return _kinds.get(name)


def kinds_about(topic: str) -> list[str]:
    """The names of the kinds that are about this topic."""
    return [one.name for one in _kinds.values() if one.topic == topic]


def words_of(name: str, args: dict[str, Any]) -> Words:
    """The words of a notice; its kind's name where no app knows it any more."""
    kind = _kinds.get(name)
    if kind is None:
        return Words(name, "", "idle", "bell")
    return Words(str(kind.title) % args, str(kind.text) % args, kind.tone, kind.icon)
