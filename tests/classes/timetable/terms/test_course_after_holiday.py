"""What was decided about the lessons of a holiday outlasts the next change of their course."""

from datetime import date, datetime

import pytest

from classes.lessons.services import cancel_lesson
from classes.models import Holiday
from classes.timetable.courses.changes import change_course
from classes.timetable.courses.planning import plan_course
from classes.timetable.terms.holiday_lessons import lessons_in_holiday
from tests.classes.timetable.terms.holiday_decisions import RULE, days, days_of_march, decide

pytestmark = pytest.mark.django_db

#: The first six Tuesdays and Thursdays that are no holiday.
SIX = "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=6"


@pytest.fixture
def made_up(alice, bob):
    series = {"title": "Croquet", "teacher": bob, "starts_local": datetime(2027, 3, 2, 10)}
    return plan_course(**series, by=alice, duration_minutes=45, rrule=SIX, make_up_skipped=True)


def test_kept_lessons_stay(browse, alice, course, holiday):
    decide(browse, alice, holiday, action="keep")
    change_course(course=course, by=alice, rrule="FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270323")
    wanted = ("02", "04", "09", "11", "16", "18", "23")
    assert days(course.lessons) == [f"03-{day} 10:00" for day in wanted]


def test_kept_lessons_keep_their_hour(browse, alice, course, holiday):
    decide(browse, alice, holiday, action="keep")
    change_course(course=course, by=alice, starts_local=datetime(2027, 3, 2, 14))
    hours = [f"03-{day}" for day in ("02 14", "04 14", "09 10", "11 10", "16 14", "18 14")]
    assert days(course.lessons) == [f"{hour}:00" for hour in hours]


def test_kept_lessons_are_planned_once_when_the_holiday_is_gone(browse, alice, course, holiday):
    decide(browse, alice, holiday, action="keep")
    holiday.delete()
    change_course(course=course, by=alice, rrule=RULE)
    assert len(days(course.lessons)) == 6


@pytest.mark.parametrize(
    "decision",
    [{"action": "keep"}, {"action": "days", "days": "3"}, {"action": "days", "days": "14"}],
    ids=["kept", "moved to other days", "moved to days of the rule"],
)
@pytest.mark.parametrize("number", [6, 7])
def test_a_number_of_lessons_counts_them(browse, alice, made_up, holiday, decision, number):
    decided = {one.pk for one in lessons_in_holiday(holiday)}
    decide(browse, alice, holiday, **decision)
    for _again in range(2):
        change_course(course=made_up, by=alice, rrule=SIX.replace("6", str(number)))
        assert len(set(days(made_up.lessons))) == len(days(made_up.lessons)) == number
        assert made_up.lessons.filter(pk__in=decided, cancelled_at=None).count() == 2
        made_up.refresh_from_db()


@pytest.mark.parametrize("number", [6, 7])
def test_an_edit_on_the_page_of_the_course_keeps_them_and_adds_none(browse, alice, made_up, holiday, number):
    kept = {one.pk for one in lessons_in_holiday(holiday)}
    decide(browse, alice, holiday, action="keep")
    path = f"/courses/{made_up.pk}/edit/"
    typed = {"topic": "Chess", "teacher": "bob", "day": "2027-03-02", "start": "10:00", "end": "10:45"}
    typed |= {"weekdays": ["TU", "TH"], "every": "1", "count": str(number), "skipped": "made_up"}
    typed |= {"class_type": "1vN", "bitrate": "850", "record_types": ["local"]}
    for _again in range(2):
        assert browse(alice, path, typed).status_code == 302
        standing = made_up.lessons.filter(cancelled_at=None)
        assert set(standing.values_list("topic", flat=True)) == {"Chess"}
        assert standing.count() == number
        assert standing.filter(pk__in=kept).count() == 2


def test_one_that_was_cancelled_after_it_was_kept_is_not_made_up(browse, alice, made_up, holiday):
    decide(browse, alice, holiday, action="keep")
    cancel_lesson(lesson=made_up.lessons.order_by("starts_at")[2], by=alice)
    change_course(course=made_up, by=alice, rrule=SIX)
    assert len(days(made_up.lessons)) == 5


def test_a_change_from_a_later_lesson_on_leaves_them_alone(browse, alice, course, holiday):
    decide(browse, alice, holiday, action="keep")
    last = course.lessons.order_by("starts_at").last()
    change_course(course=course, by=alice, scope="following", lesson=last, title="Chess")
    assert list(course.lessons.order_by("starts_at").values_list("topic", flat=True)) == [
        *["Croquet"] * 5,
        "Chess",
    ]


@pytest.mark.parametrize("own_day", ["open", "another holiday", "skipped"])
@pytest.mark.parametrize("action", ["keep", "days", "free_day"])
def test_one_that_was_rescheduled_onto_the_holiday_is_not_planned_twice(
    browse, alice, school, course, holiday, action, own_day
):
    fourth = date(2027, 3, 4)
    moved, onto = course.lessons.get(occurrence=fourth), datetime(2027, 3, 10, 10)
    change = {"scope": "this", "lesson": moved, "starts_local": onto, "conflict_reason": "A tournament."}
    change_course(course=course, by=alice, **change)
    if own_day == "another holiday":
        Holiday.objects.create(enterprise=school, name="Fair", starts_on=fourth, ends_on=fourth)
    elif own_day == "skipped":
        course.skip = [fourth]
        course.save(update_fields=["skip"])
    decide(browse, alice, holiday, action=action, days="3" if action == "days" else "")
    decided = days(course.lessons)
    assert len(decided) == 6
    change_course(course=course, by=alice, rrule=RULE)
    assert days(course.lessons) == decided


def test_a_number_of_lessons_from_a_later_one_on_counts_those_of_the_whole_course(
    browse, alice, made_up, holiday
):
    decide(browse, alice, holiday, action="keep")
    holiday.delete()
    later = made_up.lessons.get(occurrence=date(2027, 3, 16))
    rule = SIX.replace("6", "7")
    change_course(course=made_up, by=alice, scope="following", lesson=later, rrule=rule)
    assert days_of_march(made_up) == ["02", "04", "09", "11", "16", "18", "23"]


def test_days_before_a_later_lesson_that_have_none_do_not_use_up_a_number(
    browse, alice, school, holiday, made_up
):
    fair = {"starts_on": date(2027, 3, 16), "ends_on": date(2027, 3, 16)}
    decide(browse, alice, Holiday.objects.create(enterprise=school, name="Fair", **fair), action="keep")
    holiday.delete()
    later = made_up.lessons.get(occurrence=date(2027, 3, 18))
    rule = SIX.replace("6", "8")
    change_course(course=made_up, by=alice, scope="following", lesson=later, rrule=rule)
    assert days_of_march(made_up) == ["02", "04", "16", "18", "23", "25", "30"]
