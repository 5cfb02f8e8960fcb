"""Expiry of previous API keys after a key rotation."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.school.services import drop_previous_key
from console.concurrency import DatabaseBusy
from console.notifications.services import notify


def previous_key_ends_at(school: Enterprise) -> datetime | None:
    """Return when the previous key is dropped: settings.PREVIOUS_KEY_DAYS after the current key was entered.

    Return None if there is no previous key.
    """
    if not school.tic_key_previous:
        return None
    entered = school.tic_key.set_at or timezone.now()
    return entered + timedelta(days=settings.PREVIOUS_KEY_DAYS)


def _try_drop(school: Enterprise) -> bool:
    """Drop the previous key unless it changed concurrently; return whether it was dropped."""
    try:
        return drop_previous_key(school=school, by=None)
    except DatabaseBusy:
        return False


def drop_expired_keys() -> int:
    """Drop expired previous keys and notify the superadmins; return how many were dropped."""
    count = 0
    for school in Enterprise.objects.filter(tic_key_previous__isnull=False):
        ends_at = previous_key_ends_at(school)
        if ends_at and ends_at <= timezone.now() and _try_drop(school):
            count += 1
            notify(
                "school.key_dropped",
                people=User.objects.filter(enterprise=school, role=Role.SUPERADMIN, is_active=True),
                key=f"key dropped {ends_at:%Y-%m-%d %H:%M:%S}",
                link=reverse("accounts:school"),
            )
    return count
