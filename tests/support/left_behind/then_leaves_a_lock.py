"""Run by test_isolation.py: a test that passes, and leaves a connection with a lock."""

import pytest
from psycopg.pq import PGconn

from tests.support import database

left_open: list[PGconn] = []


@pytest.mark.django_db(transaction=True)
def test_that_leaves_a_lock() -> None:
    left_open.append(PGconn.connect(database.own_url().encode()))
    left_open[0].exec_(b"BEGIN")
    assert not left_open[0].exec_(b"LOCK TABLE accounts_enterprise").error_message
