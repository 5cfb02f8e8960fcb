"""Everything the service remembers."""

from .callback import Callback
from .classroom import Classroom, Event, Member, Recording, Stay
from .document import Document
from .enterprise import Enterprise
from .ledger import Entry
from .person import Person, Session
from .step import Setting, Step

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
