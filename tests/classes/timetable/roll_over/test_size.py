"""A roll-over of a large school: 60 groups, 2,000 students, 100 courses of 40 lessons each; fewer in CI."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise, Grade, GroupMembership, Role, StudentGroup, User
from classes.models import Course, Lesson, RollOver, Term
from classes.timetable.roll_over.preview_page import STEPS
from classes.timetable.roll_over.services import apply_roll_over, start_roll_over
from classes.timetable.roll_over.undo import undo_roll_over
from console.bulk_sql import bulk_insert
from tests.classes.timetable.roll_over.conftest import at, digest, monday
from tests.classes.timetable.roll_over.school_state import school_state
from tests.faults.goals import goal
from tests.faults.sizes import size
from tests.support.page_speed import MOST_QUERIES, ROUNDS, measure_page

GRADES, PARALLEL, WEEKS = 6, size(full=10, ci=2), size(full=20, ci=3)
STUDENTS, COURSES = size(full=2_000, ci=24), size(full=100, ci=8)
#: Groups of the last grade leave, all others go up.
GROUPS, PROMOTED = GRADES * PARALLEL, (GRADES - 1) * PARALLEL
pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture
def large(school: Enterprise, alice: User) -> RollOver:
    """Groups of 33 in six grades; each course has a teacher of its own and two lessons a week."""
    grades = [
        Grade.objects.create(enterprise=school, name=f"Grade {n}", position=n) for n in range(1, GRADES + 1)
    ]
    groups = [
        StudentGroup.objects.create(enterprise=school, name=f"{grade.position}{'ABCDEFGHIJ'[n]}", grade=grade)
        for grade in grades
        for n in range(PARALLEL)
    ]
    kids = [
        User(enterprise=school, user_id=f"kid{n}", login=f"kid{n}", role=Role.STUDENT)
        for n in range(STUDENTS)
    ]
    bulk_insert(kids)
    bulk_insert([GroupMembership(group=groups[n % len(groups)], student=kid) for n, kid in enumerate(kids)])
    ending = Term.objects.create(enterprise=school, name="Spring", starts_on=monday(-8), ends_on=monday(4))
    teachers = [
        User(enterprise=school, user_id=f"teacher{n}", login=f"teacher{n}", role=Role.TEACHER)
        for n in range(COURSES)
    ]
    bulk_insert(teachers)
    courses = [
        Course(
            enterprise=school,
            title=f"Course {n}",
            teacher=teachers[n],
            term=ending,
            starts_local=at(monday(1), 8 + n // 50),
            duration_minutes=45,
            rrule="FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4",
        )
        for n in range(COURSES)
    ]
    bulk_insert(courses)
    for n, course in enumerate(courses):
        course.groups.add(groups[n % PROMOTED])
        starts_at = timezone.make_aware(course.starts_local, school.tz)
        Lesson.objects.create(
            enterprise=school,
            course=course,
            occurrence=course.starts_local.date(),
            topic=course.title,
            teacher=course.teacher,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
        )
    first = monday(8)
    beginning = Term.objects.create(
        enterprise=school, name="Autumn", starts_on=first, ends_on=first + timedelta(days=WEEKS * 7 - 1)
    )
    return start_roll_over(school=school, ending=ending, beginning=beginning, by=alice)


def test_it_is_previewed_carried_out_and_undone(
    client: Client, school: Enterprise, alice: User, large: RollOver
) -> None:
    before = school_state(school)
    page = f"/year/roll-over/{large.pk}/?step="
    client.force_login(alice)
    rounds = size(full=ROUNDS, ci=1)
    measured = {step: measure_page(client, f"{page}{step}", rounds) for step in STEPS}
    assert max(one.queries for one in measured.values()) <= MOST_QUERIES, measured
    seen = digest(large)
    began = time.perf_counter()
    done = apply_roll_over(roll_over=large, seen=seen, by=alice)
    applied = time.perf_counter() - began
    assert (done.counts["promoted"], done.counts["archived"]) == (PROMOTED, PARALLEL)
    copies = Lesson.objects.filter(course__term=done.beginning)
    assert copies.count() == done.counts["lessons"] == COURSES * WEEKS * 2
    began = time.perf_counter()
    undo_roll_over(roll_over=done, by=alice)
    undone = time.perf_counter() - began
    assert school_state(school) == before
    goal(
        f"roll-over of {GROUPS} groups",
        students=STUDENTS,
        courses=COURSES,
        **{f"{step}_ms": round(one.ms) for step, one in measured.items()},
        apply_s=round(applied, 1),
        undo_s=round(undone, 1),
        queries=max(one.queries for one in measured.values()),
    )
