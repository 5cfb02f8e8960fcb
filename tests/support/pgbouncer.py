"""PgBouncer on loopback in front of the test's database, which it asks over a few connections."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
import pytest
from django.db import connection

from tests.support.programs import find_port

CONFIGURATION = """
[databases]
* = host={host} port={server_port} user={user}
[pgbouncer]
pool_mode = {mode}
default_pool_size = {connections}
max_client_conn = 200
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
"""
#: Connections to the database, for however many clients.
CONNECTIONS = 4


def why_pgbouncer_is_missing() -> str:
    """What keeps it from running, as a sentence; empty where nothing does."""
    missing = "PgBouncer is not installed (on Debian: apt-get install pgbouncer)"
    return "" if shutil.which("pgbouncer", path=_path()) else missing


@pytest.fixture
def pooler() -> Iterator[int]:
    """Its port, in transaction mode."""
    if why_pgbouncer_is_missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why_pgbouncer_is_missing())
    with run_pgbouncer("transaction") as port:
        yield port


@contextmanager
def run_pgbouncer(mode: str) -> Iterator[int]:
    """Start it; its port. It takes every client, and runs as who may ask the database."""
    connection.ensure_connection()
    server, port = connection.connection.info, find_port()
    values = {"mode": mode, "host": server.host, "server_port": server.port, "user": server.user}
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file, tempfile.TemporaryFile("w+") as log:
        file.write(CONFIGURATION.format(**values, connections=CONNECTIONS, port=port))
        file.flush()
        Path(file.name).chmod(0o644)
        command = [str(shutil.which("pgbouncer", path=_path())), file.name]
        process = subprocess.Popen(command, stderr=log, user=_owner(server))
        try:
            _wait(process, port, log)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin"


def _owner(server: psycopg.ConnectionInfo) -> int | None:
    """Who may open the socket of the database; PgBouncer does not run as root."""
    place = Path(server.host) / f".s.PGSQL.{server.port}"
    return place.stat().st_uid if os.geteuid() == 0 and place.exists() else None


def _wait(process: "subprocess.Popen[bytes]", port: int, log: IO[str]) -> None:
    until = time.monotonic() + 20
    while True:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.seek(0) or log.read()
        assert time.monotonic() < until, "PgBouncer does not listen"
        time.sleep(0.05)
