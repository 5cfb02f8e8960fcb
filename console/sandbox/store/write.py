"""The one way to write: one writer at a time in this process, one transaction a request."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

_writer = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """Hold the pen. SQLite has one writer; queueing here is fair and never says "database is locked"."""
    with _writer, transaction.atomic():
        yield
