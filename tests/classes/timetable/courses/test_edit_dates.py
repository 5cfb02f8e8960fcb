"""Dates of a course that exists are moved and dropped in the preview of its form, and checked again."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from accounts.models import Enterprise, User
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.models import Course, Cover, Lesson, TeacherAbsence
from classes.models.lesson import NOT_IN_SERIES
from classes.timetable.courses.changes import ChangeScope, change_course, preview_change
from classes.timetable.courses.planning import plan_course
from classes.timetable.cover.services import assign_covers
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.classes.timetable.courses.course_form import COURSE_FORM
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db

FIRST, SECOND = datetime(2027, 3, 2, 19), date(2027, 3, 4)
RULE = "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270311"
TYPED = COURSE_FORM | {"until": "2027-03-11"}
MOVED = {"moved": ["2027-03-04/2027-03-05T08:00"]}


@pytest.fixture
def course(alice: User, bob: User) -> Course:
    return plan(alice, bob)


def plan(alice: User, teacher: User, **more: Any) -> Course:
    fields = {"title": "Croquet", "starts_local": FIRST, "duration_minutes": 90, "rrule": RULE}
    return plan_course(by=alice, teacher=teacher, **fields | more)


def times(course: Course) -> list[str]:
    found = course.lessons.filter(cancelled_at=None).order_by("starts_at")
    return [f"{timezone.localtime(one.starts_at):%m-%d %H:%M}" for one in found]


def path(course: Course, lesson: Lesson | None = None) -> str:
    return f"/courses/{course.pk}/edit/" + (f"?lesson={lesson.pk}" if lesson else "")


def rows(page: str) -> dict[str, str]:
    """By the day of the rule: the row of the preview."""
    found = re.findall(r"<li[ >].*?</li>", page[page.index("plan-dates") :], re.DOTALL)
    return {match[0][5:]: one for one in found if (match := re.search(r"2027-\d\d-\d\d", one))}


@pytest.mark.parametrize("htmx", [True, False])
def test_a_lesson_is_opened_moved_and_restored_by_buttons(
    browse: Any, alice: User, course: Course, htmx: bool
) -> None:
    def look(**more: Any) -> str:
        return page_text(browse(alice, path(course), TYPED | more, htmx=htmx))

    assert 'name="open" value="2027-03-04"' in look(look="1")
    assert 'name="to_day" value="2027-03-04"' in look(open="2027-03-04")
    moved = look(place="2027-03-04", to_day="2027-03-05", to_start="08:00")
    assert 'name="moved" value="2027-03-04/2027-03-05T08:00"' in moved
    assert "<s>2027-03-04 Thu</s> 2027-03-05 Fri 08:00" in moved
    assert 'name="moved"' not in look(**MOVED, restore="2027-03-04")
    assert 'name="dropped" value="2027-03-09"' in look(drop="2027-03-09")
    assert times(course) == ["03-02 19:00", "03-04 19:00", "03-09 19:00", "03-11 19:00"]


def test_what_was_moved_and_dropped_is_saved_and_recorded_at_each_lesson(
    browse: Any, alice: User, course: Course
) -> None:
    moved, dropped = (course.lessons.get(occurrence=day) for day in (SECOND, date(2027, 3, 9)))
    Lesson.objects.filter(pk=moved.pk).update(remote_id="7")
    acts = MOVED | {"dropped": ["2027-03-09"], "confirmed": "on"}
    assert browse(alice, path(course), TYPED | acts).status_code == 302
    assert times(course) == ["03-02 19:00", "03-05 08:00", "03-11 19:00"]
    moved.refresh_from_db()
    dropped.refresh_from_db()
    course.refresh_from_db()
    assert moved.ends_at - moved.starts_at == timedelta(minutes=90)
    assert (dropped.cancel_reason, course.skip) == (NOT_IN_SERIES, [date(2027, 3, 9)])
    assert Operation.objects.filter(kind="class.modify", subject_id=moved.pk, created_by=alice).exists()
    entries = AuditEntry.objects.filter(object_type="classes.lesson", actor=alice)
    assert {(one.action, one.object_id) for one in entries} == {
        ("lesson.change", str(moved.pk)),
        ("lesson.cancel", str(dropped.pk)),
    }
    assert entries.get(action="lesson.change").after.keys() == {"starts_at", "ends_at"}


def test_dates_that_the_edit_adds_are_moved_and_dropped_too(browse: Any, alice: User, course: Course) -> None:
    longer = {"until": "2027-03-23", "dropped": ["2027-03-18"], "moved": ["2027-03-16/2027-03-17T10:00"]}
    browse(alice, path(course), TYPED | longer | {"confirmed": "on"})
    assert times(course)[4:] == ["03-17 10:00", "03-23 19:00"]
    assert not course.lessons.filter(occurrence=date(2027, 3, 18)).exists()


def test_a_dropped_lesson_is_had_again_by_its_day_to_skip(browse: Any, alice: User, course: Course) -> None:
    browse(alice, path(course), TYPED | {"dropped": ["2027-03-09"], "confirmed": "on"})
    course.refresh_from_db()
    assert 'value="2027-03-09"' in page_text(browse(alice, path(course)))
    browse(alice, path(course), TYPED | {"skip": "", "confirmed": "on"})
    assert times(course) == ["03-02 19:00", "03-04 19:00", "03-09 19:00", "03-11 19:00"]


def test_a_lesson_moved_in_the_preview_has_the_new_length_of_the_course(alice: User, course: Course) -> None:
    change_course(course=course, by=alice, duration_minutes=45, moves={SECOND: datetime(2027, 3, 5, 8)})
    assert {(one.ends_at - one.starts_at).seconds for one in course.lessons.all()} == {45 * 60}
    assert times(course)[1] == "03-05 08:00"


@pytest.mark.parametrize("choice", ["", "keep", "reset"])
def test_lessons_that_were_moved_by_hand_keep_their_time_unless_it_is_reset(
    browse: Any, alice: User, course: Course, choice: str
) -> None:
    first, second = course.lessons.filter(occurrence__in=[SECOND, date(2027, 3, 9)]).order_by("starts_at")
    edit_lesson(lesson=first, by=alice, starts_at=first.starts_at + timedelta(hours=14),
                ends_at=first.ends_at + timedelta(hours=14))  # fmt: skip
    edit_lesson(lesson=second, by=alice, ends_at=second.ends_at + timedelta(minutes=15))
    typed = TYPED | {"start": "18:00", "end": "19:30", "adjusted": choice, "confirmed": "on"}
    page = page_text(browse(alice, path(course), typed | {"look": "1"}))
    assert "2 lessons were adjusted by hand" in page
    assert f"{4 if choice == 'reset' else 2} lessons get another time." in page
    browse(alice, path(course), typed)
    kept = ["03-02 18:00", "03-05 09:00", "03-09 19:00", "03-11 18:00"]
    assert times(course) == (
        ["03-02 18:00", "03-04 18:00", "03-09 18:00", "03-11 18:00"] if choice == "reset" else kept
    )


def test_a_course_without_lessons_that_were_moved_asks_nothing(
    browse: Any, alice: User, course: Course
) -> None:
    assert "adjusted by hand" not in page_text(browse(alice, path(course)))


def test_a_conflict_of_a_moved_lesson_stands_at_its_row_and_asks_for_a_reason(
    browse: Any, alice: User, bob: User, course: Course
) -> None:
    plan(alice, bob, title="Tea", starts_local=datetime(2027, 3, 5, 8), rrule="")
    page = page_text(browse(alice, path(course), TYPED | MOVED, htmx=True))
    assert "Tea" in page
    assert [day for day, row in rows(page).items() if "tag-bad" in row] == ["03-04"]
    refused = browse(alice, path(course), TYPED | MOVED | {"confirmed": "on"})
    assert refused.status_code == 200
    assert 'name="moved" value="2027-03-04/2027-03-05T08:00"' in page_text(refused)
    reason = {"conflict_reason": "Two rooms.", "confirmed": "on"}
    assert browse(alice, path(course), TYPED | MOVED | reason).status_code == 302
    assert times(course)[1] == "03-05 08:00"
    assert course.lessons.get(occurrence=SECOND).conflict_allowed


def test_lessons_that_cannot_change_date_by_date_say_why(
    browse: Any, alice: User, bob: User, school: Enterprise, course: Course
) -> None:
    change_course(course=course, by=alice, rrule=RULE.replace("0311", "0318"))
    first, second, third, fourth, fifth, _sixth = course.lessons.order_by("starts_at")
    Lesson.objects.filter(pk=first.pk).update(status="ing")
    cancel_lesson(lesson=second, by=alice)
    hour = timedelta(hours=1)
    edit_lesson(lesson=third, by=alice, starts_at=third.starts_at - hour, ends_at=third.ends_at - hour)
    times_away = {"begins_at": fourth.starts_at - hour, "ends_at": fourth.ends_at + hour}
    absence = TeacherAbsence.objects.create(enterprise=school, teacher=bob, **times_away)
    dora = create_person(school, "dora", "teacher")
    assign_covers(absence=absence, choices={fourth.pk: dora}, by=alice)
    Lesson.objects.filter(pk=fifth.pk).update(status="end")
    typed = TYPED | {"until": "2027-03-18", "open": "2027-03-02"}
    found = rows(page_text(browse(alice, path(course), typed, htmx=True)))
    expected = {"02": "has begun", "04": "cancelled", "09": "rescheduled before", "11": "covered by Dora"}
    for day, why in (expected | {"16": "ended"}).items():
        assert why in found[f"03-{day}"]
        assert "<button" not in found[f"03-{day}"]
        assert "<input" not in found[f"03-{day}"]
    assert "2027-03-09 Tue 18:00" in found["03-09"]
    assert 'name="open" value="2027-03-18"' in found["03-18"]
    assert Cover.objects.get().undone_at is None


def test_a_lesson_that_was_rescheduled_meanwhile_is_not_moved(
    browse: Any, alice: User, course: Course
) -> None:
    second = course.lessons.get(occurrence=SECOND)
    hour = timedelta(hours=1)
    edit_lesson(lesson=second, by=alice, starts_at=second.starts_at - hour, ends_at=second.ends_at - hour)
    page = page_text(browse(alice, path(course), TYPED | MOVED, htmx=True))
    assert "The lesson of 2027-03-04 cannot be moved here: rescheduled before." in page
    assert 'name="restore" value="2027-03-04"' in page
    assert browse(alice, path(course), TYPED | MOVED | {"confirmed": "on"}).status_code == 200
    assert times(course)[1] == "03-04 18:00"


def test_a_lesson_goes_to_the_time_that_another_one_left(alice: User, course: Course) -> None:
    third = course.lessons.get(occurrence=date(2027, 3, 9))
    cancel_lesson(lesson=third, by=alice)
    change_course(course=course, by=alice, moves={SECOND: datetime(2027, 3, 9, 19)})
    assert times(course) == ["03-02 19:00", "03-09 19:00", "03-11 19:00"]
    with translation.override("en"), pytest.raises(ValidationError, match="overlap") as refused:
        change_course(course=course, by=alice, moves={date(2027, 3, 2): datetime(2027, 3, 9, 20)})
    assert set(refused.value.message_dict) == {"moves"}


def test_the_scope_bounds_what_is_moved_and_dropped_and_nothing_is_lost(
    browse: Any, alice: User, course: Course
) -> None:
    third = course.lessons.get(occurrence=date(2027, 3, 9))
    acts = {"dropped": ["2027-03-02", "2027-03-11"], **MOVED}
    following = TYPED | acts | {"scope": "following", "confirmed": "on"}
    page = page_text(browse(alice, path(course, third), TYPED | acts | {"scope": "this"}, htmx=True))
    assert "The repeat rule belongs to the course, not to a single lesson." in page
    assert page.count('name="restore"') == 3
    assert list(rows(page_text(browse(alice, path(course, third), following, htmx=True)))) == [
        "03-09",
        "03-11",
    ]
    browse(alice, path(course, third), following)
    course.refresh_from_db()
    assert times(course) == ["03-02 19:00", "03-04 19:00", "03-09 19:00"]
    assert course.skip == [date(2027, 3, 11)]
    with pytest.raises(ValidationError):
        change_course(
            course=course,
            by=alice,
            scope=ChangeScope.THIS,
            lesson=third,
            moves={SECOND: datetime(2027, 3, 5, 8)},
        )


def test_a_date_without_a_lesson_is_not_offered(alice: User, course: Course) -> None:
    course.lessons.get(occurrence=SECOND).delete()
    with translation.override("en"):
        fixed = {one.day.day: one.fixed for one in preview_change(course, title="Tea").dates}
        assert fixed == {2: "", 4: "has no lesson of its own", 9: "", 11: ""}
        added = preview_change(course, skip=[date(2027, 3, 11)])
    assert [one.day for one in added.added] == [SECOND]
    assert not any(one.fixed for one in added.dates)


def test_nobody_of_another_school_or_without_the_right_moves_a_date(
    browse: Any, charlie: User, bob: User, course: Course
) -> None:
    for reader, status in ((charlie, 404), (bob, 403)):
        assert browse(reader, path(course), TYPED | MOVED | {"confirmed": "on"}).status_code == status
    assert times(course)[1] == "03-04 19:00"
