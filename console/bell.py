"""Ringing Celery's bell: a task that says "look now", at most once a second a process.

The rows are the truth. A silent broker costs seconds, never work: the schedule looks anyway.
"""

import logging
import threading
import time

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
_lock = threading.Lock()
_rung: dict[str, float] = {}


def ring(task: str) -> None:
    """Ask a worker to run `task` (its name) now."""
    with _lock:
        now = time.monotonic()
        if now - _rung.get(task, 0.0) < 1:
            return
        _rung[task] = now
    try:
        current_app.send_task(task, expires=30)
    except (OperationalError, OSError):
        log.warning("the broker is away; the schedule will run %s", task)
