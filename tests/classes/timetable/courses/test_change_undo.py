"""The edit of a course is taken back within ten seconds, with all its lessons, or not at all."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role, StudentGroup, User
from classes.lessons.services import edit_lesson
from classes.models import Course, Lesson
from classes.timetable.courses.change_undo import change_course_revocably, undo_change
from classes.timetable.courses.changes import change_course
from classes.timetable.courses.edit_merge import course_digests
from classes.timetable.courses.planning import plan_course
from console.jobs.models import Job
from tests.classes.timetable.courses.course_form import COURSE_FORM
from tests.support.cast import create_person
from tests.support.undo_button import press_undo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds", "english")]
FIRST = datetime(2027, 3, 2, 19)


@pytest.fixture
def ten_seconds(settings: Any) -> None:
    settings.UNDO_S = 10


@pytest.fixture
def course(alice: User, bob: User, kids: list[User]) -> Course:
    return plan_course(
        by=alice, teacher=bob, title="Croquet", starts_local=FIRST, duration_minutes=90,
        rrule="FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270318", skip=[date(2027, 3, 11)], members=kids[:2],
    )  # fmt: skip


def state(course: Course) -> list[Any]:
    lessons = course.lessons.order_by("pk")
    columns = ("pk", "topic", "teacher", "starts_at", "ends_at", "cancelled_at")
    people = [sorted(one.members.values_list("user_id", flat=True)) for one in lessons]
    fresh = Course.objects.get(pk=course.pk)
    return [course_digests(fresh), list(lessons.values_list(*columns)), people]


def changed(course: Course, by: User, **fields: Any) -> Job | None:
    return change_course_revocably(course=Course.objects.get(pk=course.pk), by=by, **fields)[1]


def take_back(job: Job | None, by: User) -> None:
    assert job is not None
    undo_change(job=Job.objects.get(pk=job.pk), by=by)


def test_the_course_and_its_lessons_are_as_before(
    alice: User, course: Course, kids: list[User], school: Any
) -> None:
    before = state(course)
    group = StudentGroup.objects.create(enterprise=school, name="Chess")
    group.entries.create(student=kids[2])
    cora = create_person(school, "cora", Role.TEACHER)
    edit = {
        "title": "Flamingos", "teacher": cora, "starts_local": datetime(2027, 3, 2, 17),
        "duration_minutes": 45, "groups": [group], "members": [kids[0]],
    }  # fmt: skip
    job = changed(course, alice, **edit)
    assert state(course) != before
    take_back(job, alice)
    assert state(course) == before


@pytest.mark.parametrize("since", ["lesson", "course"])
def test_what_was_changed_since_stays_and_nothing_is_taken_back(
    alice: User, course: Course, since: str
) -> None:
    job = changed(course, alice, starts_local=datetime(2027, 3, 2, 17))
    if since == "lesson":
        lesson = Lesson.objects.select_related("teacher", "enterprise").filter(course=course).last()
        edit_lesson(lesson=lesson, by=alice, topic="Croquet with the Queen")
    else:
        change_course(course=Course.objects.get(pk=course.pk), by=alice, title="Hedgehogs")
    now = state(course)
    with pytest.raises(ValidationError, match="since"):
        take_back(job, alice)
    assert state(course) == now


def test_lessons_that_come_or_go_are_final(alice: User, course: Course) -> None:
    assert changed(course, alice, rrule="FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270325") is None
    assert changed(course, alice, rrule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20270325") is None


def test_the_right_is_checked_again(alice: User, bob: User, course: Course) -> None:
    job = changed(course, alice, title="Flamingos")
    with pytest.raises(PermissionDenied):
        take_back(job, bob)


def test_the_button_of_the_message_takes_it_back(
    browse: Any, client: Any, alice: User, course: Course
) -> None:
    before = state(course)
    typed = COURSE_FORM | {"start": "17:00", "end": "18:30", "skip": "2027-03-11", "confirmed": "on"}
    typed |= {"ids": "kid1 kid2"}
    answer = browse(alice, f"/courses/{course.pk}/edit/", typed)
    assert answer.status_code == 302
    assert state(course) != before
    press_undo(client, answer["Location"])
    assert state(course) == before
