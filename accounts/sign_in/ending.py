"""Ending all that somebody came in by, because what they may has changed."""

from accounts.models import User
from accounts.sign_in import sessions, tokens


def end_all(person: User, *, by: User | None, reason: str) -> None:
    """End a person's sessions and their REST tokens; each that ended is on record with the reason."""
    sessions.end_all(person, by=by, reason=reason)
    tokens.end_all(person, by=by, reason=reason)
