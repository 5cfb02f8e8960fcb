"""Entries as people read them: opened where the key is still there, contacts as the table shows them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from console.audit.facts import heading, worded
from console.audit.models import AuditEntry
from console.audit.personal import Erased, opener
from console.audit.words import action_words, kind_words
from console.policy.rules import shown

PERSON = "accounts.user"


@dataclass(frozen=True)
class Change:
    """A field before and after, as words."""

    label: str
    before: str
    after: str
    changed: bool


@dataclass(frozen=True)
class Told:
    """An entry for one reader."""

    entry: AuditEntry
    thing: str
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def what(self) -> str | Promise:
        return action_words(self.entry.action)

    @property
    def kind(self) -> str:
        return kind_words(self.entry.object_type)

    @property
    def changes(self) -> list[Change]:
        """Each field that the entry names, as it was and as it became."""
        names = {name: None for name in (*self.before, *self.after) if name != "people_digest"}
        return [self._change(name) for name in names]

    def said(self, side: dict[str, Any]) -> str:
        """One side of the entry as one line: each field by the words of its form."""
        thing = self.entry.object_type
        told = {heading(thing, name): in_words(worded(thing, name, value)) for name, value in side.items()}
        return "; ".join(f"{label}: {value}" for label, value in told.items() if value)

    def _change(self, name: str) -> Change:
        thing = self.entry.object_type
        before, after = (in_words(worded(thing, name, side.get(name))) for side in (self.before, self.after))
        both = name in self.before and name in self.after
        return Change(heading(thing, name), before, after, both and before != after)


def tell(entries: Iterable[AuditEntry], reader: Any) -> list[Told]:
    """Open a page of entries with one query for the keys."""
    entries = list(entries)
    opened = opener(value for entry in entries for value in (entry.object_label, entry.before, entry.after))
    return [
        Told(
            entry,
            str(opened(entry.object_label)),
            _seen_by(reader, entry, opened(entry.before or {})),
            _seen_by(reader, entry, opened(entry.after or {})),
        )
        for entry in entries
    ]


def tell_many(entries: Any, reader: Any, size: int = 1000) -> Iterator[Told]:
    """The same for a file: so many at a time, read from an open cursor."""
    portion: list[AuditEntry] = []
    for entry in entries.iterator(chunk_size=size):
        portion.append(entry)
        if len(portion) == size:
            yield from tell(portion, reader)
            portion = []
    yield from tell(portion, reader)


def in_words(value: Any) -> str:
    """A value of the trail as one line of text."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(in_words(one) for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return _("changed (not kept)") if value == "changed" else str(value)


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values for JSON."""
    return {name: str(value) if isinstance(value, Erased) else value for name, value in values.items()}


def _seen_by(reader: Any, entry: AuditEntry, values: dict[str, Any]) -> dict[str, Any]:
    """A person's phone and e-mail are shown here as on their page: whole is an act of its own."""
    if entry.object_type != PERSON:
        return values
    return {
        name: shown(reader, "view", "person", name, value)
        if isinstance(value, str)
        else _inside(reader, name, value)
        for name, value in values.items()
    }


def _inside(reader: Any, name: str, value: Any) -> Any:
    """Both sides of a difference."""
    if isinstance(value, dict):
        return {key: shown(reader, "view", "person", name, str(one or "")) for key, one in value.items()}
    return value
