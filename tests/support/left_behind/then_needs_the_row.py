"""Run by test_isolation.py after first_hangs.py: a test that needs the same row."""

import os

import pytest

from tests.support.left_behind.row import insert_row


@pytest.mark.django_db(transaction=True)
def test_that_needs_the_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    insert_row()
    pid = int((tmp_path_factory.getbasetemp() / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
