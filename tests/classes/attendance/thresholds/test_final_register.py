"""A register that becomes final by a look at its history raises the warnings of its lesson."""

import pytest

from classes.models import AttendanceWarning, ThresholdRule
from tests.classes.attendance.test_forged_callbacks import final, running

__all__ = ["final", "running"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one_absence(alice):
    return ThresholdRule.objects.create(
        enterprise=alice.enterprise, kind="absences", number=1, created_by=alice
    )


def test_who_was_absent_is_warned_of_with_this_lesson(one_absence, running, final):
    (warning,) = AttendanceWarning.objects.all()
    assert warning.person.user_id == "hare"
    assert [mark["lesson"] for mark in warning.marks] == [final.pk]
