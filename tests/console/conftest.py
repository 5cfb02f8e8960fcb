"""Data folders with real servers of their own."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.embedded import data_paths
from tests.support.server_holders import ServerHolder, console_data_folder, wait_until_ended


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the database's user can reach. After the test nothing runs on it."""
    with console_data_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def ran_once() -> Iterator[Path]:
    """The folder of a database that ran once, to copy: making one takes seconds."""
    with console_data_folder() as folder:
        first = ServerHolder(folder, "d")
        database = first.ready()
        first.kill()
        assert wait_until_ended(data_paths(folder), 5)
        yield database


@pytest.fixture
def made(data: Path, ran_once: Path) -> Path:
    """A database that ran once, in `data`; its folder."""
    copy = data / ran_once.name
    subprocess.run(["cp", "-a", str(ran_once), str(copy)], check=True)
    return copy


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
