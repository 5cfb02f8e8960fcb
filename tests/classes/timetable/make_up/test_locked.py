"""A lesson that is made up gets no new time and is not started: what is held then would count nowhere."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from classes.lessons.services import cancel_lesson, edit_lesson, push_lesson, start_lesson
from classes.models import Lesson
from classes.timetable.bulk.services import BulkEdit, preview_edit
from classes.timetable.courses.changes import ChangeScope, change_course
from classes.timetable.courses.planning import plan_course
from classes.timetable.make_up.services import make_up_lesson
from tests.classes.factories import create_planned_lesson
from tests.classes.timetable.make_up.conftest import moment
from tests.support.cast import create_person
from tests.support.page_client import page_text
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SENTENCE = "is made up by another lesson. Cancel the make-up lesson first."


@pytest.fixture
def refused(bob):
    """Refused by iclass: it should have begun and is not over."""
    return create_planned_lesson(bob, timedelta(minutes=-5), remote_id="", sync_state="refused")


@pytest.fixture
def replaced(refused, alice):
    """The refused lesson, which another one makes up for."""
    make_up_lesson(lesson=refused, starts_at=moment(7), by=alice)
    return Lesson.objects.get(pk=refused.pk)


def test_it_gets_no_new_time_and_is_neither_started_nor_sent_again(replaced, alice):
    later = {"starts_at": moment(9), "ends_at": moment(9, 11)}
    for refuse in (
        lambda: edit_lesson(lesson=replaced, by=alice, **later),
        lambda: start_lesson(lesson=replaced, by=alice),
        lambda: push_lesson(lesson=replaced, by=alice),
    ):
        with pytest.raises(ValidationError, match=SENTENCE):
            refuse()
    cancel_lesson(lesson=replaced.make_ups.get(), by=alice)
    replaced.refresh_from_db()
    assert edit_lesson(lesson=replaced, by=alice, **later).starts_at == moment(9)


def test_a_lesson_that_is_made_up_can_still_be_cancelled(replaced, alice):
    assert cancel_lesson(lesson=replaced, by=alice).cancelled_at


def test_its_page_offers_the_make_up_instead_of_a_new_time(replaced, alice, browse):
    page = page_text(browse(alice, f"/lessons/{replaced.pk}/"))
    assert "Open the make-up lesson" in page
    assert SENTENCE in page
    for offered in ("Reschedule", "Start the lesson", f"/lessons/{replaced.pk}/edit/"):
        assert offered not in page
    for name in ("lesson_edit", "lesson_move"):
        answer = browse(alice, reverse(f"classes:{name}", args=[replaced.pk]))
        assert answer.headers["location"] == f"/lessons/{replaced.pk}/"


def test_rest_refuses_a_new_time_with_the_sentence(replaced, alice):
    later = {"starts_at": moment(9).isoformat(), "ends_at": moment(9, 11).isoformat()}
    answer = rest_client(alice).patch(
        f"/api/v1/lessons/{replaced.pk}/", later, format="json", headers={"accept-language": "en"}
    )
    assert answer.status_code == 400
    assert SENTENCE in answer.content.decode()


def test_an_edit_of_many_lessons_leaves_it_out_and_says_why(replaced, bob, school):
    other = create_planned_lesson(bob, timedelta(days=5))
    preview = preview_edit(school, [replaced, other], BulkEdit(days=1))
    assert preview.locked == [(replaced, "made up by another lesson")]
    assert [one.before for one in preview.planned] == [other]


def test_a_change_of_its_course_leaves_it_as_it_is(alice, bob, school):
    course = plan_course(
        title="Croquet",
        teacher=bob,
        starts_local=timezone.make_naive(moment(2)),
        duration_minutes=45,
        members=[create_person(school, "kid", Role.STUDENT)],
        rrule="FREQ=WEEKLY;COUNT=3",
        by=alice,
    )
    first = course.lessons.order_by("starts_at").first()
    due = timezone.now() - timedelta(minutes=5)
    Lesson.objects.filter(pk=first.pk).update(
        starts_at=due, ends_at=due + timedelta(minutes=45), sync_state="refused"
    )
    make_up_lesson(lesson=first, starts_at=moment(30), by=alice)
    before = first.class_type
    change_course(course=course, scope=ChangeScope.ALL, by=alice, class_type="public")
    first.refresh_from_db()
    assert first.class_type == before != "public"
    with pytest.raises(ValidationError, match=SENTENCE):
        change_course(course=course, scope=ChangeScope.THIS, lesson=first, by=alice, class_type="public")
