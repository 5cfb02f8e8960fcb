import pytest

from accounts.models import Enterprise, Role, User
from tests.support.cast import create_person


@pytest.fixture
def dina(school: Enterprise) -> User:
    """A student of Alice's school, with contacts."""
    dina = create_person(school, "dina", Role.STUDENT)
    dina.phone_no, dina.e_mail, dina.remote_id = "13812345678", "dina@example.com", "dina"
    dina.save_mirrored(["phone_no", "e_mail", "remote_id"])
    return dina


@pytest.fixture
def sue(school: Enterprise) -> User:
    """The supervisor of Alice's school."""
    return create_person(school, "sue", Role.SUPERVISOR)


@pytest.fixture
def quinn(school: Enterprise) -> User:
    """The superadmin of Alice's school."""
    return create_person(school, "quinn", Role.SUPERADMIN)
