"""Database of the service, with one writer at a time and one transaction per request."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

_writer = threading.RLock()


@contextmanager
def write_transaction() -> Iterator[None]:
    """Hold the write lock. SQLite has one writer; queueing here is fair and avoids "database is locked"."""
    with _writer, transaction.atomic():
        yield
