"""Whatever a school has planned, a proposal has no conflict."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Enterprise, Role, User
from classes.conflicts.detection import TimeSlot, build_booking_request, find_conflicts
from classes.timetable.make_up.times import propose_times
from tests.classes.factories import add_members
from tests.classes.timetable.make_up.conftest import lesson_at, moment
from tests.faults.sizes import size
from tests.support.cast import TIC_KEY, create_person


def plan_at_random(chance: random.Random, number: int, teachers: list[User], others: list[User]) -> None:
    """Lessons around today, short and long, some cancelled, with a few of the others in each."""
    for _ in range(number):
        starts_at = moment(chance.randrange(-10, 29), chance.randrange(8, 18), 15 * chance.randrange(4))
        lesson = lesson_at(
            chance.choice(teachers),
            starts_at,
            ends_at=starts_at + timedelta(minutes=chance.choice((30, 45, 120, 600))),
            conflict_allowed=True,
            conflict_reason="Many at once, on purpose.",
            cancelled_at=timezone.now() if chance.random() < 0.2 else None,
        )
        add_members(lesson, *chance.sample(others, chance.randrange(4)))


@pytest.mark.faults
class TestProposals(TestCase):
    @settings(max_examples=size(full=25, ci=8))
    @given(seed=st.integers(0, 2**32), number=st.integers(0, 60))
    def test_a_proposal_never_has_a_conflict(self, seed: int, number: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - a plan, not a secret
        school = Enterprise.objects.create(name="Wonderland", sdkappid=1400000009, tic_key=TIC_KEY)
        with timezone.override(school.tz):
            teachers = [create_person(school, f"t{n}", Role.TEACHER) for n in range(3)]
            helpers = [create_person(school, f"a{n}", Role.ASSISTANT) for n in range(2)]
            kids = [create_person(school, f"k{n}", Role.STUDENT) for n in range(5)]
            plan_at_random(chance, number, teachers, [*helpers, *kids])
            wanted = lesson_at(teachers[0], moment(-3, chance.randrange(8, 18)), cancelled_at=timezone.now())
            add_members(wanted, helpers[0], *chance.sample(kids, 3))
            times = propose_times(wanted)
            request = build_booking_request(wanted)
            free = [TimeSlot(one.starts_at, one.ends_at) for one in times.free]
            assert find_conflicts(replace(request, slots=free)) == []
            for one in times.taken:
                taken = TimeSlot(one.starts_at, one.ends_at)
                assert find_conflicts(replace(request, slots=[taken]))
            assert all(one.starts_at > timezone.now() for one in times.free)
