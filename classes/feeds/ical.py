"""The lessons of a feed as an iCalendar (RFC 5545): stable UIDs, cancellations, the zone included.

Its address opens a feed for whoever has it. So it names no student, never holds a teacher's link, and the
students' link only in the feed of a person who may see it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.models import Feed, Lesson, Member, Seat
from console.later import Later
from console.policy import fields
from console.policy.scope import as_owner
from console.policy.table import Sight

if TYPE_CHECKING:
    from icalendar import Event

icalendar = Later("icalendar")
BACK, AHEAD = timedelta(days=60), timedelta(days=400)
MOST = 3000
REFRESH = timedelta(hours=1)


def calendar_of(feed: Feed) -> bytes:
    """The whole calendar, the same bytes as long as nothing in it changed."""
    language = feed.person.language if feed.person else ""
    with as_owner(), translation.override(language or settings.LANGUAGE_CODE):
        return _calendar(feed)


def _lessons(feed: Feed) -> QuerySet[Lesson]:
    """Those that the person teaches or is expected in, or those of the group; cancelled ones stay."""
    if feed.person_id:
        memberships = Member.objects.filter(user=feed.person_id).values("lesson")
        whose = Q(teacher=feed.person_id) | Q(pk__in=memberships)
    else:
        whose = Q(groups=feed.group_id)
    begins, ends = _window()
    rows = Lesson.objects.filter(
        whose, enterprise=feed.enterprise_id, starts_at__gt=begins, starts_at__lt=ends
    )
    return rows.select_related("teacher").order_by("starts_at", "id")[:MOST]


def _seats(feed: Feed) -> dict[int, Seat]:
    """By lesson: where the person came or went after the people of the lesson had been told."""
    begins, ends = _window()
    rows = Seat.objects.filter(person=feed.person_id, lesson__enterprise=feed.enterprise_id)
    if not feed.person_id:
        return {}
    seats = rows.filter(starts_at__gt=begins, starts_at__lt=ends).select_related("lesson__enterprise")
    return {one.lesson_id: one for one in seats.order_by("starts_at", "lesson")[:MOST]}


def _window() -> tuple[datetime, datetime]:
    now = timezone.now()
    return now - BACK, now + AHEAD


def _calendar(feed: Feed) -> bytes:
    school, seats = feed.enterprise, _seats(feed)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//iclass console//calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"{feed} · {school.name}")
    calendar.add("x-wr-timezone", school.zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    with_link = feed.person is not None and sees_link(feed.person)
    for lesson in _lessons(feed):
        seat = seats.pop(lesson.pk, None)
        changes = seat.changes if seat else 0
        calendar.add_component(event_of(school, lesson, with_link, changes=changes))
    for lost in seats.values():
        calendar.add_component(event_of_lost(lost))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def sees_link(person: User) -> bool:
    """Whether this person may have the students' link."""
    return fields(person, "view", "lesson")["student_url"] == Sight.CLEAR


def event_of(
    school: Enterprise,
    lesson: Lesson,
    with_link: bool,
    *,
    changes: int = 0,
    stamp: datetime | None = None,
) -> "Event":
    """A lesson as an event; without a stamp of its own the same as long as nothing in it changed.

    `changes` are those of the reader's own seat in it: they raise the SEQUENCE, too.
    """
    event = _event(school, lesson, changes, stamp or lesson.cancelled_at or lesson.created_at)
    event.add("dtstart", lesson.starts_at.astimezone(school.tz))
    event.add("dtend", lesson.ends_at.astimezone(school.tz))
    event.add("summary", lesson.topic)
    event.add("status", "CANCELLED" if lesson.cancelled_at else "CONFIRMED")
    event.add("url", f"{settings.PUBLIC_URL}{lesson.get_absolute_url()}")
    told = [_("Teacher: %(name)s") % {"name": lesson.teacher.nickname or lesson.teacher.user_id}]
    if with_link and lesson.student_url and not lesson.cancelled_at:
        told.append(_("Classroom: %(link)s") % {"link": lesson.student_url})
        event.add("location", lesson.student_url)
    event.add("description", "\n".join(told))
    return event


def event_of_lost(seat: Seat, *, stamp: datetime | None = None) -> "Event":
    """A lesson for somebody who was taken out of it: cancelled, as they knew it, and no more of it."""
    lesson, zone = seat.lesson, seat.lesson.enterprise.tz
    event = _event(lesson.enterprise, lesson, seat.changes, stamp or lesson.created_at)
    event.add("dtstart", seat.starts_at.astimezone(zone))
    event.add("dtend", seat.ends_at.astimezone(zone))
    event.add("summary", seat.topic)
    event.add("status", "CANCELLED")
    return event


def _event(school: Enterprise, lesson: Lesson, changes: int, stamp: datetime) -> "Event":
    event = icalendar.Event()
    event.add("uid", f"lesson-{lesson.pk}@{school.sdkappid}.iclass-console")
    event.add("sequence", lesson.revision + changes)
    event.add("dtstamp", stamp)
    return event
