"""Waiting until another connection waits."""

import time

import pytest
from django.db import connection

BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def wait_until_blocked(number: int = 1) -> None:
    """Return once so many connections wait for a lock; a failure where they never do."""
    for _ in range(200):
        time.sleep(0.05)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction looks there once only
            cursor.execute(BLOCKED)
            if cursor.fetchone()[0] >= number:
                return
    pytest.fail("nobody ever came as far as what this transaction holds")
