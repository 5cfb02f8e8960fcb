"""Cancelling a lesson, a series, or a series from one lesson on: with a reason, and news for its people."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Role, User
from classes.lessons.services import cancel_lesson, push_lesson
from classes.models import Lesson
from classes.models.lesson import NOT_IN_SERIES
from classes.notifications.lessons import send_lesson_notifications
from classes.timetable.courses.planning import plan_course
from console.audit.models import AuditEntry
from console.notifications import email_delivery
from console.notifications.models import Notification
from console.outbox.models import Operation
from console.outbox.states import OperationState
from console.outbox.transitions import transition
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, tomorrow_at
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def kid(kids, settings):
    """A student who can read a notice."""
    settings.EMAIL_IS_SET_UP = True
    for one in User.objects.exclude(user_id__in=("bob", "alice")):
        one.set_unusable_password()
        one.save(update_fields=["password"])
    kids[0].refresh_from_db()
    kids[0].e_mail, kids[0].language = "kid@school.example", "en"
    kids[0].save(update_fields=["e_mail", "language"])
    return kids[0]


@pytest.fixture
def course(alice, bob, kid):
    """Four lessons, of which Bob and the kid were notified."""
    first = (tomorrow_at(8) + timedelta(days=7)).replace(tzinfo=None)
    course = plan_course(
        title="Croquet",
        teacher=bob,
        members=[kid],
        starts_local=datetime(first.year, first.month, first.day, 8),
        duration_minutes=45,
        rrule="FREQ=WEEKLY;COUNT=4",
        rules={"late_after_s": 60},
        by=alice,
    )
    for place, lesson in enumerate(course.lessons.all()):
        Lesson.objects.filter(pk=lesson.pk).update(remote_id=str(500 + place))
    send_lesson_notifications()
    Notification.objects.all().delete()
    return course


def notification_kinds(reader):
    return list(Notification.objects.filter(person=reader).order_by("id").values_list("kind", flat=True))


def letters():
    mail.outbox.clear()
    email_delivery.send_due_emails()
    return [f"{letter.subject} {letter.body}" for letter in mail.outbox]


def test_the_people_of_a_lesson_hear_the_notice_and_not_the_reason(browse, alice, bob, kid):
    lesson = create_planned_lesson(bob, timedelta(days=3), topic="Croquet")
    add_members(lesson, kid)
    send_lesson_notifications()
    Notification.objects.all().delete()
    page = browse(alice, f"/lessons/{lesson.pk}/cancel/").content.decode()
    assert "Notify people" in page
    typed = {"reason": "Bob is ill", "tell": "on", "notice": "We make up for it on Friday."}
    browse(alice, f"/lessons/{lesson.pk}/cancel/", typed)
    assert send_lesson_notifications() == 2
    assert notification_kinds(kid) == ["lesson.called_off_saying"]
    (letter,) = letters()
    assert "Your school says: We make up for it on Friday." in letter
    assert "ill" not in letter


def test_nobody_is_notified_who_is_not_to_be(browse, alice, bob, kid):
    lesson = create_planned_lesson(bob, timedelta(days=3))
    add_members(lesson, kid)
    send_lesson_notifications()
    Notification.objects.all().delete()
    browse(alice, f"/lessons/{lesson.pk}/cancel/", {"reason": "A test.", "notice": "Hush."})
    assert (send_lesson_notifications(), notification_kinds(kid)) == (0, [])


def test_a_cancelled_series_is_one_notice_a_person(browse, alice, bob, kid, course):
    typed = {"reason": "No hoops", "tell": "on", "notice": "Chess instead."}
    browse(alice, f"/courses/{course.pk}/cancel/", typed)
    assert not course.lessons.filter(cancelled_at=None).exists()
    assert send_lesson_notifications() == 2
    assert send_lesson_notifications() == 0
    assert notification_kinds(kid) == notification_kinds(bob) == ["lesson.called_off_many_saying"]
    (letter,) = letters()
    assert "Cancelled: 4 lessons" in letter
    assert "and 3 more do not take place" in letter
    assert "Chess instead." in letter


def test_a_series_is_cancelled_from_one_lesson_on(browse, alice, bob, kid, course):
    lessons = list(course.lessons.order_by("starts_at"))
    path = f"/courses/{course.pk}/cancel/?lesson={lessons[2].pk}"
    assert f"cancel/?lesson={lessons[2].pk}" in browse(alice, f"/courses/{course.pk}/").content.decode()
    page = browse(alice, path).content.decode()
    assert "this and following lessons (2)" in page
    assert "all lessons that have not started (4)" in page
    browse(alice, path, {"scope": "following", "tell": "on"})
    standing = course.lessons.filter(cancelled_at=None).order_by("starts_at")
    assert list(standing) == lessons[:2]
    send_lesson_notifications()
    assert notification_kinds(kid) == ["lesson.called_off_many"]
    assert AuditEntry.objects.get(action="course.cancel").after == {"lessons": 2, "from": lessons[2].pk}


def test_a_lesson_of_another_course_is_not_there(browse, alice, bob, course):
    assert (
        browse(alice, f"/courses/{course.pk}/cancel/?lesson={create_planned_lesson(bob).pk}").status_code
        == 404
    )


def test_rest_cancels_a_series_from_a_lesson_on_and_tells_nobody(alice, bob, kid, course):
    lessons = list(course.lessons.order_by("starts_at"))
    path = f"/api/v1/courses/{course.pk}/cancel/"
    assert rest_client(bob).post(path, {}).status_code == 403
    asked = {"lesson": lessons[3].pk, "reason": "Rain", "tell": False}
    assert rest_client(alice).post(path, asked, format="json").status_code == 200
    assert course.lessons.filter(cancelled_at=None).count() == 3
    assert course.lessons.get(pk=lessons[3].pk).cancel_reason == "Rain"
    assert (send_lesson_notifications(), notification_kinds(kid)) == (0, [])


def test_rest_cancels_a_lesson_with_words_for_its_people(alice, bob, kid):
    lesson = create_planned_lesson(bob, timedelta(days=3))
    add_members(lesson, kid)
    send_lesson_notifications()
    asked = {"reason": "Rain", "notice": "Bring a book."}
    rest_client(alice).post(f"/api/v1/lessons/{lesson.pk}/cancel/", asked, format="json")
    send_lesson_notifications()
    assert notification_kinds(kid)[-1] == "lesson.called_off_saying"


def test_a_lesson_like_another_has_all_of_it_but_the_day(browse, alice, bob, kids, school):
    lesson = create_planned_lesson(
        bob,
        timedelta(days=3),
        topic="Croquet",
        bitrate=900,
        max_on_mic=5,
        capacity=40,
        auto_open_mic=True,
        rules={"late_after_s": 60},
    )
    add_members(lesson, *kids)
    page = browse(alice, f"/lessons/{lesson.pk}/").content.decode()
    assert f"/lessons/new/?like={lesson.pk}" in page
    form = browse(alice, f"/lessons/new/?like={lesson.pk}").content.decode()
    for kept in ('value="Croquet"', 'value="900"', 'value="5"', 'value="40"', 'value="kid1" checked'):
        assert kept in form, kept
    day = (lesson.starts_at + timedelta(days=7)).astimezone(school.tz).date().isoformat()
    assert f'value="{day}"' in form
    typed = {
        "topic": "Croquet",
        "teacher": "bob",
        "day": day,
        "start": "08:00",
        "end": "08:45",
        "class_type": "1vN",
        "bitrate": "900",
        "confirmed": "on",
    }
    answer = browse(alice, f"/lessons/new/?like={lesson.pk}", typed)
    assert Lesson.objects.get(pk=answer.url.split("/")[2]).rules == {"late_after_s": 60}
    cancel_lesson(lesson=lesson, by=alice)


def test_a_series_like_another_comes_after_it(browse, alice, bob, kid, course, charlie):
    assert f"/courses/new/?like={course.pk}" in browse(alice, f"/courses/{course.pk}/").content.decode()
    form = browse(alice, f"/courses/new/?like={course.pk}").content.decode()
    first = course.starts_local.date() + timedelta(weeks=4)
    for kept in (
        'value="Croquet"',
        f'value="{first.isoformat()}"',
        'name="count" value="4"',
        'value="kid1" checked',
    ):
        assert kept in form, kept
    typed = {
        "topic": "Croquet II",
        "teacher": "bob",
        "day": first.isoformat(),
        "start": "08:00",
        "end": "08:45",
        "class_type": "1vN",
        "count": "4",
        "weekdays": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][first.weekday()],
        "students": ["kid1"],
        "bitrate": "850",
    }
    preview = browse(alice, f"/courses/new/?like={course.pk}", typed | {"look": "1"}).content.decode()
    assert first.isoformat() in preview
    answer = browse(alice, f"/courses/new/?like={course.pk}", typed)
    other = type(course).objects.get(pk=answer.url.split("/")[2])
    assert (other.lessons.count(), other.rules) == (4, {"late_after_s": 60})
    assert 'value="Croquet"' not in browse(charlie, f"/courses/new/?like={course.pk}").content.decode()


def test_the_last_hour_is_a_warning_and_no_lock(browse, alice, bob, school):
    soon = create_planned_lesson(bob, timedelta(minutes=30))
    words = "The lesson starts within an hour."
    assert words in browse(alice, f"/lessons/{soon.pk}/").content.decode()
    assert words in browse(alice, f"/lessons/{soon.pk}/edit/").content.decode()
    later = create_planned_lesson(create_person(school, "carol", Role.TEACHER), timedelta(hours=3))
    assert words not in browse(alice, f"/lessons/{later.pk}/").content.decode()
    browse(alice, f"/lessons/{soon.pk}/move/", {"day": "2030-01-01", "start": "08:00"})
    assert Lesson.objects.get(pk=soon.pk).starts_at.year in (2029, 2030)


def test_who_sees_which_link_stands_beside_it(browse, alice, bob, ann):
    lesson = create_planned_lesson(bob)
    add_members(lesson, ann)
    page = browse(alice, f"/lessons/{lesson.pk}/").content.decode()
    assert "Visible only to the teacher of the lesson and to your administrators." in page
    assert "Visible to all members of the lesson and to your administrators." in page
    assert "administrators alone" not in browse(ann, f"/lessons/{lesson.pk}/").content.decode()


def test_a_lesson_whose_day_left_its_series_says_so_in_the_language_of_the_reader(browse, alice, bob):
    lesson = create_planned_lesson(bob, cancelled_at=timezone.now(), cancel_reason=NOT_IN_SERIES)
    assert "已不在课程中" in browse(alice, f"/lessons/{lesson.pk}/", language="zh-hans").content.decode()
    assert NOT_IN_SERIES in browse(alice, f"/lessons/{lesson.pk}/").content.decode()


def test_a_lesson_that_is_cancelled_before_it_was_sent_has_nothing_to_send(alice, bob, kid):
    lesson = create_lesson(bob, alice)
    assert lesson_state(lesson) == "sending"
    cancel_lesson(lesson=lesson, by=alice)
    assert lesson_state(lesson) == "in_sync"


def test_a_lesson_that_iclass_refused_still_says_so_after_another_try_was_cancelled(alice, bob, kid):
    lesson = create_lesson(bob, alice)
    create = Operation.objects.get(kind="class.create", subject_id=lesson.pk)
    assert transition(create, OperationState.SENDING, attempts=1)
    assert transition(create, OperationState.REFUSED, reason="10003")
    push_lesson(lesson=lesson, by=alice)
    cancel_lesson(lesson=lesson, by=alice)
    assert lesson_state(lesson) == "refused"


def lesson_state(lesson):
    lesson.refresh_from_db()
    return lesson.sync_state


def test_a_reason_that_is_too_long_is_kept_to_its_300_characters(alice, bob):
    lesson = create_planned_lesson(bob)
    cancel_lesson(lesson=lesson, by=alice, reason="x" * 301)
    lesson.refresh_from_db()
    assert lesson.cancel_reason == "x" * 300
