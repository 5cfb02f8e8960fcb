"""Display of audit entries: decrypted where the key exists, with contacts masked by the policy table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.audit.field_labels import PERSON_MODEL, field_label, format_value
from console.audit.labels import action_label, object_type_label
from console.audit.models import AuditEntry
from console.audit.personal_data import UnavailableValue, make_unsealer
from console.audit.references import Reference, ReferenceNames, object_reference, references_in
from console.audit.value_labels import reason_label
from console.policy.masking import without_callback_token
from console.policy.rules import visible_value

SCHOOL_MODEL = "accounts.enterprise"
#: What an entry holds for the chain alone.
HIDDEN_FACTS = ("people_digest",)
#: The two values of a field that differs.
DRIFT_SIDES = ("ours", "theirs")
#: Labels of `console.audit.filters.EntryFilter`.
FILTER_LABELS: dict[str, str | Promise] = {
    "q": gettext_lazy("Name, login or request ID"),
    "action": gettext_lazy("Action"),
    "kind": gettext_lazy("Object"),
    "since": gettext_lazy("Start day"),
    "until": gettext_lazy("Final day"),
    "thing": gettext_lazy("object ID"),
    "person": gettext_lazy("person"),
}


@dataclass(frozen=True)
class EntryFieldChange:
    """A field before and after, as text."""

    label: str
    before: str
    after: str
    changed: bool


@dataclass(frozen=True)
class ReadableEntry:
    """An entry as one user may read it. `heads` has the names of actor and object, `names` all others."""

    entry: AuditEntry
    label: str
    before: dict[str, Any]
    after: dict[str, Any]
    heads: ReferenceNames
    names: ReferenceNames

    @property
    def what(self) -> str | Promise:
        return action_label(self.entry.action)

    @property
    def kind(self) -> str:
        return object_type_label(self.entry.object_type)

    @property
    def thing(self) -> str:
        """The object: its name at the time, or the present one beside its ID."""
        reference = object_reference(self.entry)
        return self.label or (self.heads.describe(reference) if reference else self.entry.object_id)

    @property
    def who(self) -> str:
        """The login at the time of the action, with the present name of the person."""
        name = self.entry.actor_id and self.heads.name_of(Reference(PERSON_MODEL, self.entry.actor_id))
        return f"{name} ({self.entry.actor_label})" if name else self.entry.actor_label

    @property
    def reason(self) -> str:
        return reason_label(self.entry.reason)

    @property
    def changes(self) -> list[EntryFieldChange]:
        """Each field of the entry, before and after."""
        names = {name: None for name in (*self.before, *self.after) if name not in HIDDEN_FACTS}
        return [self._change(name) for name in names]

    def side_text(self, side: dict[str, Any]) -> str:
        """Return `before` or `after` as one line of labels and values."""
        object_type = self.entry.object_type
        texts = {
            field_label(object_type, name): self._text(object_type, name, value)
            for name, value in side.items()
        }
        return "; ".join(f"{label}: {text}" for label, text in texts.items() if text)

    def _change(self, name: str) -> EntryFieldChange:
        object_type = self.entry.object_type
        before, after = (self._text(object_type, name, side.get(name)) for side in (self.before, self.after))
        in_both = name in self.before and name in self.after
        return EntryFieldChange(field_label(object_type, name), before, after, in_both and before != after)

    def _text(self, object_type: str, name: str, value: Any) -> str:
        """Return a value in words; a mapping as its labels and values."""
        if name == "chosen" and isinstance(value, dict):
            return _filter_text(value)
        if isinstance(value, dict):
            owner = SCHOOL_MODEL if name == "rules" else object_type
            inner = (
                (key, self._text(owner, name if key in DRIFT_SIDES else key, one))
                for key, one in value.items()
            )
            return "; ".join(f"{field_label(owner, key)}: {text}" for key, text in inner if text)
        return value_text(
            format_value(object_type, name, self.names.describe_value(object_type, name, value))
        )


def load_readable_entries(entries: Iterable[AuditEntry], reader: Any) -> list[ReadableEntry]:
    """Decrypt and mask a page of entries, with one query for the keys and one for each model of names."""
    entries = list(entries)
    unseal = make_unsealer(
        value for entry in entries for value in (entry.object_label, entry.before, entry.after)
    )
    sides = [
        [
            _mask_for(reader, one, _without_callback_tokens(unseal(side or {})))
            for side in (one.before, one.after)
        ]
        for one in entries
    ]
    heads = ReferenceNames([reference for one in entries for reference in _heads_of(one)], reader)
    values = zip(entries, sides, strict=True)
    names = ReferenceNames(
        [
            reference
            for one, pair in values
            for side in pair
            for name, value in side.items()
            for reference in references_in(one.object_type, name, value)
        ],
        reader,
    )
    return [
        ReadableEntry(entry, str(unseal(entry.object_label)), before, after, heads, names)
        for entry, (before, after) in zip(entries, sides, strict=True)
    ]


def _heads_of(entry: AuditEntry) -> Iterator[Reference]:
    if entry.actor_id:
        yield Reference(PERSON_MODEL, entry.actor_id)
    if not entry.object_label and (reference := object_reference(entry)):
        yield reference


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
    return _("changed (value not stored)") if value == "changed" else str(value)


def _filter_text(chosen: dict[str, Any]) -> str:
    """Return the filter of an export in words."""
    labels = {"action": action_label, "kind": object_type_label}
    texts = ((name, labels.get(name, str)(value)) for name, value in chosen.items())
    return "; ".join(f"{FILTER_LABELS.get(name, name)}: {text}" for name, text in texts)


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
