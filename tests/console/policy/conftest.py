import pytest

from accounts.models import Enterprise, Role, User
from tests.support.cast import create_person


@pytest.fixture
def sue(school: Enterprise) -> User:
    """The supervisor of Alice's school."""
    return create_person(school, "sue", Role.SUPERVISOR)
