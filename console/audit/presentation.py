"""Display of audit entries: decrypted where the key exists, with contacts masked by the policy table."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from console.audit.field_labels import PERSON_MODEL, field_label, format_value
from console.audit.labels import action_label, object_type_label
from console.audit.models import AuditEntry
from console.audit.personal_data import UnavailableValue, make_unsealer
from console.policy.masking import without_callback_token
from console.policy.rules import visible_value


@dataclass(frozen=True)
class EntryFieldChange:
    """A field before and after, as text."""

    label: str
    before: str
    after: str
    changed: bool


@dataclass(frozen=True)
class ReadableEntry:
    """An entry as one user may read it."""

    entry: AuditEntry
    thing: str
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def what(self) -> str | Promise:
        return action_label(self.entry.action)

    @property
    def kind(self) -> str:
        return object_type_label(self.entry.object_type)

    @property
    def changes(self) -> list[EntryFieldChange]:
        """Each field of the entry, before and after."""
        names = {name: None for name in (*self.before, *self.after) if name != "people_digest"}
        return [self._change(name) for name in names]

    def side_text(self, side: dict[str, Any]) -> str:
        """Return `before` or `after` as one line of labels and values."""
        object_type = self.entry.object_type
        texts = {
            field_label(object_type, name): value_text(format_value(object_type, name, value))
            for name, value in side.items()
        }
        return "; ".join(f"{label}: {text}" for label, text in texts.items() if text)

    def _change(self, name: str) -> EntryFieldChange:
        object_type = self.entry.object_type
        before, after = (
            value_text(format_value(object_type, name, side.get(name))) for side in (self.before, self.after)
        )
        in_both = name in self.before and name in self.after
        return EntryFieldChange(field_label(object_type, name), before, after, in_both and before != after)


def load_readable_entries(entries: Iterable[AuditEntry], reader: Any) -> list[ReadableEntry]:
    """Decrypt and mask a page of entries, with one query for the keys."""
    entries = list(entries)
    unseal = make_unsealer(
        value for entry in entries for value in (entry.object_label, entry.before, entry.after)
    )
    return [
        ReadableEntry(
            entry,
            str(unseal(entry.object_label)),
            _mask_for(reader, entry, _without_callback_tokens(unseal(entry.before or {}))),
            _mask_for(reader, entry, _without_callback_tokens(unseal(entry.after or {}))),
        )
        for entry in entries
    ]


def iter_readable_entries(entries: Any, reader: Any, size: int = 1000) -> Iterator[ReadableEntry]:
    """Do the same for a file: `size` entries at a time, from a server-side cursor."""
    batch: list[AuditEntry] = []
    for entry in entries.iterator(chunk_size=size):
        batch.append(entry)
        if len(batch) == size:
            yield from load_readable_entries(batch, reader)
            batch = []
    yield from load_readable_entries(batch, reader)


def value_text(value: Any) -> str:
    """Return a value of an entry as one line of text."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(value_text(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return _("changed (value not stored)") if value == "changed" else str(value)


def json_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return values that can be serialized as JSON."""
    return {
        name: str(value) if isinstance(value, UnavailableValue) else value for name, value in values.items()
    }


def _without_callback_tokens(values: dict[str, Any]) -> dict[str, Any]:
    """Remove callback tokens, which entries of earlier versions hold in URLs and cannot be changed."""
    return {name: without_callback_token(value) for name, value in values.items()}


def _mask_for(reader: Any, entry: AuditEntry, values: dict[str, Any]) -> dict[str, Any]:
    """Mask a person's phone and e-mail as on their page. Unmasking is a separate, recorded action."""
    if entry.object_type != PERSON_MODEL:
        return values
    return {
        name: visible_value(reader, "view", "person", name, value)
        if isinstance(value, str)
        else _mask_nested(reader, name, value)
        for name, value in values.items()
    }


def _mask_nested(reader: Any, name: str, value: Any) -> Any:
    """Mask both sides of a difference."""
    if isinstance(value, dict):
        return {
            key: visible_value(reader, "view", "person", name, str(inner or ""))
            for key, inner in value.items()
        }
    return value
