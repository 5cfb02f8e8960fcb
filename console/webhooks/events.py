"""The events that webhooks tell of: what happened, to what, and which IDs the message holds.

Each app registers its own at start. A trigger of the database writes the deliveries in the transaction of
the change (`console.webhooks.triggers`), whoever makes it: a service, an import or the mirror.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: The event that the button on the page sends. No change raises it.
TEST = "webhook.test"


@dataclass(frozen=True)
class EventField:
    """A value of the message: SQL over the new row, its JSON type, and its meaning for the API description.

    SQL of a migrated table: it is part of a trigger.
    """

    sql: str
    type: str
    meaning: str


@dataclass(frozen=True)
class EventSource:
    """A change that raises the event: INSERT or UPDATE of a row for which the SQL condition is true."""

    operation: str
    condition: str = "true"


@dataclass(frozen=True)
class EventType:
    """An event. `model` is the label of the table that changes, `subject` and `subject_id` (SQL) the object.

    `school` is SQL for the school. `details(data)` returns more about the object, as it is when the message
    is sent, for endpoints with personal data; None if it has gone.
    """

    name: str
    label: str | Promise
    meaning: str
    model: str
    sources: tuple[EventSource, ...]
    subject: str
    fields: Mapping[str, EventField]
    subject_id: str = "NEW.id"
    school: str = "NEW.enterprise_id"
    details: Callable[[Mapping[str, Any]], dict[str, Any] | None] | None = field(default=None, compare=False)


_events: dict[str, EventType] = {}


def register_event(event: EventType) -> None:
    """Register an event."""
    _events[event.name] = event


def all_events() -> list[EventType]:
    """Return the registered events by name."""
    return [_events[name] for name in sorted(_events)]


def event_of(name: str) -> EventType | None:
    """Return the event of this name, or None if no app registers it any more."""
    return _events.get(name)


def event_label(name: str) -> str:
    """Return the label of an event, or its name if no app registers it any more."""
    if name == TEST:
        return str(_("Test event"))
    found = _events.get(name)
    return str(found.label) if found else name


register_event(
    EventType(
        "sync.needs_you",
        _("A change for iclass waits for a person"),
        "A command to iclass was rejected, or its outcome stayed unknown: a person has to decide.",
        model="outbox.Operation",
        sources=(EventSource("UPDATE", "OLD.state <> NEW.state AND NEW.state IN ('refused', 'needs_you')"),),
        subject="operation",
        fields={
            "operation": EventField("NEW.id", "integer", "The operation, as in `/api/v1/operations/`."),
            "kind": EventField("NEW.kind", "string", "What was sent, such as `class.create`."),
            "state": EventField("NEW.state", "string", "`refused` or `needs_you`."),
        },
    )
)
