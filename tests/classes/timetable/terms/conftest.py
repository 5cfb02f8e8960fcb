"""A course on Tuesdays and Thursdays, and a holiday that is added after it."""

from datetime import date, datetime

import pytest

from classes.models import Holiday
from classes.timetable.courses.planning import plan_course
from tests.classes.timetable.terms.holiday_decisions import RULE


@pytest.fixture
def course(alice, bob):
    first = datetime(2027, 3, 2, 10)
    return plan_course(
        title="Croquet", teacher=bob, by=alice, starts_local=first, duration_minutes=45, rrule=RULE
    )


@pytest.fixture
def holiday(school):
    return Holiday.objects.create(
        enterprise=school, name="Spring", starts_on=date(2027, 3, 9), ends_on=date(2027, 3, 11)
    )
