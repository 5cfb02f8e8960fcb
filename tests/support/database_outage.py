"""The database gone away or hanging for a while, for this process alone."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator

from django.db import connection


@contextlib.contextmanager
def database_unreachable() -> Iterator[None]:
    """No server answers any more: connections that are open break, new ones are refused."""
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.settings_dict["OPTIONS"] = {**options, "port": "1"}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = options


@contextlib.contextmanager
def database_hangs() -> Iterator[None]:
    """The server's end of our open connection stands still: it takes what we say, and answers nothing."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid = cursor.fetchone()[0]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def database_silent() -> Iterator[None]:
    """Who connects anew is let in, and hears nothing."""
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        deaf = {"host": "127.0.0.1", "port": str(silent.getsockname()[1]), "connect_timeout": 2}
        connection.settings_dict["OPTIONS"] = {**options, **deaf}
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["OPTIONS"] = options
