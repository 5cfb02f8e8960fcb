"""A group and its future students."""

import pytest

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import save_group
from tests.support.cast import create_person


@pytest.fixture
def students(school: Enterprise) -> list[User]:
    made = [create_person(school, f"student-{n}", Role.STUDENT) for n in range(3)]
    User.objects.filter(pk__in=[one.pk for one in made]).update(remote_id="known")
    for one in made:
        one.refresh_from_db()
    return made


@pytest.fixture
def croquet(school: Enterprise, alice: User, dina: User) -> StudentGroup:
    return save_group(group=StudentGroup(enterprise=school, name="Croquet"), students=[dina], by=alice)
