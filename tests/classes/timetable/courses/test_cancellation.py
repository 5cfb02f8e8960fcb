"""The cancellation of a course is taken back within ten seconds: all of its lessons, or none."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from classes.lessons.services import cancel_lesson
from classes.timetable.bulk.job import MAX_TAKEN_BACK
from classes.timetable.courses.planning import plan_course
from console.outbox.models import Operation
from tests.support.undo_button import press_undo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]


@pytest.fixture
def ten_seconds(settings):
    settings.UNDO_S = 10


def planned(alice, bob, count):
    first = datetime.combine(timezone.localdate() + timedelta(days=7), datetime.min.time())
    return plan_course(
        title="Croquet",
        teacher=bob,
        by=alice,
        starts_local=first.replace(hour=8),
        duration_minutes=45,
        rrule=f"FREQ=DAILY;COUNT={count}",
    )


def test_it_is_taken_back_by_the_button_of_its_message(browse, client, alice, bob):
    course = planned(alice, bob, 4)
    own = course.lessons.first()
    cancel_lesson(lesson=own, by=alice)
    answer = browse(alice, f"/courses/{course.pk}/cancel/", {"tell": "on"})
    assert course.lessons.filter(cancelled_at=None).count() == 0
    _, ticket = press_undo(client, answer.url)
    assert ticket
    assert set(course.lessons.filter(cancelled_at=None)) == set(course.lessons.exclude(pk=own.pk))
    creates = Operation.objects.filter(kind="class.create", state="ready")
    assert creates.count() == 3, "as before the cancellation"


def test_a_long_course_is_final_and_the_page_says_so(browse, client, alice, bob):
    sentence = f"More than {MAX_TAKEN_BACK} lessons at once cannot be taken back."
    course = planned(alice, bob, MAX_TAKEN_BACK + 2)
    path = f"/courses/{course.pk}/cancel/"
    one, other = course.lessons.all()[:2]
    cancel_lesson(lesson=one, by=alice)
    assert sentence in browse(alice, path).content.decode()
    answer = browse(alice, f"{path}?lesson={other.pk}", {"scope": "all", "tell": "on"})
    assert "/undo/" not in client.get(answer.url).content.decode()
    shorter = planned(alice, bob, MAX_TAKEN_BACK)
    assert sentence not in browse(alice, f"/courses/{shorter.pk}/cancel/").content.decode()
