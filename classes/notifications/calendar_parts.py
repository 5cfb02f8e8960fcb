"""Calendar parts of emails about lessons (RFC 5546).

The UID is that of the feed and SEQUENCE grows with each change, so a calendar program updates or cancels its
entry and shows nothing twice. An email invites to one lesson only; for many lessons it publishes them. A
cancellation is for one lesson too: an email about many carries a part for each.
"""

from collections.abc import Collection
from email.mime.text import MIMEText
from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from classes.models import Lesson, MembershipNotice
from classes.notifications.calendar_feeds.ical import (
    build_event,
    build_removed_event,
    icalendar,
    may_see_student_link,
)
from classes.notifications.memberships import current_memberships
from console.notifications.models import Notification

if TYPE_CHECKING:
    from icalendar import Event

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def invitation_parts(notice: Notification) -> list[MIMEText]:
    """Return the calendar part; none if the lessons are gone or were cancelled meanwhile."""
    lessons = _lessons(notice, cancelled=False)
    if not lessons:
        return []
    many = len(notice.args["lessons"]) > 1
    return [
        _calendar_part(PUBLISH if many else REQUEST, _build_events(lessons, notice.person), notice.person)
    ]


def cancellation_parts(notice: Notification) -> list[MIMEText]:
    """Return a part for each lesson that was cancelled."""
    events = _build_events(_lessons(notice, cancelled=True), notice.person)
    return [_calendar_part(CANCEL, [event], notice.person, index) for index, event in enumerate(events)]


def removal_parts(notice: Notification) -> list[MIMEText]:
    """Return a part for each lesson that the person was removed from, unless they were added again."""
    rows = MembershipNotice.objects.filter(lesson__in=notice.args.get("lessons", ()), person=notice.person_id)
    notices = list(rows.select_related("lesson__enterprise").order_by("starts_at", "lesson"))
    current, now = current_memberships(notices), timezone.now()
    events = [build_removed_event(one, stamp=now) for one in notices if one.pk not in current]
    return [_calendar_part(CANCEL, [event], notice.person, index) for index, event in enumerate(events)]


def _lessons(notice: Notification, *, cancelled: bool) -> list[Lesson]:
    lesson_ids = notice.args.get("lessons", ())
    rows = Lesson.objects.filter(
        pk__in=lesson_ids, enterprise=notice.enterprise_id, cancelled_at__isnull=not cancelled
    )
    return list(rows.select_related("teacher", "enterprise").order_by("starts_at", "id"))


def _build_events(lessons: Collection[Lesson], person: User) -> list["Event"]:
    rows = MembershipNotice.objects.filter(person=person, lesson__in=[one.pk for one in lessons])
    changes = dict(rows.values_list("lesson", "changes"))
    link, now = may_see_student_link(person), timezone.now()
    return [
        build_event(one.enterprise, one, link, changes=changes.get(one.pk, 0), stamp=now) for one in lessons
    ]


def _calendar_part(method: str, events: list["Event"], person: User, index: int = 0) -> MIMEText:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//iclass console//invitation//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for event in events:
        _add_addresses(event, person, invited=method != PUBLISH)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    part = MIMEText(calendar.to_ical().decode(), "calendar", "utf-8")
    part.set_param("method", method)
    name = f"invite-{index + 1}.ics" if index else "invite.ics"
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def _add_addresses(event: "Event", person: User, *, invited: bool) -> None:
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
    event.add("attendee", attendee, encode=False)
