"""The fault harness: docs/faults.md. Its parts (sizes, goals, forge, oracle, intents) say how at the top."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Enterprise, User
from tests.faults.intents import IntentContext
from tests.faults.oracle import Oracle
from tests.faults.processes import ForkRunner
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
def session_fork_runner(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ForkRunner]:
    forge = ForkRunner(tmp_path_factory.mktemp("forge") / "children.log")
    yield forge
    forge.close()


@pytest.fixture
def forge(session_fork_runner: ForkRunner, transactional_db: None, settings: Any) -> ForkRunner:
    """Where processes come from that are to be killed; the database is emptied afterwards."""
    return session_fork_runner


@pytest.fixture
def world(connected: Enterprise, alice: User, bob: User) -> IntentContext:
    """Alice's school, where wishes are uttered."""
    return IntentContext(connected, alice, bob)


@pytest.fixture
def oracle(iclass: Sandbox) -> Oracle:
    """Judges what happened from here on."""
    return Oracle(iclass)
