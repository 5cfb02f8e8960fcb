"""The cast of the lists: a student with contacts and a supervisor, besides those who run schools."""

import pytest

from accounts.models import Enterprise, Role, User
from tests.support.cast import create_person


@pytest.fixture
def dina(school: Enterprise) -> User:
    dina = create_person(school, "dina", Role.STUDENT)
    dina.phone_no, dina.e_mail = "13812345678", "dina@example.com"
    dina.save(update_fields=["phone_no", "e_mail"])
    return dina


@pytest.fixture
def sue(school: Enterprise) -> User:
    return create_person(school, "sue", Role.SUPERVISOR)
