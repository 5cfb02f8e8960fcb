"""Run by test_isolation.py: a test that holds a row and hangs, with a process of its own."""

import os

import pytest
from django.db import connection

from tests.support.left_behind.row import insert_row


@pytest.mark.django_db
def test_that_makes_the_database() -> None:
    """And the first row, so that neither counts to the time of the next one."""
    insert_row()


@pytest.mark.timeout(2)
@pytest.mark.django_db
def test_that_hangs(tmp_path_factory: pytest.TempPathFactory) -> None:
    pid = os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "600")
    (tmp_path_factory.getbasetemp() / "pid").write_text(str(pid))
    insert_row()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_sleep(600)")
