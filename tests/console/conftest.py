"""Data folders with real servers of their own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.embedded import data_paths
from console.embedded.binaries import OWN_FOLDER
from console.embedded.paths import path_digest
from tests.support.server_holders import ServerHolder, wait_until_ended


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the database's user can reach. After the test nothing runs on it."""
    folder = Path(tempfile.mkdtemp(prefix="console-embedded-"))
    folder.chmod(0o711)
    yield folder
    assert wait_until_ended(data_paths(folder), 10), f"something still runs on {folder}"
    shutil.rmtree(folder)
    shutil.rmtree(OWN_FOLDER / path_digest(folder), ignore_errors=True)


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
