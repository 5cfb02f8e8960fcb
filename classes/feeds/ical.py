"""The lessons of a feed as an iCalendar (RFC 5545): stable UIDs, cancellations, the zone included.

Its address opens a feed for whoever has it. So it names no student, never holds a teacher's link, and the
students' link only in the feed of a person who may see it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.models import Feed, Lesson, Member
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
        return _calendar(feed, list(_lessons(feed)))


def _lessons(feed: Feed) -> QuerySet[Lesson]:
    """Those that the person teaches or is expected in, or those of the group; cancelled ones stay."""
    now = timezone.now()
    if feed.person_id:
        memberships = Member.objects.filter(user=feed.person_id).values("lesson")
        whose = Q(teacher=feed.person_id) | Q(pk__in=memberships)
    else:
        whose = Q(groups=feed.group_id)
    rows = Lesson.objects.filter(
        whose, enterprise=feed.enterprise_id, starts_at__gt=now - BACK, starts_at__lt=now + AHEAD
    )
    return rows.select_related("teacher").order_by("starts_at", "id")[:MOST]


def _calendar(feed: Feed, lessons: Iterable[Lesson]) -> bytes:
    school = feed.enterprise
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//iclass console//calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"{feed} · {school.name}")
    calendar.add("x-wr-timezone", school.zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    with_link = feed.person is not None and sees_link(feed.person)
    for lesson in lessons:
        calendar.add_component(event_of(school, lesson, with_link))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def sees_link(person: User) -> bool:
    """Whether this person may have the students' link."""
    return fields(person, "view", "lesson")["student_url"] == Sight.CLEAR


def event_of(
    school: Enterprise, lesson: Lesson, with_link: bool, *, stamp: datetime | None = None
) -> "Event":
    """A lesson as an event; without a stamp of its own the same as long as nothing in it changed."""
    event = icalendar.Event()
    event.add("uid", f"lesson-{lesson.pk}@{school.sdkappid}.iclass-console")
    event.add("sequence", lesson.revision)
    event.add("dtstamp", stamp or lesson.cancelled_at or lesson.created_at)
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
