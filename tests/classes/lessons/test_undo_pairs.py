"""Undo × what happened since: what was changed or built upon since stays, and the act goes or stays whole.

The acts that can be taken back are those of the registry (docs/acts.md lists them); after each of them, each
act that a school may do to the lesson, and then the undo.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role, User
from classes.attendance.policy_changes import set_lesson_rules
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.lessons.undo import (
    cancel_revocably,
    move_revocably,
    replace_revocably,
    undo_cancellation,
    undo_move,
    undo_replacement,
)
from classes.models import Lesson
from classes.timetable.bulk.change_undo import undo_change_many
from classes.timetable.bulk.services import BulkEdit, edit_lessons
from classes.timetable.bulk.undo import cancel_chosen_revocably, undo_many
from classes.timetable.cover.services import assign_covers, enter_absence
from classes.timetable.make_up.services import make_up_lesson
from console import undo
from console.jobs.models import Job
from tests.classes.factories import add_members, create_planned_lesson
from tests.faults.goals import add_to_goal
from tests.support.cast import create_person

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds", "english")]
State = dict[str, Any]


@pytest.fixture
def ten_seconds(settings: Any) -> None:
    settings.UNDO_S = 10


class School:
    """A lesson of Bob's with three students, and what happens to it."""

    def __init__(self, alice: User, bob: User, kids: list[User]) -> None:
        self.alice, self.bob, self.kids = alice, bob, kids
        self.lesson = create_planned_lesson(bob, 2 * DAY)
        add_members(self.lesson, *kids[:2])
        self.cora = create_person(alice.enterprise, "cora", Role.TEACHER)

    def stored(self) -> Lesson:
        return Lesson.objects.select_related("teacher", "enterprise").get(pk=self.lesson.pk)

    def state(self) -> State:
        lesson = self.stored()
        return {
            "topic": lesson.topic,
            "times": (lesson.starts_at, lesson.ends_at),
            "cancelled": lesson.cancelled_at is not None,
            "teacher": lesson.teacher_id,
            "students": sorted(lesson.members.filter(role="student").values_list("user_id", flat=True)),
            "rules": lesson.rules,
            "make-ups": sorted(lesson.make_ups.filter(cancelled_at=None).values_list("pk", flat=True)),
            "covers": sorted(lesson.covers.filter(undone_at=None).values_list("covering", flat=True)),
        }

    # Acts that can be taken back; each returns how.

    def cancel_one(self) -> Callable[[], Any]:
        values = cancel_revocably(lesson=self.stored(), by=self.alice)
        return lambda: undo_cancellation(lesson=self.stored(), by=self.alice, values=values or {})

    def move_one(self) -> Callable[[], Any]:
        times = {"starts_at": self.lesson.starts_at + HOUR, "ends_at": self.lesson.ends_at + HOUR}
        values = move_revocably(lesson=self.stored(), by=self.alice, **times)
        return lambda: undo_move(lesson=self.stored(), by=self.alice, values=values or {})

    def replace_students(self) -> Callable[[], Any]:
        values = replace_revocably(lesson=self.stored(), students=self.kids[1:], by=self.alice)
        return lambda: undo_replacement(lesson=self.stored(), by=self.alice, values=values or {})

    def cancel_many(self) -> Callable[[], Any]:
        school: Any = self.alice.enterprise
        job = cancel_chosen_revocably(school=school, lessons=[self.stored()], by=self.alice)
        return lambda: undo_many(job=Job.objects.get(pk=job.pk), by=self.alice)

    def change_many(self) -> Callable[[], Any]:
        job = self._change_many(fields={"topic": "Flamingos"}, add=[self.kids[2]])
        return lambda: undo_change_many(job=Job.objects.get(pk=job.pk), by=self.alice)

    # Acts since then.

    def edit(self) -> None:
        edit_lesson(lesson=self.stored(), by=self.alice, topic="Croquet with the Queen")

    def move(self) -> None:
        times = {"starts_at": self.lesson.starts_at + 3 * HOUR, "ends_at": self.lesson.ends_at + 3 * HOUR}
        edit_lesson(lesson=self.stored(), by=self.alice, **times)

    def give_to_another(self) -> None:
        edit_lesson(lesson=self.stored(), by=self.alice, teacher=self.cora)

    def add_student(self) -> None:
        students = [*User.objects.filter(memberships__lesson=self.lesson, role="student"), self.kids[2]]
        edit_lesson(lesson=self.stored(), by=self.alice, students=students)

    def change_rules(self) -> None:
        set_lesson_rules(lesson=self.stored(), rules={"late_after_s": 600}, reason="exam", by=self.alice)

    def cancel(self) -> None:
        cancel_lesson(lesson=self.stored(), by=self.alice)

    def make_up(self) -> None:
        make_up_lesson(lesson=self.stored(), by=self.alice, starts_at=self.lesson.starts_at + 5 * DAY)

    def cover(self) -> None:
        begins, ends = self.stored().starts_at - HOUR, self.stored().ends_at + HOUR
        absence = enter_absence(teacher=self.bob, begins_at=begins, ends_at=ends, kind="sick", by=self.alice)
        assign_covers(absence=absence, choices={self.lesson.pk: self.cora}, by=self.alice)

    def edit_with_others(self) -> None:
        self._change_many(fields={"topic": "Hedgehogs"})

    def book_the_teacher(self) -> None:
        """Bob is planned at the former time, which is free once the lesson is moved or cancelled."""
        create_planned_lesson(self.bob, 2 * DAY, conflict_allowed=False, conflict_reason="")

    def _change_many(self, **edit: Any) -> Job:
        told = {"edit": BulkEdit(**edit), "conflict_reason": "", "confirmed": True}
        school: Any = self.alice.enterprise
        return edit_lessons(school=school, lessons=[self.stored()], by=self.alice, **told)


FIRST: dict[str, Callable[[School], Callable[[], Any]]] = {
    "lesson.cancel": School.cancel_one,
    "lesson.move": School.move_one,
    "lesson.replace_members": School.replace_students,
    "lesson.cancel_many": School.cancel_many,
    "lesson.change_many": School.change_many,
}
SINCE = (
    *(School.edit, School.move, School.give_to_another, School.add_student, School.change_rules),
    *(School.cancel, School.make_up, School.cover, School.edit_with_others, School.book_the_teacher),
)


def test_each_act_on_lessons_that_can_be_taken_back_is_among_them() -> None:
    assert {name for name in undo._handlers if name.startswith("lesson.")} == FIRST.keys()


@pytest.mark.parametrize("since", SINCE, ids=lambda act: act.__name__)
@pytest.mark.parametrize("first", FIRST)
def test_what_was_changed_or_built_upon_since_stays(
    alice: User, bob: User, kids: list[User], first: str, since: Callable[[School], None]
) -> None:
    school = School(alice, bob, kids)
    before = school.state()
    take_back = FIRST[first](school)
    done = school.state()
    assert done != before
    try:
        since(school)
    except ValidationError:
        return  # the school cannot do this any more, so there is no pair
    changed = school.state()
    try:
        take_back()
        expected = {name: changed[name] if changed[name] != done[name] else before[name] for name in before}
        result = "taken back"
    except ValidationError:
        expected, result = changed, "refused"
    after = school.state()
    add_to_goal("undo of lessons", pairs=1, wrong=after != expected, **{result.replace(" ", "_"): 1})
    assert after == expected
    assert after["cancelled"] or not after["make-ups"], "a lesson and its make-up are not both held"
