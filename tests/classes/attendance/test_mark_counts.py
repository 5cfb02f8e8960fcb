"""The tally of a lesson equals its marks, whoever wrote them and how."""

import random
import threading

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Enterprise, Role, User
from classes.attendance.register import recompute_register
from classes.models import Attendance, Lesson, Mark, MarkCount
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_students,
    record_full_presence,
)
from tests.faults.sizes import size
from tests.support.cast import TIC_KEY, create_person

NAMES = ("expected", *Mark.values, "people", "present_seconds")


def told(lesson):
    """The tally as it stands."""
    row = MarkCount.objects.filter(lesson=lesson).first()
    return {name: getattr(row, name) for name in NAMES} if row else dict.fromkeys(NAMES, 0)


def counted(lesson):
    """The same from the marks, restated."""
    rows = list(Attendance.objects.filter(lesson=lesson))
    marks = [one.mark for one in rows if one.expected and one.mark]
    return {
        "expected": len(marks),
        **{name: marks.count(name) for name in Mark.values},
        "people": sum(one.present_seconds > 0 for one in rows),
        "present_seconds": sum(one.present_seconds for one in rows),
    }


@pytest.mark.django_db
def test_it_follows_the_reckoning_and_what_is_changed_by_hand(alice, bob, kids):
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, *kids[:2]])
    assert told(lesson) == counted(lesson)
    assert (told(lesson)["present"], told(lesson)["absent"]) == (2, 1)
    Attendance.objects.filter(lesson=lesson, person=kids[2]).update(mark="excused")
    assert told(lesson) == counted(lesson)
    assert told(lesson)["excused"] == 1
    recompute_register(lesson)
    assert told(lesson) == counted(lesson)


@pytest.mark.django_db
def test_a_lesson_that_is_deleted_takes_its_tally_along(bob):
    lesson = create_finished_lesson(bob)
    Attendance.objects.create(lesson=lesson, user_id="kid1", role="student", mark="absent")
    assert MarkCount.objects.get().absent == 1
    Lesson.objects.filter(pk=lesson.pk).delete()
    connection.check_constraints()
    assert not MarkCount.objects.exists()


@pytest.mark.faults
class Anything(TestCase):
    """Any sequence of inserts, changes and deletions, over several lessons at once, ends in equal numbers."""

    @settings(max_examples=size(full=400, ci=40))
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(("add", "mark", "expect", "delete", "move")),
                st.integers(0, 2),
                st.integers(0, 5),
                st.sampled_from(("", *Mark.values)),
            ),
            max_size=25,
        )
    )
    def test_it_equals_the_marks(self, steps: list[tuple[str, int, int, str]]) -> None:
        school = Enterprise.objects.create(name="Wonderland", sdkappid=1, tic_key=TIC_KEY)
        teacher = create_person(school, "bob", Role.TEACHER)
        lessons = [create_planned_lesson(teacher) for _ in range(3)]
        for act, place, who, mark in steps:
            rows = Attendance.objects.filter(lesson=lessons[place], user_id=f"kid{who}")
            if act == "add":
                Attendance.objects.bulk_create(
                    [
                        Attendance(lesson=one, user_id=f"kid{who}", role="student", mark=mark)
                        for one in lessons
                    ],
                    update_conflicts=True,
                    unique_fields=["lesson", "user_id"],
                    update_fields=["mark"],
                )
            elif act == "mark":
                Attendance.objects.filter(user_id=f"kid{who}").update(mark=mark, present_seconds=60 * who)
            elif act == "expect":
                rows.update(expected=bool(who % 2))
            elif act == "delete":
                rows.delete()
            else:
                Attendance.objects.filter(lesson=lessons[place]).update(mark=mark)
        assert [told(one) for one in lessons] == [counted(one) for one in lessons]


@pytest.mark.django_db(transaction=True)
def test_two_who_write_marks_of_one_lesson_at_once_lose_nothing(bob, school):
    kids = create_students(school, 8)
    lesson = create_finished_lesson(bob)
    Attendance.objects.bulk_create(
        Attendance(lesson=lesson, person=kid, user_id=kid.user_id, role="student", mark="absent")
        for kid in kids
    )

    def change(mine: list[User]) -> None:
        try:
            for kid in random.Random(1).sample(mine, len(mine)):
                with transaction.atomic():
                    Attendance.objects.filter(lesson=lesson, person=kid).update(mark="present")
        finally:
            connection.close()

    writers = [threading.Thread(target=change, args=(kids[half::2],)) for half in (0, 1)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert told(lesson) == counted(lesson)
    assert told(lesson)["present"] == 8
