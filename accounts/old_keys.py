"""Previous keys of schools, which end by themselves once the vendor's change is long over."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.services import drop_previous_key
from console.notices.tell import tell


def ends_at(school: Enterprise) -> datetime | None:
    """When the previous key is dropped; None where there is none.

    It counts from the day on which the present key was entered.
    """
    if not school.tic_key_previous:
        return None
    entered = school.tic_key.set_at or timezone.now()
    return entered + timedelta(days=settings.OLD_KEY_DAYS)


def drop_old() -> int:
    """Drop the previous keys whose time is over, and tell the superadmins; how many that were."""
    done = 0
    for school in Enterprise.objects.filter(tic_key_previous__isnull=False):
        over = ends_at(school)
        if over and over <= timezone.now() and drop_previous_key(school=school, by=None):
            done += 1
            tell(
                "school.key_dropped",
                people=User.objects.filter(enterprise=school, role=Role.SUPERADMIN, is_active=True),
                key=f"key dropped {over:%Y-%m-%d %H:%M:%S}",
                link=reverse("accounts:school"),
            )
    return done
