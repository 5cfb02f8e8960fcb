"""Of a lesson and its make-ups exactly one counts, and what counts again is evaluated at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from classes.lessons.queries import filter_by_need
from classes.lessons.services import cancel_lesson
from classes.lessons.status import counted_lessons, phase_of
from classes.models import AttendanceWarning, Holiday, Lesson, Term, ThresholdRule
from classes.pages.day_overview import build_overview
from classes.timetable.bulk.cancellation import cancel_lessons
from classes.timetable.courses.cancellation import cancel_course
from classes.timetable.courses.planning import plan_course
from classes.timetable.make_up.services import make_up_lesson
from console.ui.waiting import count_waiting
from tests.classes.factories import create_planned_lesson
from tests.classes.timetable.make_up.conftest import absent_from, lesson_at, moment
from tests.support.page_client import page_text
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def made_up(lesson, by, day=7):
    return make_up_lesson(lesson=lesson, starts_at=moment(day), by=by)


def counted():
    return list(Lesson.objects.filter(**counted_lessons()).order_by("pk"))


def to_make_up():
    return list(filter_by_need(Lesson.objects.all(), "to_make_up"))


def test_a_cancelled_make_up_is_not_made_up_itself_but_leads_to_the_first_lesson(
    ghost, alice, browse, client
):
    made = made_up(ghost, alice)
    cancel_lesson(lesson=made, by=alice)
    made.refresh_from_db()
    with pytest.raises(ValidationError, match="Make up the first lesson instead"):
        made_up(made, alice)
    assert counted() == [ghost]
    page = page_text(browse(alice, f"/lessons/{made.pk}/"))
    assert "Open the first lesson" in page
    assert "Make it up" not in page
    answer = browse(alice, reverse("classes:lesson_make_up", args=[made.pk]))
    assert answer.headers["location"] == f"/lessons/{ghost.pk}/"
    answer = rest_client(alice).post(
        f"/api/v1/lessons/{made.pk}/make-up/",
        {"starts_at": moment(9).isoformat()},
        format="json",
        headers={"accept-language": "en"},
    )
    assert answer.status_code == 400
    assert "Make up the first lesson instead" in answer.content.decode()


def test_a_make_up_to_which_nobody_came_is_made_up_and_the_first_lesson_stays_so(ghost, alice, students):
    made = made_up(ghost, alice)
    Lesson.objects.filter(pk=made.pk).update(status="end", final_at=timezone.now())
    absent_from(made, *students)
    second = made_up(made, alice, 8)
    assert counted() == [second]
    cancel_lesson(lesson=second, by=alice)
    assert counted() == [made]


def test_if_a_make_up_that_was_not_held_is_cancelled_its_own_make_up_is_for_the_first_lesson(ghost, alice):
    made = made_up(ghost, alice)
    past = timezone.now() - timedelta(days=1)
    Lesson.objects.filter(pk=made.pk).update(starts_at=past, ends_at=past + timedelta(minutes=45))
    second = made_up(made, alice, 8)
    cancel_lesson(lesson=made, by=alice)
    second.refresh_from_db()
    assert second.makes_up_for == ghost
    assert counted() == [second]


@pytest.mark.parametrize("many", [False, True])
def test_the_warnings_of_a_lesson_that_counts_again_come_back_at_once(ghost, alice, school, many):
    ThresholdRule.objects.create(enterprise=school, kind="absences", number=1, created_by=alice)
    made = made_up(ghost, alice)
    assert not AttendanceWarning.objects.exists()
    if many:
        cancel_lessons(school, [made], by=alice)
    else:
        cancel_lesson(lesson=made, by=alice)
    assert AttendanceWarning.objects.filter(ended_at=None).count() == 2


def test_one_lost_lesson_is_on_the_list_once(cancelled, alice):
    cancel_lesson(lesson=made_up(cancelled, alice), by=alice)
    assert to_make_up() == [cancelled]


def test_the_rest_of_a_course_and_days_off_need_no_make_up(alice, bob, school, students):
    course = plan_course(
        title="Croquet",
        teacher=bob,
        members=students,
        starts_local=timezone.make_naive(moment(1)),
        duration_minutes=45,
        rrule="FREQ=DAILY;COUNT=4",
        by=alice,
    )
    first = course.lessons.order_by("starts_at").first()
    cancel_lesson(lesson=first, by=alice)
    cancel_course(course=course, by=alice)
    assert to_make_up() == [first]
    singly = [lesson_at(bob, moment(day, 15), cancelled_at=timezone.now()) for day in (5, -15, 15)]
    assert to_make_up() == [first, singly[0]]
    day = singly[0].starts_at.astimezone(school.tz).date()
    term = Term.objects.create(enterprise=school, name="Spring", starts_on=day, ends_on=day)
    for of_term, expected in ((None, [first]), (term, [first])):
        holiday = Holiday.objects.create(
            enterprise=school, name="May Day", starts_on=day, ends_on=day, term=of_term
        )
        assert to_make_up() == expected
        holiday.delete()
    assert count_waiting(alice, ["to_make_up"]) == {"to_make_up": len(to_make_up())} == {"to_make_up": 2}


def test_a_holiday_of_another_term_says_nothing_about_a_course(alice, bob, school, students):
    day = moment(3).date()
    terms = [
        Term.objects.create(enterprise=school, name=name, starts_on=day, ends_on=day) for name in ("A", "B")
    ]
    course = plan_course(
        title="Croquet",
        teacher=bob,
        members=students,
        starts_local=timezone.make_naive(moment(3)),
        duration_minutes=45,
        rrule="",
        term=terms[0],
        by=alice,
    )
    lesson = course.lessons.get()
    cancel_lesson(lesson=lesson, by=alice)
    Holiday.objects.create(enterprise=school, name="Off", starts_on=day, ends_on=day, term=terms[1])
    assert to_make_up() == [lesson]
    Holiday.objects.create(enterprise=school, name="Off", starts_on=day, ends_on=day, term=terms[0])
    assert to_make_up() == []


def test_a_lesson_that_is_made_up_asks_for_nothing_any_more(alice, bob):
    refused = create_planned_lesson(bob, timedelta(minutes=-5), remote_id="", sync_state="refused")
    made = made_up(refused, alice)
    Lesson.objects.filter(pk=made.pk).update(sync_state="in_sync")
    refused.refresh_from_db()
    for need in ("not_begun", "trouble"):
        assert list(filter_by_need(Lesson.objects.all(), need)) == []
    (shown,) = build_overview([(refused, phase_of(refused))], {}, set()).lessons
    assert shown.words == ""
