"""A student and her mother, and a clock that can be moved."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from accounts.models import Enterprise, Guardian, Role, User
from tests.accounts.sign_in.sign_in_helpers import NOW
from tests.support.cast import create_person
from tests.support.guardians import create_guardian


@pytest.fixture
def clock() -> Iterator[Any]:
    """Ten in the morning, standing still until it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def dina(school: Enterprise) -> User:
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def eddie(school: Enterprise) -> User:
    """Dina's brother."""
    return create_person(school, "eddie", Role.STUDENT)


@pytest.fixture
def ada(dina: User) -> Guardian:
    return create_guardian(dina)
