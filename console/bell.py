"""Ringing the workers' bell: a task that says "look now", at most once a second a process.

The rows are the truth. A silent broker costs seconds, never work: the schedule looks anyway. A message is a
task as Celery's protocol 2 describes it, sent by kombu alone, which is loaded with the first ring: Celery
itself would cost each web process 6 MB.
"""

import logging
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from console.later import Later

kombu = Later("kombu")
exceptions = Later("kombu.exceptions")
log = logging.getLogger(__name__)
QUEUE = "celery"
#: After so many seconds nobody need look any more: the schedule has.
STALE_S = 30
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
        _send(task)
    except failures():
        log.warning("the broker is away; the schedule will run %s", task)


def broker(**options: Any) -> Any:
    """A connection to the broker, opened with its first use."""
    how = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **options}
    patience = how["socket_connect_timeout"]
    return kombu.Connection(settings.CELERY_BROKER_URL, transport_options=how, connect_timeout=patience)


def failures() -> tuple[type[Exception], ...]:
    """What a broker that is away raises, whichever it is."""
    line = broker()
    return (exceptions.OperationalError, OSError, *line.connection_errors, *line.channel_errors)


def _send(task: str) -> None:
    number = str(uuid4())
    headers = {
        "lang": "py",
        "task": task,
        "id": number,
        "root_id": number,
        "parent_id": None,
        "group": None,
        "retries": 0,
        "eta": None,
        "expires": (timezone.now() + timedelta(seconds=STALE_S)).isoformat(),
        "timelimit": [None, None],
        "ignore_result": True,
    }
    nothing_follows = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    queue = kombu.Queue(QUEUE, kombu.Exchange(QUEUE), routing_key=QUEUE)
    with kombu.producers[broker()].acquire(block=True) as producer:
        producer.publish(
            ((), {}, nothing_follows),
            serializer="json",
            exchange="",
            routing_key=QUEUE,
            declare=[queue],
            headers=headers,
            correlation_id=number,
        )
