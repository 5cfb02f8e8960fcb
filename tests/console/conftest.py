"""Data folders with real servers of their own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.embedded import places
from console.embedded.binaries import OWN_FOLDER
from console.embedded.places import digest
from tests.support.holders import Holder, ended_within


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the database's user can reach. After the test nothing runs on it."""
    folder = Path(tempfile.mkdtemp(prefix="console-embedded-"))
    folder.chmod(0o711)
    yield folder
    assert ended_within(places(folder), 10), f"something still runs on {folder}"
    shutil.rmtree(folder)
    shutil.rmtree(OWN_FOLDER / digest(folder), ignore_errors=True)


@pytest.fixture
def holder(data: Path) -> Iterator[Callable[..., Holder]]:
    """Start holders of `data`; all are killed after the test."""
    started: list[Holder] = []

    def start(what: str = "db", **options: object) -> Holder:
        started.append(Holder(data, what, **options))
        return started[-1]

    yield start
    for each in started:
        each.kill()
