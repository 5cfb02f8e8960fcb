"""Two or more people at once: threads with connections of their own, and a second who waits for the first."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


class CallOutcome:
    """What an act in a thread of its own came to: `value`, or the `error` that it raised."""

    def __init__(self, act: Callable[[], Any], start: threading.Barrier | None = None) -> None:
        self.value: Any = None
        self.error: Exception | None = None
        self._act, self._start, self._language = act, start, translation.get_language()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            if self._start is not None:
                self._start.wait(timeout=60)
            with translation.override(self._language):
                self.value = self._act()
        except Exception as error:
            self.error = error
        finally:
            connection.close()


def call_concurrently(*acts: Callable[[], Any]) -> list[CallOutcome]:
    """Do all of these in the same moment; how each ended."""
    start = threading.Barrier(len(acts))
    outcomes = [CallOutcome(act, start) for act in acts]
    for one in outcomes:
        one.thread.join(timeout=60)
        assert not one.thread.is_alive(), "an act never ended"
    return outcomes


def call_while_other_waits(first: Callable[[], Any], second: Callable[[], Any]) -> CallOutcome:
    """The first acts and commits once the second waits for it, or has ended; how the second ended."""
    with transaction.atomic():
        first()
        outcome = CallOutcome(second)
        for _ in range(400):
            if not outcome.thread.is_alive() or _somebody_waits():
                break
            time.sleep(0.025)
        else:
            pytest.fail("the second neither waited nor ended")
    outcome.thread.join(timeout=60)
    assert not outcome.thread.is_alive(), "the second never ended"
    return outcome


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction looks there once only
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
