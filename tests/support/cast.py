"""The fixed cast: Alice runs the school, Bob teaches in it, Charlie runs another school."""

import pytest

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
def charlie(other_school: Enterprise) -> User:
    return create_person(other_school, "charlie", Role.ADMIN)


@pytest.fixture
def olga(db: None) -> User:
    """A platform operator, who has no school."""
    return User.objects.create_operator("olga", "queen-of-hearts")


def create_person(school: Enterprise, user_id: str, role: str) -> User:
    """Someone of a school, as if registered long ago."""
    return User.objects.create(enterprise=school, user_id=user_id, role=role, nickname=user_id.title())
