"""The fixed cast: Alice runs the school, Bob and Tom teach in it, Dina learns there, Charlie runs another
school."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import Enterprise, Role, User

TIC_KEY = "DzXpbluRsmo1JkoFxzKMNg5ifrA4GRlU"


@pytest.fixture
def school(db: None) -> Enterprise:
    return Enterprise.objects.create(name="Wonderland", sdkappid=1400000001, tic_key=TIC_KEY)


@pytest.fixture
def other_school(db: None) -> Enterprise:
    return Enterprise.objects.create(name="Looking-Glass", sdkappid=1400000002, tic_key=TIC_KEY[::-1])


@pytest.fixture
def alice(school: Enterprise) -> User:
    return create_person(school, "alice", Role.ADMIN)


@pytest.fixture
def bob(school: Enterprise) -> User:
    return create_person(school, "bob", Role.TEACHER)


@pytest.fixture
def tom(school: Enterprise) -> User:
    return create_person(school, "tom", Role.TEACHER)


@pytest.fixture
def dina(school: Enterprise) -> User:
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def charlie(other_school: Enterprise) -> User:
    return create_person(other_school, "charlie", Role.ADMIN)


@pytest.fixture
def olga(db: None) -> User:
    """A platform operator, who has no school."""
    return User.objects.create_operator("olga", "queen-of-hearts")


@pytest.fixture
def noon() -> Iterator[None]:
    """Noon of 24 November 2026 in China, four in the morning in UTC; the clock stands still."""
    with time_machine.travel("2026-11-24 04:00:00+00:00", tick=False):
        yield


def create_person(school: Enterprise, user_id: str, role: str) -> User:
    """Someone of a school, as if registered long ago."""
    return User.objects.create(enterprise=school, user_id=user_id, role=role, nickname=user_id.title())
