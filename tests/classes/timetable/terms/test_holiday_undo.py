"""Lessons that were moved off a holiday are taken back onto it within ten seconds: all of them, or none."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from classes.models import Lesson
from classes.timetable.bulk.job import MAX_TAKEN_BACK
from classes.timetable.courses.changes import change_course
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.classes.factories import create_planned_lesson
from tests.classes.timetable.terms.holiday_decisions import days, days_of_march, decide
from tests.support.undo_button import press_undo, ticket_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]

MOVES = [{"action": "free_day"}, {"action": "days", "days": "3"}]
HOUR = timedelta(hours=1)


@pytest.fixture
def ten_seconds(settings):
    settings.UNDO_S = 10


def rows():
    columns = ("pk", "starts_at", "ends_at", "occurrence", "conflict_allowed", "conflict_reason")
    return list(Lesson.objects.order_by("pk").values_list(*columns))


def page_after_undo(client, answer):
    press_undo(client, answer.url)
    return client.get(answer.url, headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize("move", MOVES)
def test_moved_lessons_are_taken_back_by_the_button_of_their_message(
    browse, client, alice, bob, course, holiday, move
):
    """A lesson of the course and one of none; that they stand on a holiday again is no obstacle."""
    at = timezone.make_aware(datetime(2027, 3, 9, 14))
    create_planned_lesson(bob, starts_at=at, ends_at=at + HOUR, conflict_allowed=False, conflict_reason="")
    before = rows()
    answer = decide(browse, alice, holiday, **move)
    assert sum(old != new for old, new in zip(before, rows(), strict=True)) == 3
    assert "Taken back. Nothing was sent to iclass." in page_after_undo(client, answer)
    assert rows() == before
    entry = AuditEntry.objects.get(action="lesson.restore_many")
    assert (entry.actor, len(entry.after["lessons"])) == (alice, 3)


def test_a_lesson_that_came_back_follows_its_course_as_before(browse, client, alice, course, holiday):
    answer = decide(browse, alice, holiday, action="days", days="3")
    assert course.lessons.filter(occurrence=None).count() == 2
    press_undo(client, answer.url)
    decide(browse, alice, holiday, action="keep", chosen=[course.lessons.get(occurrence=date(2027, 3, 9)).pk])
    change_course(course=course, by=alice, starts_local=datetime(2027, 3, 2, 11))
    assert [day for day in days(course.lessons) if day.startswith(("03-09", "03-11"))] == ["03-09 10:00"]


def test_if_somebody_was_planned_on_the_holiday_meanwhile_none_comes_back(
    browse, client, alice, bob, course, holiday
):
    answer = decide(browse, alice, holiday, action="free_day")
    moved = days_of_march(course)
    at = timezone.make_aware(datetime(2027, 3, 11, 10))
    create_planned_lesson(bob, starts_at=at, ends_at=at + HOUR, conflict_reason="", conflict_allowed=False)
    assert "Somebody was planned for the time of this lesson meanwhile." in page_after_undo(client, answer)
    assert days_of_march(course) == moved


def test_if_one_was_rescheduled_or_sent_meanwhile_none_comes_back(browse, client, alice, course, holiday):
    answer = decide(browse, alice, holiday, action="free_day")
    moved = days_of_march(course)
    ticket = ticket_on(client, answer.url)
    last = course.lessons.latest("starts_at")
    Lesson.objects.filter(pk=last.pk).update(ends_at=last.ends_at + HOUR)
    browse(alice, "/undo/", {"ticket": ticket, "next": answer.url})
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "Someone changed “Croquet” or its groups since" in page
    Lesson.objects.filter(pk=last.pk).update(ends_at=last.ends_at)
    Operation.objects.filter(subject_id=last.pk).update(state="sending", attempts=1)
    browse(alice, "/undo/", {"ticket": ticket, "next": answer.url})
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "It is too late to take this back" in page
    assert days_of_march(course) == moved


def test_more_lessons_than_the_limit_are_moved_for_good(browse, client, alice, bob, holiday):
    first = timezone.make_aware(datetime(2027, 3, 9, 1))
    for number in range(MAX_TAKEN_BACK + 1):
        at = first + timedelta(minutes=number)
        create_planned_lesson(bob, starts_at=at, ends_at=at + timedelta(minutes=1))
    answer = decide(browse, alice, holiday, action="days", days="7")
    assert Lesson.objects.filter(starts_at__day=16).count() == MAX_TAKEN_BACK + 1
    assert "/undo/" not in client.get(answer.url).content.decode()


def test_only_who_moved_them_and_still_plans_takes_them_back(
    browse, client, alice, bob, charlie, course, holiday
):
    answer = decide(browse, alice, holiday, action="free_day")
    moved = days_of_march(course)
    ticket = ticket_on(client, answer.url)
    for reader in (bob, charlie):
        browse(reader, "/undo/", {"ticket": ticket, "next": "/"})
    User.objects.filter(pk=alice.pk).update(role="teacher")
    alice.refresh_from_db()
    assert browse(alice, "/undo/", {"ticket": ticket, "next": "/"}).status_code == 403
    assert days_of_march(course) == moved
