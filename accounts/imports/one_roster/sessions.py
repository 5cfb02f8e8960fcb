"""Where academic sessions are kept: an app that has terms registers a `SessionStore`."""

from datetime import date
from typing import Any, NamedTuple, Protocol


class Session(NamedTuple):
    """A term as the console has it."""

    name: str
    starts_on: date
    ends_on: date


class SessionStore(Protocol):
    """Terms of schools; `pk` is None for a new one."""

    max_name: int

    def existing(self, school: Any) -> dict[int, Session]:
        """Return the terms of a school by key."""

    def refusal(self, pk: int | None, session: Session) -> tuple[str, str] | None:
        """Return the reason (accounts.models.import_reasons) why a term cannot be so, and what it names."""

    def store(self, school: Any, pk: int | None, session: Session, by: Any) -> int:
        """Create or change a term and return its key. Raises ValidationError."""

    def delete_unused(self, pk: int, by: Any) -> bool:
        """Delete a term unless anything refers to it; return whether it is gone."""


_stores: list[SessionStore] = []


def register_session_store(store: SessionStore) -> None:
    """Register the store; apps do so at start."""
    _stores.append(store)


def session_store() -> SessionStore:
    """Return the registered store."""
    return _stores[-1]
