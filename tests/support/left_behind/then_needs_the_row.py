"""Run by test_isolation.py after first_hangs.py: a test that needs the same row."""

import os
from pathlib import Path

import pytest

from tests.support.left_behind.row import insert_row


@pytest.mark.django_db(transaction=True)
def test_that_needs_the_row(pytestconfig: pytest.Config) -> None:
    insert_row()
    pid = int(Path(pytestconfig.getoption("--basetemp"), "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
