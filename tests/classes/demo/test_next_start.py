"""Starting the demo again after people changed it: what cannot be renewed is left out, the rest goes on."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Enterprise, User
from accounts.people.services import deactivate_person
from classes.demo import personas
from classes.demo.other_schools import TRAINING_TEACHERS, ensure_training_school
from classes.demo.running import RUNNING, RunningLesson, ensure_running
from classes.demo.school import ensure_people, ensure_school
from classes.demo.timetable import COURSES, TERM_BEGINS, TERM_ENDS, ensure_courses, ensure_term, school_day
from classes.lessons.services import schedule_lesson
from classes.models import Lesson, Term
from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def callbacks_arrive(live_server: Any, settings: Any) -> None:
    settings.PUBLIC_URL = live_server.url


@pytest.fixture
def demo_school(iclass: Sandbox) -> tuple[Enterprise, dict[str, User]]:
    school = ensure_school()
    return school, ensure_people(school, groups=2)


def test_a_deactivated_teacher_has_no_new_lessons_and_the_others_have(
    demo_school: tuple[Enterprise, dict[str, User]],
) -> None:
    school, people = demo_school
    admin = people[personas.ADMIN.user_id]
    deactivate_person(person=people[personas.TEACHERS[0].user_id], by=admin)
    deactivate_person(person=people[RUNNING[1].students[0]], by=admin)
    people = ensure_people(school, groups=2)

    running = ensure_running(school, people, admin, wanted=RUNNING[:2])
    ensure_courses(school, people, admin, groups=2, weeks=1)

    assert list(running) == [RUNNING[1]]
    assert running[RUNNING[1]].members.filter(role="student").count() == len(RUNNING[1].students) - 1
    titles = set(school.courses.values_list("title", flat=True))
    assert titles == {one.title for one in COURSES[:4] if one.teacher != 0}


def test_a_lesson_that_begins_anew_lies_between_those_of_the_timetable(
    demo_school: tuple[Enterprise, dict[str, User]],
) -> None:
    school, people = demo_school
    admin = people[personas.ADMIN.user_id]
    first, second = RUNNING[:2]
    now = timezone.now()

    def schedule(one: RunningLesson, starts: int, ends: int) -> Lesson:
        """A lesson of the timetable with the same group, so many minutes from now."""
        return schedule_lesson(
            teacher=people[personas.TEACHERS[4 + one.place].user_id],
            by=admin,
            groups=school.groups.filter(name=personas.GROUPS[one.place]),
            topic="timetable",
            starts_at=now + timedelta(minutes=starts),
            ends_at=now + timedelta(minutes=ends),
        )

    ended, following = schedule(first, -40, -1), schedule(first, 30, 70)
    schedule(second, -20, 25)

    running = ensure_running(school, people, admin, wanted=[first, second])

    assert list(running) == [first], "the other group is in a lesson of the timetable"
    lesson = running[first]
    assert ended.ends_at <= lesson.starts_at <= timezone.now()
    assert lesson.ends_at <= following.starts_at


def test_a_training_school_without_its_teachers_gets_no_lessons(iclass: Sandbox) -> None:
    school = ensure_training_school()
    teachers = school.users.filter(user_id__in=[one.user_id for one in TRAINING_TEACHERS])
    for teacher in teachers:
        deactivate_person(person=teacher, by=None)
    known = school.lessons.count()
    earlier = timedelta(days=3)
    school.lessons.update(starts_at=F("starts_at") - earlier, ends_at=F("ends_at") - earlier)

    ensure_training_school()

    assert school.lessons.count() == known


def test_a_term_lies_between_an_earlier_and_a_later_one(
    demo_school: tuple[Enterprise, dict[str, User]],
) -> None:
    school, people = demo_school
    admin = people[personas.ADMIN.user_id]
    ends, begins = school_day(school, -3), school_day(school, 4)
    this_month = f"{school_day(school, -2):%Y 年 %-m 月学期}"
    for name, first, last in (
        ("earlier", school_day(school, TERM_BEGINS * 2), ends),
        (this_month, begins, school_day(school, TERM_ENDS * 2)),
    ):
        Term.objects.create(enterprise=school, name=name, starts_on=first, ends_on=last)

    ensure_courses(school, people, admin, groups=2, weeks=1)

    term = ensure_term(school, admin)
    assert (term.starts_on, term.ends_on) == (ends + timedelta(days=1), begins - timedelta(days=1))
    days = school.lessons.filter(course__term=term).values_list("occurrence", flat=True)
    assert days
    assert all(term.starts_on <= day <= term.ends_on for day in days)
