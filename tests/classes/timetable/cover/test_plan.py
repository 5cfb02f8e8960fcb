"""The plan of an absence: who is proposed, who is free, and why others are not."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role, StudentGroup, User
from classes.conflicts.detection import BookingRequest, TimeSlot, find_conflicts
from classes.models import Course, Cover, Lesson, Subject
from classes.timetable.cover.plan import MAX_OFFERED, build_plan
from classes.timetable.cover.queries import cover_period, touched_lessons
from classes.timetable.cover.services import assign_covers
from tests.classes.factories import add_members
from tests.classes.timetable.cover.conftest import lesson_at, on_the_day
from tests.faults.sizes import size
from tests.support.cast import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def plan_of(absence):
    lessons = list(touched_lessons(absence).select_related("teacher").prefetch_related("groups"))
    return build_plan(absence, lessons, cover_period(absence.enterprise, on_the_day(0).date()))


def free_in(row):
    return [one.candidate.user_id for one in row.free]


def busy_in(row):
    return {one.candidate.user_id: one.reason for one in row.busy}


def relations_of(absence, lesson):
    """How those who may cover a lesson are related to it, the closest first."""
    row = next(row for row in plan_of(absence) if row.lesson == lesson)
    return {one.candidate.user_id: str(one.relation) for one in row.free if one.relation}


class TestWhoIsOffered:
    def test_the_free_are_offered_and_the_others_named_with_the_reason(
        self, chen, bob, dora, tom, absence, be_absent
    ):
        lesson_at(chen, 10)
        lesson_at(bob, 10, topic="Flamingos")
        be_absent(dora)
        (row,) = plan_of(absence)
        assert (row.proposal, free_in(row)) == ("tom", ["tom", "alice"])
        assert busy_in(row) == {"bob": "has “Flamingos”", "dora": "is absent"}

    def test_those_who_are_not_offered_are_counted(self, school, chen, absence):
        User.objects.bulk_create(
            User(enterprise=school, user_id=f"hare{n}", login=f"hare{n}", role=Role.TEACHER)
            for n in range(MAX_OFFERED)
        )
        lesson_at(chen, 10)
        (row,) = plan_of(absence)
        free = len(row.free) + row.more_free
        assert (len(row.free), free) == (MAX_OFFERED, User.objects.filter(role=Role.TEACHER).count())
        assert row.more_free_text.endswith("edit the lesson.")

    def test_a_lesson_that_only_touches_in_time_keeps_nobody(self, chen, bob, absence):
        lesson_at(chen, 10)
        lesson_at(bob, 9, ends_at=on_the_day(10))
        lesson_at(bob, 10, starts_at=on_the_day(10, 45), ends_at=on_the_day(11))
        (row,) = plan_of(absence)
        assert row.proposal == "bob"

    def test_who_left_or_belongs_to_another_school_is_not_offered(
        self, chen, bob, dora, absence, other_school
    ):
        lesson_at(chen, 10)
        create_person(other_school, "xu", Role.TEACHER)
        User.objects.filter(pk=dora.pk).update(is_active=False)
        (row,) = plan_of(absence)
        assert free_in(row) == ["bob", "alice"]

    def test_other_staff_may_be_chosen_but_is_not_proposed(self, chen, alice, ann, absence):
        lesson_at(chen, 10)
        (row,) = plan_of(absence)
        assert row.proposal == ""
        assert set(free_in(row)) == {"alice", "ann"}

    def test_an_assistant_of_the_lesson_is_free_for_it_and_one_of_another_is_not(
        self, chen, ann, bob, absence
    ):
        own, other = lesson_at(chen, 10), lesson_at(chen, 12)
        add_members(own, ann)
        add_members(lesson_at(bob, 12), ann)
        rows = {row.lesson: row for row in plan_of(absence)}
        assert "ann" in free_in(rows[own])
        assert busy_in(rows[other])["ann"].startswith("has “Croquet")


class TestWhoIsProposed:
    def test_the_same_course_or_group_first_then_the_fewest_covers(
        self, school, chen, bob, dora, tom, alice, absence
    ):
        year7 = StudentGroup.objects.create(enterprise=school, name="Year 7")
        lesson, plain = lesson_at(chen, 10), lesson_at(chen, 12)
        lesson.groups.add(year7)
        lesson_at(tom, 8, days=3).groups.add(year7)
        rows = {row.lesson: row for row in plan_of(absence)}
        assert rows[lesson].proposal == "tom"
        assert str(rows[lesson].free[0].relation) == "same group"
        assert rows[plain].proposal == "bob"
        assign_covers(absence=absence, choices={plain.pk: bob}, by=alice)
        later = lesson_at(chen, 14)
        rows = {row.lesson: row for row in plan_of(absence)}
        assert rows[plain].cover.covering == bob
        assert rows[later].proposal == "dora", "Bob covered once, Tom is proposed for the other one"

    def test_the_same_course_then_the_same_subject_then_the_same_group(
        self, school, chen, bob, dora, tom, ann, absence, course_in
    ):
        maths = Subject.objects.create(enterprise=school, name="Maths", colour=1)
        year7 = StudentGroup.objects.create(enterprise=school, name="Year 7")
        sums = course_in(maths, chen)
        lesson = lesson_at(chen, 10, course=sums)
        lesson.groups.add(year7)
        lesson_at(tom, 8, days=3).groups.add(year7)
        assert relations_of(absence, lesson) == {"tom": "same group"}
        lesson_at(dora, 8, days=3, course=course_in(maths, dora))
        assert relations_of(absence, lesson) == {"dora": "same subject", "tom": "same group"}
        maths.teachers.add(tom, ann)
        named = {"dora": "same subject", "tom": "same subject", "ann": "same subject"}
        assert relations_of(absence, lesson) == named
        lesson_at(bob, 8, days=3, course=sums)
        assert list(relations_of(absence, lesson)) == ["bob", "dora", "tom", "ann"], "teachers first"
        (row,) = plan_of(absence)
        assert row.proposal == "bob"

    def test_a_course_without_a_lesson_in_the_term_and_one_of_another_subject_do_not_count(
        self, school, chen, bob, dora, absence, course_in
    ):
        maths, music = (
            Subject.objects.create(enterprise=school, name=name, colour=1) for name in ("Maths", "Music")
        )
        lesson = lesson_at(chen, 10, course=course_in(maths, chen))
        course_in(maths, bob)
        lesson_at(bob, 8, days=-200, course=course_in(maths, bob))
        lesson_at(dora, 8, days=3, course=course_in(music, dora))
        lesson_at(dora, 9, days=3, course=course_in(None, dora))
        assert relations_of(absence, lesson) == {}

    def test_the_lessons_of_a_day_are_shared(self, chen, bob, dora, tom, absence):
        for hour in (8, 9, 10, 11, 12, 13):
            lesson_at(chen, hour)
        proposed = [row.proposal for row in plan_of(absence)]
        assert sorted(proposed) == ["bob", "bob", "dora", "dora", "tom", "tom"]

    def test_nobody_is_proposed_twice_at_the_same_time(self, chen, bob, dora, absence):
        allowed = {"conflict_allowed": True, "conflict_reason": "Two rooms."}
        for _place in range(3):
            lesson_at(chen, 10, **allowed)
        assert sorted(row.proposal for row in plan_of(absence)) == ["", "bob", "dora"]


class TestWhatCannotChange:
    @pytest.mark.parametrize(("status", "reason"), [("ing", "running"), ("end", "ended")])
    def test_a_lesson_that_began_is_listed_with_the_reason(self, chen, bob, absence, status, reason):
        lesson_at(chen, 10, status=status)
        (row,) = plan_of(absence)
        assert row.locked.startswith(reason)
        assert (row.is_open, row.free, row.proposal) == (False, [], "")

    def test_a_lesson_given_to_a_third_teacher_by_hand_is_not_in_the_plan(
        self, chen, bob, dora, alice, absence
    ):
        lesson = lesson_at(chen, 10)
        assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
        Lesson.objects.filter(pk=lesson.pk).update(teacher=dora)
        assert plan_of(absence) == []


HOURS = st.lists(st.tuples(st.integers(0, 4), st.integers(8, 13), st.integers(20, 100)), max_size=8)


@pytest.mark.faults
@settings(
    max_examples=size(full=25, ci=4),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    own=st.sets(st.integers(8, 13), min_size=1),
    others=HOURS,
    subjects=st.lists(st.integers(0, 1), max_size=5),
)
def test_whoever_is_proposed_has_no_conflict_and_can_be_assigned(
    db, school, alice, chen, absence, course_in, own, others, subjects
):
    """The conflict engine, asked about each proposal by itself, has nothing against it.

    25 days with FAULTS=full, else four.
    """
    Cover.objects.all().delete()
    Lesson.objects.all().delete()
    Course.objects.all().delete()
    maths = Subject.objects.get_or_create(enterprise=school, name="Maths", defaults={"colour": 1})[0]
    teachers = [
        User.objects.get_or_create(
            enterprise=school, user_id=f"t{number}", defaults={"role": Role.TEACHER, "nickname": f"T{number}"}
        )[0]
        for number in range(5)
    ]
    maths.teachers.set([teachers[place] for place, teaches in enumerate(subjects) if teaches])
    sums = course_in(maths, chen)
    for hour in own:
        lesson_at(chen, hour, course=sums if hour % 2 else None)
    allowed = {"conflict_allowed": True, "conflict_reason": "Any timetable."}
    for place, hour, minutes in others:
        begins = on_the_day(hour)
        lesson_at(teachers[place], hour, ends_at=begins + timedelta(minutes=minutes), **allowed)
    rows = plan_of(absence)
    for row in rows:
        slots = [TimeSlot(row.lesson.starts_at, row.lesson.ends_at)]
        assert {one.candidate.user_id for one in (*row.free, *row.busy)} >= {one.user_id for one in teachers}
        for one in row.free:
            teacher = User.objects.get(pk=one.candidate.pk)
            assert find_conflicts(BookingRequest(school, slots, teacher)) == []
    by_id = {one.user_id: one for one in teachers}
    choices = {row.lesson.pk: by_id[row.proposal] for row in rows if row.proposal}
    assert len(assign_covers(absence=absence, choices=choices, by=alice)) == len(choices)
