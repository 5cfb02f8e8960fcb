"""Models of the service."""

from console.sandbox.store.models.callback import Callback
from console.sandbox.store.models.classroom import Classroom, Event, Member, Recording, Stay
from console.sandbox.store.models.document import Document
from console.sandbox.store.models.enterprise import Enterprise
from console.sandbox.store.models.ledger import Entry
from console.sandbox.store.models.person import Person, Session
from console.sandbox.store.models.step import Setting, Step

__all__ = [
    "Callback",
    "Classroom",
    "Document",
    "Enterprise",
    "Entry",
    "Event",
    "Member",
    "Person",
    "Recording",
    "Session",
    "Setting",
    "Stay",
    "Step",
]
