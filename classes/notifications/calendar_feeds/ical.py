"""Lessons of a feed as an iCalendar (RFC 5545): stable UIDs, cancellations, the time zone included.

Anyone who has the URL can read the feed. It therefore names no student, never contains a teacher's link, and
contains the students' link only in the feed of a person who may see it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.models import Feed, Lesson, Member, MembershipNotice
from console.lazy_import import LazyModule
from console.lists.first_rows import FirstRows, first_rows
from console.policy import field_visibility
from console.policy.database_scope import as_owner
from console.policy.field_table import FieldVisibility

if TYPE_CHECKING:
    from icalendar import Event

icalendar = LazyModule("icalendar")
BACK, AHEAD = timedelta(days=60), timedelta(days=400)
#: Lessons of one calendar; where there are more, an event says where they begin.
MAX_EVENTS = 3000
REFRESH_INTERVAL = timedelta(hours=1)
#: Length of the event that says that more lessons follow.
END_EVENT = timedelta(minutes=30)


def render_calendar(feed: Feed) -> bytes:
    """Return the whole calendar: the same bytes until something in it changes."""
    language = feed.person.language if feed.person else ""
    with as_owner(), translation.override(language or settings.LANGUAGE_CODE):
        return build_calendar(feed, _feed_lessons(feed))


def _feed_lessons(feed: Feed) -> FirstRows[Lesson]:
    """Return the first lessons of the person (teacher or member) or of the group, also cancelled ones."""
    if feed.person_id:
        memberships = Member.objects.filter(user=feed.person_id).values("lesson")
        owner_filter = Q(teacher=feed.person_id) | Q(pk__in=memberships)
    else:
        owner_filter = Q(groups=feed.group_id)
    start, end = _window()
    rows = Lesson.objects.filter(
        owner_filter, enterprise=feed.enterprise_id, starts_at__gt=start, starts_at__lt=end
    )
    return first_rows(rows.select_related("teacher").order_by("starts_at", "id"), MAX_EVENTS)


def _membership_notices(feed: Feed, lessons: FirstRows[Lesson]) -> dict[int, MembershipNotice]:
    """By lesson: changes of the person's membership after the lesson was announced.

    As far as the calendar goes: a later lesson that is not in it would seem to be cancelled.
    """
    start, end = _window()
    rows = MembershipNotice.objects.filter(person=feed.person_id, lesson__enterprise=feed.enterprise_id)
    if not feed.person_id:
        return {}
    notices = rows.filter(starts_at__gt=start, starts_at__lt=end).select_related("lesson__enterprise")
    if lessons.more:
        notices = notices.filter(Q(lesson__in=list(lessons)) | Q(lesson__starts_at__lt=lessons[-1].starts_at))
    return {notice.lesson_id: notice for notice in notices.order_by("starts_at", "lesson")}


def _window() -> tuple[datetime, datetime]:
    now = timezone.now()
    return now - BACK, now + AHEAD


def build_calendar(feed: Feed, lessons: FirstRows[Lesson]) -> bytes:
    """Return a calendar of these lessons; if there are more, its last event says so."""
    school, notices = feed.enterprise, _membership_notices(feed, lessons)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//iclass console//calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"{feed} · {school.name}")
    calendar.add("x-wr-timezone", school.zone)
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH_INTERVAL)
    with_link = feed.person is not None and may_see_student_link(feed.person)
    for lesson in lessons:
        notice = notices.pop(lesson.pk, None)
        changes = notice.changes if notice else 0
        calendar.add_component(build_event(school, lesson, with_link, changes=changes))
    for removed in notices.values():
        calendar.add_component(build_removed_event(removed))
    if lessons.more:
        calendar.add_component(_build_end_event(school, lessons[-1]))
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


def _build_end_event(school: Enterprise, last: Lesson) -> "Event":
    """Return the event after the last lesson, where the calendar has no room for the others."""
    event: Event = icalendar.Event()
    event.add("uid", f"end@{school.sdkappid}.iclass-console")
    event.add("sequence", 0)
    event.add("dtstamp", last.created_at)
    event.add("dtstart", last.ends_at.astimezone(school.tz))
    event.add("dtend", last.ends_at.astimezone(school.tz) + END_EVENT)
    event.add("summary", _("More lessons follow. They are in the timetable of the console."))
    event.add("url", f"{settings.PUBLIC_URL}{reverse('classes:timetable')}")
    return event


def _base_event(school: Enterprise, lesson: Lesson, changes: int, stamp: datetime) -> "Event":
    event: Event = icalendar.Event()
    event.add("uid", f"lesson-{lesson.pk}@{school.sdkappid}.iclass-console")
    event.add("sequence", lesson.revision + changes)
    event.add("dtstamp", stamp)
    return event
