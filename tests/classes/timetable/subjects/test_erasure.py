"""An erased person is no teacher of a subject any more."""

import pytest

from accounts.people.erasure import erase_person

pytestmark = pytest.mark.django_db


def test_an_erased_person_leaves_the_subjects(alice, bob, maths):
    maths.teachers.add(alice, bob)
    assert erase_person(person=bob, by=alice, reason="asked")["subjects"] == 1
    assert list(maths.teachers.all()) == [alice]
