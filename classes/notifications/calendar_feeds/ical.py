"""Lessons of a feed as an iCalendar (RFC 5545): stable UIDs, cancellations, the time zone included.

Anyone who has the URL can read the feed. It therefore names no student, never contains a teacher's link, and
contains the students' link only in the feed of a person who may see it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.models import Feed, Lesson, Member, MembershipNotice
from console.lazy_import import LazyModule
from console.policy import field_visibility
from console.policy.database_scope import as_owner
from console.policy.field_table import FieldVisibility

if TYPE_CHECKING:
    from icalendar import Event

icalendar = LazyModule("icalendar")
BACK, AHEAD = timedelta(days=60), timedelta(days=400)
MAX_EVENTS = 3000
REFRESH_INTERVAL = timedelta(hours=1)


def render_calendar(feed: Feed) -> bytes:
    """Return the whole calendar: the same bytes until something in it changes."""
    language = feed.person.language if feed.person else ""
    with as_owner(), translation.override(language or settings.LANGUAGE_CODE):
        return _build_calendar(feed)


def _feed_lessons(feed: Feed) -> QuerySet[Lesson]:
    """Return the lessons of the person (teacher or member) or of the group, cancelled ones included."""
    if feed.person_id:
        memberships = Member.objects.filter(user=feed.person_id).values("lesson")
        owner_filter = Q(teacher=feed.person_id) | Q(pk__in=memberships)
    else:
        owner_filter = Q(groups=feed.group_id)
    start, end = _window()
    rows = Lesson.objects.filter(
        owner_filter, enterprise=feed.enterprise_id, starts_at__gt=start, starts_at__lt=end
    )
    return rows.select_related("teacher").order_by("starts_at", "id")[:MAX_EVENTS]


def _membership_notices(feed: Feed) -> dict[int, MembershipNotice]:
    """By lesson: changes of the person's membership after the lesson was announced."""
    start, end = _window()
    rows = MembershipNotice.objects.filter(person=feed.person_id, lesson__enterprise=feed.enterprise_id)
    if not feed.person_id:
        return {}
    notices = rows.filter(starts_at__gt=start, starts_at__lt=end).select_related("lesson__enterprise")
    return {notice.lesson_id: notice for notice in notices.order_by("starts_at", "lesson")[:MAX_EVENTS]}


def _window() -> tuple[datetime, datetime]:
    now = timezone.now()
    return now - BACK, now + AHEAD


def _build_calendar(feed: Feed) -> bytes:
    school, notices = feed.enterprise, _membership_notices(feed)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//iclass console//calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"{feed} · {school.name}")
    calendar.add("x-wr-timezone", school.zone)
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH_INTERVAL)
    with_link = feed.person is not None and may_see_student_link(feed.person)
    for lesson in _feed_lessons(feed):
        notice = notices.pop(lesson.pk, None)
        changes = notice.changes if notice else 0
        calendar.add_component(build_event(school, lesson, with_link, changes=changes))
    for removed in notices.values():
        calendar.add_component(build_removed_event(removed))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def may_see_student_link(person: User) -> bool:
    """Return whether this person may have the students' link."""
    return field_visibility(person, "view", "lesson")["student_url"] == FieldVisibility.CLEAR


def build_event(
    school: Enterprise,
    lesson: Lesson,
    with_link: bool,
    *,
    changes: int = 0,
    stamp: datetime | None = None,
) -> "Event":
    """Return a lesson as an event; without `stamp` it is the same until something in it changes.

    `changes` counts changes of the reader's own membership; it raises the SEQUENCE, too.
    """
    event = _base_event(school, lesson, changes, stamp or lesson.cancelled_at or lesson.created_at)
    event.add("dtstart", lesson.starts_at.astimezone(school.tz))
    event.add("dtend", lesson.ends_at.astimezone(school.tz))
    event.add("summary", lesson.topic)
    event.add("status", "CANCELLED" if lesson.cancelled_at else "CONFIRMED")
    event.add("url", f"{settings.PUBLIC_URL}{lesson.get_absolute_url()}")
    description = [_("Teacher: %(name)s") % {"name": lesson.teacher.nickname or lesson.teacher.user_id}]
    if with_link and lesson.student_url and not lesson.cancelled_at:
        description.append(_("Classroom: %(link)s") % {"link": lesson.student_url})
        event.add("location", lesson.student_url)
    event.add("description", "\n".join(description))
    return event


def build_removed_event(seat: MembershipNotice, *, stamp: datetime | None = None) -> "Event":
    """Return a cancelled event for a removed person, with the details that were announced to them."""
    lesson, zone = seat.lesson, seat.lesson.enterprise.tz
    event = _base_event(lesson.enterprise, lesson, seat.changes, stamp or lesson.created_at)
    event.add("dtstart", seat.starts_at.astimezone(zone))
    event.add("dtend", seat.ends_at.astimezone(zone))
    event.add("summary", seat.topic)
    event.add("status", "CANCELLED")
    return event


def _base_event(school: Enterprise, lesson: Lesson, changes: int, stamp: datetime) -> "Event":
    event: Event = icalendar.Event()
    event.add("uid", f"lesson-{lesson.pk}@{school.sdkappid}.iclass-console")
    event.add("sequence", lesson.revision + changes)
    event.add("dtstamp", stamp)
    return event
