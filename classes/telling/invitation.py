"""What a mail about lessons carries for the calendar of its reader (RFC 5546).

The UID is that of the feed and SEQUENCE grows with each change, so a calendar program moves or strikes what
it has and shows nothing twice. An invitation is for one lesson; of many at once a mail only publishes. A
cancelling is for one lesson, too: of many a mail carries a part for each.
"""

from collections.abc import Collection
from email.mime.text import MIMEText
from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from classes.feeds.ical import event_of, event_of_lost, icalendar, sees_link
from classes.models import Lesson, Seat
from classes.telling.seats import sitting
from console.notices.models import Notice

if TYPE_CHECKING:
    from icalendar import Event

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def invitation(notice: Notice) -> list[MIMEText]:
    """The calendar part of a mail; none where its lessons are gone, or were cancelled since it was due."""
    lessons = _lessons(notice, cancelled=False)
    if not lessons:
        return []
    many = len(notice.args["lessons"]) > 1
    return [_part(PUBLISH if many else REQUEST, _events(lessons, notice.person), notice.person)]


def called_off(notice: Notice) -> list[MIMEText]:
    """A part for each lesson that does not take place."""
    events = _events(_lessons(notice, cancelled=True), notice.person)
    return [_part(CANCEL, [event], notice.person, place) for place, event in enumerate(events)]


def taken_off(notice: Notice) -> list[MIMEText]:
    """A part for each lesson without this person; not where they were put back since."""
    rows = Seat.objects.filter(lesson__in=notice.args.get("lessons", ()), person=notice.person_id)
    seats = list(rows.select_related("lesson__enterprise").order_by("starts_at", "lesson"))
    there, now = sitting(seats), timezone.now()
    events = [event_of_lost(one, stamp=now) for one in seats if one.pk not in there]
    return [_part(CANCEL, [event], notice.person, place) for place, event in enumerate(events)]


def _lessons(notice: Notice, *, cancelled: bool) -> list[Lesson]:
    asked = notice.args.get("lessons", ())
    rows = Lesson.objects.filter(
        pk__in=asked, enterprise=notice.enterprise_id, cancelled_at__isnull=not cancelled
    )
    return list(rows.select_related("teacher", "enterprise").order_by("starts_at", "id"))


def _events(lessons: Collection[Lesson], person: User) -> list["Event"]:
    rows = Seat.objects.filter(person=person, lesson__in=[one.pk for one in lessons])
    changes = dict(rows.values_list("lesson", "changes"))
    link, now = sees_link(person), timezone.now()
    return [event_of(one.enterprise, one, link, changes=changes.get(one.pk, 0), stamp=now) for one in lessons]


def _part(method: str, events: list["Event"], person: User, place: int = 0) -> MIMEText:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//iclass console//invitation//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for event in events:
        _address(event, person, invited=method != PUBLISH)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    part = MIMEText(calendar.to_ical().decode(), "calendar", "utf-8")
    part.set_param("method", method)
    name = f"invite-{place + 1}.ics" if place else "invite.ics"
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def _address(event: "Event", person: User, *, invited: bool) -> None:
    organizer = icalendar.vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = person.enterprise.name if person.enterprise else ""
    event["organizer"] = organizer
    if not invited:
        return
    attendee = icalendar.vCalAddress(f"mailto:{person.e_mail}")
    for name, value in (
        ("CN", str(person)),
        ("ROLE", "REQ-PARTICIPANT"),
        ("PARTSTAT", "NEEDS-ACTION"),
        ("RSVP", "FALSE"),
    ):
        attendee.params[name] = value
    event.add("attendee", attendee, encode=0)
