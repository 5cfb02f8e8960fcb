"""Data folders with real servers of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.server_holders import ServerHolder, console_data_folder


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the database's user can reach. After the test nothing runs on it."""
    with console_data_folder() as folder:
        yield folder


@pytest.fixture
def holder(data: Path) -> Iterator[Callable[..., ServerHolder]]:
    """Start holders of `data`; all are killed after the test."""
    started: list[ServerHolder] = []

    def start(what: str = "db", **options: object) -> ServerHolder:
        started.append(ServerHolder(data, what, **options))
        return started[-1]

    yield start
    for each in started:
        each.kill()
