"""What it costs pages that the pooler takes their connection back after each transaction.

`python -m bench.pooling` prints a line per page.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from statistics import median

import pytest
from django.db import connection

from accounts.models import Enterprise, User
from bench.figures import Figure, measure_in_turns
from tests.security.sample_school import build_sample_school
from tests.support.page_client import client_for
from tests.support.pgbouncer import run_pgbouncer

ROUNDS = int(os.environ.get("ROUNDS", "60"))
MOST = 1.1


@contextmanager
def seconds_behind(mode: str) -> Iterator[Callable[[User, str], float]]:
    """Give a function that opens a page in a thread of its own, whose connection leads to a pooler."""
    direct = {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    with run_pgbouncer(mode) as port, ThreadPoolExecutor(max_workers=1) as thread:
        connection.settings_dict.update(HOST="127.0.0.1", PORT=str(port))
        try:
            assert thread.submit(_port).result() == port
        finally:
            connection.settings_dict.update(direct)
        yield lambda reader, path: thread.submit(_seconds, reader, path).result()
        thread.submit(connection.close).result()


def _port() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.port)


def _seconds(reader: User, path: str) -> float:
    client = client_for(reader)
    began = time.perf_counter()
    status = client.get(path).status_code
    seconds = time.perf_counter() - began
    assert status == 200, f"{path} answered {status}"
    return seconds


@pytest.mark.timeout(3600)
@pytest.mark.django_db(transaction=True)
def test_pages_take_as_long_in_transaction_mode(
    school: Enterprise, other_school: Enterprise, olga: User
) -> None:
    sample = build_sample_school(school, other_school, olga)
    alice, lesson = sample.people["admin"], sample.rows["lesson"].pk
    pages = {"home": "/", "lessons": "/lessons/", "lesson": f"/lessons/{lesson}/"}
    pages["register"] = f"/lessons/{lesson}/attendance/"
    missed = []
    with seconds_behind("session") as session, seconds_behind("transaction") as transaction:
        for name, path in pages.items():
            ways = [partial(way, alice, path) for way in (session, transaction)]
            anchor, ours = map(median, measure_in_turns(ROUNDS, *ways))
            shown = f"{1000 * anchor:.1f} ms", f"{1000 * ours:.1f} ms"
            figure = Figure(f"pooling {name}", *shown, ratio=ours / anchor, bar=MOST)
            print(figure, flush=True)
            missed += [] if figure.met else [name]
    assert not missed
