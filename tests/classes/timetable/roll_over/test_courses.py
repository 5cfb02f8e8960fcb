"""Which courses are copied by default, from which lesson, and on which days."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from accounts.models import Enterprise, StudentGroup, User
from classes.models import Course, Holiday, Lesson, RollOver, Term
from classes.timetable.bulk.cancellation import cancel_lessons
from classes.timetable.courses.cancellation import cancel_course
from classes.timetable.roll_over.courses import CourseRow
from classes.timetable.roll_over.dates import copied_dates, copied_rule, first_start
from classes.timetable.roll_over.plan import build_preview
from tests.classes.timetable.roll_over.conftest import at

pytestmark = pytest.mark.usefixtures("english")


def row_of(draft: RollOver, course: Course) -> CourseRow:
    preview = build_preview(draft)
    assert preview is not None
    return next(one for one in preview.courses if one.course == course)


def test_a_cancelled_course_is_not_copied_unless_chosen(
    alice: User, draft: RollOver, groups: dict[str, StudentGroup], plan: Callable[..., Course]
) -> None:
    course = plan("Maths", groups=[groups["7A"]])
    assert row_of(draft, course).copy
    cancel_course(course=course, by=alice)
    assert not row_of(draft, course).copy


def test_a_single_lesson_is_not_copied_unless_chosen(
    draft: RollOver, groups: dict[str, StudentGroup], plan: Callable[..., Course]
) -> None:
    assert not row_of(draft, plan("Fair", groups=[groups["7A"]], rrule="")).copy


def test_settings_come_from_a_lesson_that_is_neither_cancelled_nor_a_make_up(
    school: Enterprise,
    alice: User,
    draft: RollOver,
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
) -> None:
    course = plan("Maths", groups=[groups["7A"]])
    first, second, last = course.lessons.order_by("starts_at")
    cancel_lessons(school, [last], by=alice)
    later = {"starts_at": last.starts_at + timedelta(days=2), "ends_at": last.ends_at + timedelta(days=2)}
    Lesson.objects.filter(pk=first.pk).update(makes_up_for=last, **later)
    assert row_of(draft, course).model_lesson == second.pk


MONDAY = date(2026, 8, 31)
WEDNESDAY = date(2026, 9, 2)
MONDAYS = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"


def days(school: Enterprise, began: date, rule: str, term_began: date = MONDAY) -> list[str]:
    """The first days of the copy, in a new term of eight weeks, of a course that began on that day."""
    old = Term(enterprise=school, name="Spring", starts_on=date(2026, 3, 2), ends_on=date(2026, 7, 3))
    last = term_began + timedelta(weeks=8)
    new = Term(enterprise=school, name="Autumn", starts_on=term_began, ends_on=last)
    course = Course(
        enterprise=school,
        title="Maths",
        term=old,
        starts_local=datetime.combine(began, datetime.min.time()),
        duration_minutes=45,
        rrule=f"{rule};COUNT=3",
    )
    copied = copied_rule(course.rrule, new)
    first = first_start(course, copied, old, new)
    now = at(date(2026, 1, 1), 0).replace(tzinfo=school.tz)
    no_holidays: list[Holiday] = []
    found = copied_dates(course, copied, first, new, holidays=no_holidays, now=now)
    return [f"{one.day:%m-%d}" for one in found][:2]


@pytest.mark.parametrize(
    ("began", "rule", "term_began", "expected"),
    [
        (date(2026, 3, 2), MONDAYS, MONDAY, ["08-31", "09-14"]),
        (date(2026, 3, 9), MONDAYS, MONDAY, ["09-07", "09-21"]),
        (date(2026, 3, 9), "FREQ=WEEKLY;INTERVAL=2", MONDAY, ["09-07", "09-21"]),
        (date(2026, 3, 23), MONDAYS, MONDAY, ["09-07", "09-21"]),
        (date(2026, 3, 9), MONDAYS, WEDNESDAY, ["09-07", "09-21"]),
        (date(2026, 3, 2), MONDAYS, WEDNESDAY, ["09-14", "09-28"]),
        (date(2026, 3, 5), f"{MONDAYS},TH", WEDNESDAY, ["09-03", "09-14"]),
        (date(2026, 3, 13), "FREQ=WEEKLY;INTERVAL=2", WEDNESDAY, ["09-11", "09-25"]),
        (date(2026, 3, 6), "FREQ=WEEKLY;INTERVAL=2", WEDNESDAY, ["09-04", "09-18"]),
        (date(2026, 3, 16), "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", MONDAY, ["09-15", "10-06"]),
        (date(2026, 3, 9), "FREQ=WEEKLY;BYDAY=MO", WEDNESDAY, ["09-07", "09-14"]),
        (date(2026, 3, 8), "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU", MONDAY, ["09-06", "09-20"]),
    ],
)
def test_odd_and_even_weeks_stay_odd_and_even(
    school: Enterprise, began: date, rule: str, term_began: date, expected: list[str]
) -> None:
    assert days(school, began, rule, term_began) == expected


def test_a_rule_that_becomes_too_long_is_an_error_of_its_course(
    draft: RollOver, groups: dict[str, StudentGroup], plan: Callable[..., Course]
) -> None:
    course = plan("Maths", groups=[groups["7A"]])
    numbers = ",".join(str(number) for number in range(1, 94))
    Course.objects.filter(pk=course.pk).update(rrule=f"FREQ=YEARLY;BYYEARDAY={numbers};COUNT=3")
    assert "too long" in str(row_of(draft, course).error)


def test_the_title_of_a_course_of_two_grades_names_both_groups_afterwards(
    draft: RollOver, groups: dict[str, StudentGroup], plan: Callable[..., Course]
) -> None:
    course = plan("7A+8A Choir", groups=[groups["7A"], groups["8A"]])
    assert row_of(draft, course).title == "8A+9A Choir"
