"""Who is free to teach, asked for everybody at once: the same answer as the detection of conflicts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from classes.conflicts.availability import find_busy_people
from classes.conflicts.detection import BookingRequest, TimeSlot, find_conflicts
from classes.models import Lesson, Member
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def begins():
    return (timezone.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)


def by_detection(school, slots, people):
    """The same by the conflicts of one booking after another."""
    return {
        pk: {
            one.pk
            for one in people
            if any(
                conflict.lesson is not None and conflict.lesson.pk != pk
                for conflict in find_conflicts(BookingRequest(school, [slot], one))
            )
        }
        for pk, slot in slots
    }


def test_it_agrees_with_the_detection_of_conflicts(school, other_school, bob, ann, sue, alice, begins):
    teachers = [create_person(school, f"t{number}", Role.TEACHER) for number in range(6)]
    people = [bob, ann, sue, alice, *teachers]
    wanted = create_planned_lesson(bob, starts_at=begins, ends_at=begins + HOUR)
    add_members(wanted, ann)
    times = (
        (begins - HOUR, begins),
        (begins - HOUR, begins + HOUR / 60),
        (begins + HOUR, begins + 2 * HOUR),
        (begins + HOUR / 2, begins + 3 * HOUR),
        (begins - 23 * HOUR, begins + HOUR / 2),
        (begins, begins + HOUR),
    )
    made = [
        create_planned_lesson(one, starts_at=starts, ends_at=ends, topic=one.user_id)
        for one, (starts, ends) in zip(teachers, times, strict=True)
    ]
    Member.objects.create(lesson=made[3], user=sue, role=Member.Role.SUPERVISOR)
    Member.objects.create(lesson=made[3], user=alice, role=Member.Role.ASSISTANT)
    Lesson.objects.filter(pk=made[5].pk).update(cancelled_at=timezone.now())
    xu = create_person(other_school, "xu", Role.TEACHER)
    create_planned_lesson(xu, starts_at=begins, ends_at=begins + HOUR)
    slots = [
        (wanted.pk, TimeSlot(begins, begins + HOUR)),
        (made[2].pk, TimeSlot(begins + HOUR, begins + 2 * HOUR)),
        (made[0].pk, TimeSlot(begins - HOUR, begins)),
    ]
    found = find_busy_people(school, slots, [one.pk for one in people])
    expected = by_detection(school, slots, people)
    assert {pk: set(busy) for pk, busy in found.items()} == expected
    names = {one.pk: one.user_id for one in people}
    assert {names[pk] for pk in found[wanted.pk]} == {"t1", "t3", "t4", "alice"}
    assert found[wanted.pk][teachers[1].pk] == "t1", "the topic says why"


def test_a_lesson_that_ended_early_frees_its_teacher_and_one_made_outside_may_take_days(school, bob, begins):
    over = create_planned_lesson(bob, starts_at=begins - HOUR, ends_at=begins + HOUR, status="end")
    Lesson.objects.filter(pk=over.pk).update(real_ended_at=begins - HOUR / 2)
    dora = create_person(school, "dora", Role.TEACHER)
    create_planned_lesson(
        dora, starts_at=begins - timedelta(days=3), ends_at=begins + HOUR, made_outside=True
    )
    slots = [(0, TimeSlot(begins, begins + HOUR))]
    found = find_busy_people(school, slots, [bob.pk, dora.pk])
    assert set(found[0]) == by_detection(school, slots, [bob, dora])[0] == {dora.pk}


def test_nothing_is_asked_without_slots_or_people(school, bob, begins, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert find_busy_people(school, [], [bob.pk]) == {}
        assert find_busy_people(school, [(1, TimeSlot(begins, begins + HOUR))], []) == {1: {}}
