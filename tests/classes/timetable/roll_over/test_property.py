"""Any school, rolled over and undone: nothing is lost on the way, and the undo is the state before.

25 schools with FAULTS=full, else four.
"""

import random
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Enterprise, Grade, Role, StudentGroup, TeacherInCharge, User
from classes.models import Course, Lesson, RollOver, Term
from classes.timetable.courses.planning import plan_course
from classes.timetable.roll_over.choices import Choices, CourseChoice, GroupAct, GroupChoice
from classes.timetable.roll_over.plan import Plan, build_preview
from classes.timetable.roll_over.services import apply_roll_over, start_roll_over
from classes.timetable.roll_over.undo import start_undo
from tests.classes.timetable.roll_over.conftest import at, keep, monday
from tests.classes.timetable.roll_over.school_state import school_state
from tests.faults.sizes import size
from tests.support.cast import TIC_KEY, create_person


@pytest.mark.faults
class AnySchool(TestCase):
    """Random grades, groups, students, courses and choices."""

    @settings(max_examples=size(full=25, ci=4))
    @given(st.integers(0, 2**32))
    def test_an_undo_is_the_state_before(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.school = Enterprise.objects.create(name="Wonderland", sdkappid=1, tic_key=TIC_KEY)
        self.alice = create_person(self.school, "alice", Role.ADMIN)
        with timezone.override(self.school.tz):
            draft = self._fill()
            plan = self._choose(draft)
            before = school_state(self.school)
            done = apply_roll_over(
                roll_over=draft, seen=plan.digest, by=self.alice, reason="Any reason" * bool(plan.conflicts)
            )
            self._check(plan, done)
            start_undo(roll_over=done, by=self.alice)
            assert school_state(self.school) == before
            assert RollOver.objects.get().kept == []

    def _fill(self) -> RollOver:
        dice, school = self.dice, self.school
        names = dice.choice((("初一", "初二", "初三"), ("Grade 7", "Grade 8", "Grade 9")))
        grades = [
            Grade.objects.create(enterprise=school, name=name, position=place)
            for place, name in enumerate(names[: dice.randint(1, 3)])
        ]
        kids = [create_person(school, f"kid{n}", Role.STUDENT) for n in range(dice.randint(2, 8))]
        for grade in (*grades, None):
            for number in range(dice.randint(0, 2)):
                name = f"{grade.name}({number})班" if grade else f"Choir {number}"
                group = StudentGroup.objects.create(enterprise=school, name=name, grade=grade)
                group.students.set(dice.sample(kids, dice.randint(0, len(kids))))
                TeacherInCharge.objects.create(enterprise=school, group=group, teacher=self.alice)
        ending = self._term("Spring", -4, 6)
        groups = list(StudentGroup.objects.filter(enterprise=school))
        for number in range(dice.randint(0, 3)):
            plan_course(
                by=self.alice,
                conflict_reason="Any",
                title=f"Course {number}",
                teacher=create_person(school, f"teacher{number}", Role.TEACHER),
                starts_local=at(monday(1) + timedelta(days=dice.randint(0, 6)), dice.randint(8, 10)),
                duration_minutes=45,
                rrule=dice.choice(("", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;BYDAY=MO,FR;COUNT=4")),
                term=ending,
                groups=dice.sample(groups, dice.randint(0, len(groups))),
                members=dice.sample(kids, dice.randint(0, 2)),
            )
        beginning = self._term("Autumn", 8, 12)
        return start_roll_over(school=school, ending=ending, beginning=beginning, by=self.alice)

    def _term(self, name: str, first: int, last: int) -> Term:
        return Term.objects.create(
            enterprise=self.school, name=name, starts_on=monday(first), ends_on=monday(last)
        )

    def _choose(self, draft: RollOver) -> Plan:
        """Choose something for some rows; what cannot be done, or is nothing at all, is chosen otherwise."""
        dice = self.dice
        choices = Choices(deactivates=dice.random() < 0.7)
        for group in StudentGroup.objects.filter(enterprise=self.school):
            if dice.random() < 0.4:
                choices.groups[group.pk] = GroupChoice(dice.choice(GroupAct.values))
        for course in Course.objects.filter(enterprise=self.school):
            choices.courses[course.pk] = CourseChoice(dice.choice((None, None, True, False)))
        plan = keep(draft, choices)
        assert plan is not None
        for row in plan.group_errors:
            choices.groups[row.group.pk] = GroupChoice(row.act, f"Renamed {row.group.pk}")
        if plan.is_empty:
            new = StudentGroup.objects.create(enterprise=self.school, name="Leavers")
            choices.groups[new.pk] = GroupChoice(GroupAct.ARCHIVE)
        keep(draft, choices)
        draft.refresh_from_db()
        preview = build_preview(draft)
        assert preview is not None
        return preview

    def _check(self, plan: Plan, done: RollOver) -> None:
        assert done.counts == plan.counts
        for row in plan.groups:
            group = StudentGroup.objects.get(pk=row.group.pk)
            expected = (row.name, row.grade_after, row.act == GroupAct.ARCHIVE)
            assert (group.name, group.grade, group.is_archived) == expected
        inactive = User.objects.filter(enterprise=self.school, is_active=False)
        assert sorted(inactive.values_list("pk", flat=True)) == plan.deactivated
        going_on = StudentGroup.objects.filter(enterprise=self.school, archived_at=None)
        assert not inactive.filter(student_groups__in=going_on).exists()
        copies = Course.objects.filter(enterprise=self.school, term=plan.beginning)
        assert copies.count() == plan.counts["courses"]
        assert all(copy.lessons.exists() for copy in copies)
        assert Lesson.objects.filter(course__in=copies).count() == plan.counts["lessons"]
