"""Keeping the school's year: terms and holidays. Series planned before a change stay as they are."""

from typing import Any

from django.db import transaction

from accounts.models import User
from classes.models import Holiday, Term
from console.audit.trail import changes, record, snapshot

FIELDS = ("name", "starts_on", "ends_on")
Days = Term | Holiday


@transaction.atomic
def save_days(*, days: Days, by: User | None) -> Days:
    """Make or change a term or a holiday. ValidationError where a field does not hold."""
    days.full_clean()
    stored = type(days)._default_manager.filter(pk=days.pk).first() if days.pk else None
    before: dict[str, Any] = snapshot(stored, FIELDS) if stored else {}
    days.save()
    was, now = changes(before, snapshot(days, FIELDS))
    if now:
        record("term.save", days, by=by, before=was, after=now)
    return days


@transaction.atomic
def delete_days(*, days: Days, by: User | None) -> None:
    """Delete a term or a holiday; lessons that it kept from being planned do not come by themselves."""
    record("term.delete", days, by=by, before=snapshot(days, FIELDS))
    days.delete()
