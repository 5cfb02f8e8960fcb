"""The fault harness: docs/faults.md. Its parts (sizes, goals, forge, oracle, intents) say how at the top."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Enterprise, User
from tests.faults.forge import Forge
from tests.faults.intents import World
from tests.faults.oracle import Oracle
from tests.faults.sizes import FULL, FULL_TIMEOUT_S
from tests.support.sandbox import Sandbox

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here bears the mark; the full sizes take their time."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("faults")
            if FULL:
                item.add_marker(pytest.mark.timeout(FULL_TIMEOUT_S), append=False)


@pytest.fixture(scope="session")
def one_forge(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    forge = Forge(tmp_path_factory.mktemp("forge") / "children.log")
    yield forge
    forge.close()


@pytest.fixture
def forge(one_forge: Forge, transactional_db: None, settings: Any) -> Forge:
    """Where processes come from that are to be killed; the database is emptied afterwards."""
    return one_forge


@pytest.fixture
def world(connected: Enterprise, alice: User, bob: User) -> World:
    """Alice's school, where wishes are uttered."""
    return World(connected, alice, bob)


@pytest.fixture
def oracle(iclass: Sandbox) -> Oracle:
    """Judges what happened from here on."""
    return Oracle(iclass)
