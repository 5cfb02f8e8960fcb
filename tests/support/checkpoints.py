"""The folder of the audit checkpoints of a test."""

import itertools
from typing import Any

import pytest

from tests.support.environment import WORKER, data_folder

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def checkpoint_folder(settings: Any) -> None:
    """One for each test: files outlive it, and another test's school may have the same number."""
    settings.AUDIT_CHECKPOINT_DIR = data_folder() / "checkpoints" / f"{WORKER or 'main'}-{next(_numbers)}"
