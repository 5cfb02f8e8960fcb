"""The webhook events of people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from console.webhooks.events import EventField, EventSource, EventType, register_event

_FIELDS = {
    "user_id": EventField("NEW.user_id", "string", "The user ID, as in `/api/v1/users/{user_id}/`."),
    "person": EventField("NEW.id", "integer", "The console's own number of the person."),
}
_OF_SCHOOL = "NEW.enterprise_id IS NOT NULL"
_CHANGED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in ("role", "nickname", "gender", "avatar", "phone_no", "e_mail")
)


def person_details(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the REST API shows of the person of an event; None after an erasure."""
    person = User.objects.filter(pk=data["person"], erased_at=None).first()
    names = ("role", "nickname", "gender", "phone_no", "e_mail")
    return {name: getattr(person, name) for name in names} if person else None


for _name, _label, _meaning, _sources in (
    (
        "person.added",
        _("Person added"),
        "A person was added, or is active again.",
        (
            EventSource("INSERT", f"{_OF_SCHOOL} AND NEW.is_active"),
            EventSource("UPDATE", f"{_OF_SCHOOL} AND NEW.is_active AND NOT OLD.is_active"),
        ),
    ),
    (
        "person.changed",
        _("Person changed"),
        "Role, name, gender, picture, phone or e-mail of an active person changed.",
        (EventSource("UPDATE", f"{_OF_SCHOOL} AND NEW.is_active AND OLD.is_active AND ({_CHANGED})"),),
    ),
    (
        "person.left",
        _("Person left"),
        "A person was deactivated.",
        (EventSource("UPDATE", f"{_OF_SCHOOL} AND OLD.is_active AND NOT NEW.is_active"),),
    ),
):
    register_event(
        EventType(
            _name,
            _label,
            _meaning,
            model="accounts.User",
            sources=_sources,
            subject="person",
            fields=_FIELDS,
            details=person_details,
        )
    )
