"""Lessons that are changed together."""

from datetime import timedelta

import pytest

from accounts.models import Role
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person

DAY = timedelta(days=1)


@pytest.fixture
def lessons(bob, kids):
    """Three lessons of Bob's on the next days, with Kid1 and Kid2."""
    made = [
        create_planned_lesson(bob, place * DAY, conflict_allowed=False, conflict_reason="")
        for place in (1, 2, 3)
    ]
    for one in made:
        add_members(one, *kids[:2])
    return made


@pytest.fixture
def carol(school):
    return create_person(school, "carol", Role.TEACHER)
