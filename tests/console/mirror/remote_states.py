"""People that differ from the service, without the walk that found it."""

from typing import Any

from accounts.models import User


def mark_different(person: User, **theirs: Any) -> User:
    """The service has this person with other values, and nothing is under way."""
    words = ("role", "nickname", "gender", "avatar", "phone_no", "e_mail")
    person.observed = {name: getattr(person, name) for name in words} | theirs
    person.remote_id, person.sync_state = person.user_id, "changed_outside"
    person.save_mirrored(["observed", "remote_id", "sync_state"])
    return person


def mark_gone(row: Any) -> Any:
    """The service has this row no longer."""
    row.sync_state = "gone"
    row.save_mirrored(["sync_state"])
    return row
