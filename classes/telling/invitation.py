"""What a mail about lessons carries for the calendar of its reader (RFC 5546).

The UID is that of the feed and SEQUENCE grows with each change, so a calendar program moves or strikes what
it has and shows nothing twice. An invitation is for one lesson; of many at once a mail only publishes.
"""

from datetime import datetime
from email.mime.text import MIMEText
from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from classes.feeds.ical import event_of, icalendar, sees_link
from classes.models import Lesson
from console.notices.models import Notice

if TYPE_CHECKING:
    from icalendar import Event

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def invitation(notice: Notice) -> MIMEText | None:
    """The calendar part of a mail; None where its lessons are gone, or were cancelled since it was due."""
    asked = notice.args.get("lessons", ())
    called_off = notice.kind == "lesson.called_off"
    rows = Lesson.objects.filter(
        pk__in=asked, enterprise=notice.enterprise_id, cancelled_at__isnull=not called_off
    )
    lessons = list(rows.select_related("teacher", "enterprise").order_by("starts_at", "id"))
    if not lessons:
        return None
    method = CANCEL if called_off else PUBLISH if len(asked) > 1 else REQUEST
    part = MIMEText(_calendar(method, lessons, notice.person).decode(), "calendar", "utf-8")
    part.set_param("method", method)
    part.add_header("Content-Disposition", "attachment", filename="invite.ics")
    return part


def _calendar(method: str, lessons: list[Lesson], person: User) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//iclass console//invitation//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    now = timezone.now()
    for lesson in lessons:
        calendar.add_component(_event(lesson, person, now, invited=method != PUBLISH))
    calendar.add_missing_timezones()
    told: bytes = calendar.to_ical()
    return told


def _event(lesson: Lesson, person: User, now: datetime, *, invited: bool) -> "Event":
    event = event_of(lesson.enterprise, lesson, sees_link(person), stamp=now)
    organizer = icalendar.vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = lesson.enterprise.name
    event["organizer"] = organizer
    if invited:
        attendee = icalendar.vCalAddress(f"mailto:{person.e_mail}")
        for name, value in (
            ("CN", str(person)),
            ("ROLE", "REQ-PARTICIPANT"),
            ("PARTSTAT", "NEEDS-ACTION"),
            ("RSVP", "FALSE"),
        ):
            attendee.params[name] = value
        event.add("attendee", attendee, encode=0)
    return event
