"""Dates of a course that is planned are moved and dropped in its preview, and checked again."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from accounts.models import Enterprise, User
from classes.conflicts.guard import BookingConflictError
from classes.models import Course, Holiday, Term
from classes.timetable.courses.changes import change_course
from classes.timetable.courses.planning import plan_course, preview_course
from tests.classes.timetable.courses.course_form import COURSE_FORM
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db

FIRST, PAGE = datetime(2027, 3, 2, 19), "/courses/new/"
RULE = "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270311"
SECOND = date(2027, 3, 4)
TYPED = COURSE_FORM | {"until": "2027-03-11"}


def fields(teacher: User, **more: Any) -> dict[str, Any]:
    plan = {"title": "Croquet", "starts_local": FIRST, "duration_minutes": 90, "rrule": RULE}
    return {**plan, "teacher": teacher, **more}


def times(course: Course) -> list[str]:
    found = course.lessons.filter(cancelled_at=None).order_by("starts_at")
    return [f"{timezone.localtime(one.starts_at):%m-%d %H:%M}" for one in found]


def test_a_moved_date_has_its_lesson_at_the_new_time_and_keeps_it(alice: User, bob: User) -> None:
    course = plan_course(by=alice, **fields(bob, moves={SECOND: datetime(2027, 3, 5, 8)}))
    assert times(course) == ["03-02 19:00", "03-05 08:00", "03-09 19:00", "03-11 19:00"]
    moved = course.lessons.get(occurrence=SECOND)
    assert (moved.ends_at - moved.starts_at).total_seconds() == 90 * 60
    change_course(course=course, by=alice, rrule=RULE.replace("11", "16"))
    assert times(course) == [*("03-02 19:00", "03-05 08:00", "03-09 19:00", "03-11 19:00"), "03-16 19:00"]


def test_conflicts_are_checked_at_the_new_time(alice: User, bob: User, school: Enterprise) -> None:
    plan_course(by=alice, **fields(bob, title="Tea", starts_local=datetime(2027, 3, 5, 8), rrule=""))
    moved = fields(bob, moves={SECOND: datetime(2027, 3, 5, 9)})
    assert preview_course(**fields(bob)).conflicts == []
    [conflict] = preview_course(**moved).conflicts
    assert (conflict.kind, conflict.day) == ("teacher", date(2027, 3, 5))
    with pytest.raises(BookingConflictError):
        plan_course(by=alice, **moved)


def test_a_holiday_is_a_conflict_of_a_moved_date_if_the_course_observes_it(
    bob: User, school: Enterprise
) -> None:
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 7, 1)}
    spring, other = (
        Term.objects.create(enterprise=school, name=name, **days) for name in ("Spring", "Other")
    )
    for name, term, day in (("Ours", spring, 6), ("Theirs", other, 5), ("Also theirs", other, 9)):
        free = {"starts_on": date(2027, 3, day), "ends_on": date(2027, 3, day)}
        Holiday.objects.create(enterprise=school, name=name, term=term, **free)

    def found(day: int) -> list[str]:
        moves = {SECOND: datetime(2027, 3, day, 9)}
        return [one.name for one in preview_course(**fields(bob, term=spring, moves=moves)).conflicts]

    assert found(5) == []
    assert found(6) == ["Ours"]


@pytest.mark.parametrize(
    ("local", "message"),
    [
        (datetime(2027, 3, 9, 20), "The lessons of this course overlap."),
        (datetime(2026, 3, 4, 19), "The new time is in the past."),
    ],
)
def test_a_date_goes_neither_onto_another_one_nor_into_the_past(
    alice: User, bob: User, local: datetime, message: str
) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=message) as refused:
        plan_course(by=alice, **fields(bob, moves={SECOND: local}))
    assert set(refused.value.message_dict) == {"moves"}
    assert not Course.objects.exists()


@pytest.mark.parametrize("htmx", [True, False])
def test_a_date_is_opened_moved_and_restored_by_buttons(
    browse: Any, alice: User, bob: User, htmx: bool
) -> None:
    def look(**more: Any) -> str:
        return page_text(browse(alice, PAGE, TYPED | more, htmx=htmx))

    assert 'name="open" value="2027-03-04"' in look(look="1")
    assert 'name="to_day" value="2027-03-04"' in look(open="2027-03-04")
    kept = look(look="1", opened="2027-03-04", to_day="2027-03-05", to_start="08:00")
    assert 'name="to_day" value="2027-03-05"' in kept
    assert 'name="to_start" value="08:00"' in kept
    moved = look(place="2027-03-04", to_day="2027-03-05", to_start="08:00")
    assert 'name="moved" value="2027-03-04/2027-03-05T08:00"' in moved
    assert "<s>2027-03-04 Thu</s> 2027-03-05 Fri 08:00" in moved
    restored = look(moved="2027-03-04/2027-03-05T08:00", restore="2027-03-04")
    assert 'name="moved"' not in restored
    assert not Course.objects.exists()


def test_what_was_moved_and_dropped_is_planned(browse: Any, alice: User, bob: User) -> None:
    dropped = page_text(browse(alice, PAGE, TYPED | {"drop": "2027-03-09"}, htmx=True))
    assert 'name="dropped" value="2027-03-09"' in dropped
    assert "<s>2027-03-09 Tue</s>" in dropped
    state = {"dropped": ["2027-03-09"], "moved": ["2027-03-04/2027-03-05T08:00"]}
    kept = page_text(browse(alice, PAGE, TYPED | state, htmx=True))
    assert kept.count('name="restore"') == 2
    assert browse(alice, PAGE, TYPED | state | {"confirmed": "on"}).status_code == 302
    course = Course.objects.get()
    assert times(course) == ["03-02 19:00", "03-05 08:00", "03-11 19:00"]
    assert course.skip == [date(2027, 3, 9)]


def test_a_time_that_cannot_be_leaves_the_date_and_says_why(browse: Any, alice: User, bob: User) -> None:
    for to_day, said in (("2027-03-09", "The lessons of this course overlap."), ("", "Enter the new day")):
        act = {"place": "2027-03-04", "to_day": to_day, "to_start": "19:30"}
        page = page_text(browse(alice, PAGE, TYPED | act, htmx=True))
        assert said in page
        assert 'name="to_day"' in page
        assert 'name="moved"' not in page


def test_a_state_that_nobody_can_read_is_refused(browse: Any, alice: User, bob: User) -> None:
    for state in (
        {"dropped": ["tomorrow"]},
        {"moved": ["2027-03-04"]},
        {"moved": ["2027-03-04/2027-03-05T08:00Z"]},
    ):
        answer = browse(alice, PAGE, TYPED | state)
        assert "The dates of the preview cannot be read." in page_text(answer)
    assert not Course.objects.exists()
