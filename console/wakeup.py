"""Waking the workers: a task message that starts a task now, at most once a second per process.

The rows are the queue. An unavailable broker costs seconds, never work, because the schedule runs the task
anyway. The message follows version 2 of Celery's protocol and is sent by kombu alone, which is imported at
first use: Celery itself would cost each web process 6 MB.
"""

import logging
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from console.lazy_import import LazyModule

kombu = LazyModule("kombu")
exceptions = LazyModule("kombu.exceptions")
log = logging.getLogger(__name__)
#: The queue of every task that CELERY_TASK_ROUTES does not name.
QUEUE = "celery"
#: In seconds. Older messages are dropped: by then the schedule has run the task.
MESSAGE_EXPIRES_S = 30
_lock = threading.Lock()
_last_sent: dict[str, float] = {}


def wake_worker(task: str) -> None:
    """Ask a worker to run `task` (its name) now."""
    with _lock:
        now = time.monotonic()
        if now - _last_sent.get(task, 0.0) < 1:
            return
        _last_sent[task] = now
    try:
        _publish(task)
    except broker_errors():
        log.warning("the broker is away; the schedule will run %s", task)


def broker_connection(**options: Any) -> Any:
    """Return a connection to the broker, which opens at first use. Refused, it tries once more at once."""
    transport = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 1, "interval_start": 0, **options}
    timeout = transport["socket_connect_timeout"]
    return kombu.Connection(settings.CELERY_BROKER_URL, transport_options=transport, connect_timeout=timeout)


def broker_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions raised by an unavailable broker, for the configured transport."""
    connection = broker_connection()
    return (exceptions.OperationalError, OSError, *connection.connection_errors, *connection.channel_errors)


def _publish(task: str) -> None:
    task_id = str(uuid4())
    headers = {
        "lang": "py",
        "task": task,
        "id": task_id,
        "root_id": task_id,
        "parent_id": None,
        "group": None,
        "retries": 0,
        "eta": None,
        "expires": (timezone.now() + timedelta(seconds=MESSAGE_EXPIRES_S)).isoformat(),
        "timelimit": [None, None],
        "ignore_result": True,
    }
    no_callbacks = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    name = settings.CELERY_TASK_ROUTES.get(task, {}).get("queue", QUEUE)
    queue = kombu.Queue(name, kombu.Exchange(name), routing_key=name)
    with kombu.producers[broker_connection()].acquire(block=True) as producer:
        producer.publish(
            ((), {}, no_callbacks),
            serializer="json",
            exchange="",
            routing_key=name,
            declare=[queue],
            headers=headers,
            correlation_id=task_id,
        )
