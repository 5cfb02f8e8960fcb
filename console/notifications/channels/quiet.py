"""Quiet hours: what would be sent in them is sent at their end."""

from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from console.notifications.channels.models import MessagingSettings, QuietHours
from console.notifications.topics import topic_of
from console.notifications.types import notification_type_of

Hours = tuple[time, time]


def quiet_end(hours: Hours, now: datetime, zone: tzinfo) -> datetime | None:
    """Return when the quiet hours end that `now` is in; None outside of them. They may pass midnight."""
    begin, end = hours
    local = now.astimezone(zone)
    clock = local.time()
    inside = begin <= clock < end if begin <= end else clock >= begin or clock < end
    if not inside:
        return None
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    found = datetime.combine(day, end, zone)
    return found if found > now else None


def send_after(kind: str, school: Any, person: Any = None) -> datetime | None:
    """Return the end of the quiet hours in which a notification would be sent now; None if it may leave.

    A person's own hours take the place of the school's. What people cannot turn off is not held back: it is
    about access and licences, or was asked for.
    """
    notification_type = notification_type_of(kind)
    if notification_type is None or topic_of(notification_type.topic).fixed:
        return None
    return quiet_hours_end(school, person)


def quiet_hours_end(school: Any, person: Any = None) -> datetime | None:
    """Return the end of the quiet hours that it is in now, of the person, else of the school; else None."""
    hours = (person and hours_of_person(person)) or hours_of_school(school)
    return quiet_end(hours, timezone.now(), school.tz) if hours else None


def hours_of_person(person: Any) -> Hours | None:
    """Return the quiet hours that a person chose."""
    row = QuietHours.objects.filter(person=person).first()
    return (row.quiet_from, row.quiet_until) if row else None


def hours_of_school(school: Any) -> Hours | None:
    """Return the quiet hours of a school."""
    row = MessagingSettings.objects.filter(enterprise=school).first()
    if row is None or row.quiet_from is None or row.quiet_until is None:
        return None
    return row.quiet_from, row.quiet_until


def check_hours(begin: time | None, end: time | None) -> None:
    """Raise ValidationError, by field, for hours with one end only or of no length."""
    if (begin is None) != (end is None):
        raise ValidationError(
            {"quiet_from" if begin is None else "quiet_until": _("Enter both times, or none.")}
        )
    if begin is not None and begin == end:
        raise ValidationError({"quiet_until": _("The quiet hours end when they begin.")})


def save_hours(person: Any, hours: Hours | None) -> None:
    """Save the quiet hours of a person, or let those of the school apply."""
    if hours is None:
        QuietHours.objects.filter(person=person).delete()
        return
    begin, end = hours
    QuietHours.objects.update_or_create(person=person, defaults={"quiet_from": begin, "quiet_until": end})
