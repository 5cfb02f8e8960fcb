"""People who can sign in, and a clock that can be moved."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from accounts.models import User
from tests.accounts.sign_in.sign_in_helpers import NOW, PASSWORD


@pytest.fixture
def clock() -> Iterator[Any]:
    """Ten in the morning, standing still until it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alice(alice: User) -> User:
    return _with_password(alice)


@pytest.fixture
def bob(bob: User) -> User:
    return _with_password(bob)


@pytest.fixture
def charlie(charlie: User) -> User:
    return _with_password(charlie)


@pytest.fixture
def strict(settings: Any) -> None:
    """As where the console is used for real."""
    settings.REQUIRE_TWO_FACTOR = True


def _with_password(person: User) -> User:
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


@pytest.fixture
def https(settings: Any) -> None:
    """An address at which browsers offer passkeys."""
    settings.PUBLIC_URL = "https://console.example.edu"
