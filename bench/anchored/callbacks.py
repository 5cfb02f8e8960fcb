"""Callbacks received, verified, stored and acknowledged, against a bare Django view with one insert.

All are served by gunicorn (2 processes, 8 threads each) over 16 keep-alive connections, and store into the
same PostgreSQL. The console as deployed, on granian, is measured as well.
"""

import cProfile
import hashlib
import hmac
import io
import itertools
import json
import os
import pstats
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psutil
import psycopg
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import Client

from accounts.models import Enterprise
from bench import extras, planting
from bench.blast import blast, request
from bench.figures import ROOT, Figure, report
from console.iclass import sign
from console.run import GRANIAN_ARGUMENTS

RATE_BAR, CPU_BAR, STRIPE_BAR = 0.6, 2.6, 4.0
#: A part of a file's path → the package that it belongs to.
PACKAGES = {
    "rest_framework": "REST framework",
    "django/db": "Django's database layer",
    "psycopg": "psycopg and waiting for PostgreSQL",
    "site-packages/django": "Django's handler and middleware",
    "/console/": "the console",
    "structlog": "structlog",
}
TABLE = "CREATE TABLE IF NOT EXISTS bench_bare (id bigserial PRIMARY KEY, body jsonb, at timestamptz)"
_number = itertools.count(1)


@dataclass
class Web:
    """A running server; `rates` in requests a second, `costs` in CPU seconds per request."""

    port: int
    process: subprocess.Popen[bytes]
    rates: list[float]
    costs: list[float]

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def cost(self) -> float:
        return statistics.median(self.costs)

    def take(self, requests: list[bytes], *, counts: bool) -> None:
        before, took = self._cpu(), blast(self.port, requests)
        if counts:
            self.rates.append(len(requests) / took)
            self.costs.append((self._cpu() - before) / len(requests))

    def _cpu(self) -> float:
        top = psutil.Process(self.process.pid)
        times = [process.cpu_times() for process in [top, *top.children(recursive=True)]]
        return float(sum(cpu.user + cpu.system for cpu in times))


def gunicorn(application: str, port: int) -> list[str]:
    shape = ["-k", "gthread", "-w", "2", "--threads", "8", "--keep-alive", "75", "--log-level", "error"]
    return [sys.executable, "-m", "gunicorn", *shape, "-b", f"127.0.0.1:{port}", application]


def granian(application: str, port: int) -> list[str]:
    place = ["--workers", "2", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    return [sys.executable, "-m", "granian", *GRANIAN_ARGUMENTS, *place, application]


@contextmanager
def served(command: list[str], port: int, **more: str) -> Iterator[Web]:
    """Run the server during the block; RuntimeError if it does not start."""
    packages = os.pathsep.join([str(extras.folder()), str(ROOT)])
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": packages, **more})
    try:
        until = time.monotonic() + 60
        while not listens(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[2]} did not start")
            time.sleep(0.1)
        yield Web(port, process, [], [])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signed_path(school: Enterprise, life_s: int = 3600) -> str:
    """Return the callback path of a school, signed for so long."""
    expires = int(time.time()) + life_s
    query = f"sdkappid={school.sdkappid}&random=1&expire_time={expires}&sign={sign(planting.KEY, expires)}"
    return f"/callbacks/iclass/{school.callback_token}/?{query}"


def event() -> bytes:
    """Return a new event."""
    return event_of(100_001)


def event_of(class_id: int) -> bytes:
    """Return a new event of a class."""
    number = next(_number)
    data = {
        "class_id": class_id,
        "user_id": f"s{number}",
        "role": "student",
        "join_time": 1_790_000_000 + number,
    }
    return json.dumps({"event": "join_class", "data": data}).encode()


def stripe_event() -> bytes:
    number = next(_number)
    inner = {"object": {"object": "balance", "livemode": False, "available": [{"amount": number}]}}
    about = {
        "id": f"evt_{number}",
        "object": "event",
        "type": "balance.available",
        "api_version": "2020-08-27",
    }
    return json.dumps({**about, "livemode": False, "created": 1_790_000_000, "data": inner}).encode()


def stripe_request(path: str) -> bytes:
    now, body = int(time.time()), stripe_event()
    signature = hmac.new(b"whsec_of_the_bench", f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return request(path, body, Stripe_Signature=f"t={now},v1={signature}")


def stripe_place() -> tuple[str, str]:
    """Return the database URL of dj-stripe and the path of its endpoint."""
    url = settings.DATABASES["default"]
    place = psycopg.conninfo.make_conninfo(host=url["HOST"] or url["OPTIONS"].get("host"), user=url["USER"])
    with psycopg.connect(f"{place} dbname=postgres", autocommit=True) as maintenance:
        maintenance.execute("create database stripe")
    database = database_url().replace("/console?", "/stripe?")
    packages = os.pathsep.join([str(extras.folder()), str(ROOT)])
    prepared = subprocess.run(
        [sys.executable, "-m", "bench.webs.stripe"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": packages, "DATABASE_URL": database},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return database, prepared.stdout.strip().splitlines()[-1]


def queries(path: str, body: bytes) -> int:
    """Return the statements for one callback on an open connection, including its health check."""
    asked = 0
    database: Any = connections[DEFAULT_DB_ALIAS]

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*arguments)

    database.health_check_enabled, database.health_check_done = True, False
    database.is_usable = lambda: count(partial(type(database).is_usable, database))
    try:
        with database.execute_wrapper(count):
            answer = Client(SERVER_NAME="127.0.0.1").post(path, body, content_type="application/json")
    finally:
        del database.is_usable
    if answer.status_code != 200:
        raise RuntimeError(answer.content.decode())
    return asked


def where(path: str, many: int) -> str:
    """Return the distribution of CPU time of a callback by package, from a profile of this process."""
    serve: Any = get_wsgi_application()
    profile = cProfile.Profile()
    address, _, query = path.partition("?")
    for number in range(many):
        body = event()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        }
        if number == many // 10:
            profile.enable()
        b"".join(serve(environ, lambda *arguments: None))
    profile.disable()
    spent: Counter[str] = Counter()
    figures: Any = pstats.Stats(profile)
    for (file, _, _), timings in figures.stats.items():
        found = (name for part, name in PACKAGES.items() if part in file)
        spent[next(found, "Python")] += timings[2]
    whole = sum(spent.values())
    return ", ".join(f"{name} {share / whole:.0%}" for name, share in spent.most_common())


def measure(quick: bool) -> int:
    many, rounds = (50, 1) if quick else (800, 5)
    path = signed_path(planting.create_school(1))
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    first, body = queries(path, event()), event()
    fresh, repeat = queries(path, body), queries(path, body)
    database, stripe_path = stripe_place()
    ports = [free_port() for _ in range(5)]
    with ExitStack() as up:
        bare = up.enter_context(
            served(gunicorn("bench.webs.bare:application", ports[0]), ports[0], DATABASE_URL=database_url())
        )
        ours = up.enter_context(served(gunicorn("console.wsgi:application", ports[1]), ports[1]))
        deployed = up.enter_context(served(granian("console.asgi:application", ports[2]), ports[2]))
        stripe = up.enter_context(
            served(gunicorn("bench.webs.stripe:application()", ports[3]), ports[3], DATABASE_URL=database)
        )
        leanest = gunicorn("bench.webs.stripe:application(least=True)", ports[4])
        least = up.enter_context(served(leanest, ports[4], DATABASE_URL=database))
        for turn in range(rounds + 1):
            bare.take([request("/", event()) for _ in range(many)], counts=turn > 0)
            ours.take([request(path, event()) for _ in range(many)], counts=turn > 0)
            deployed.take([request(path, event()) for _ in range(many)], counts=turn > 0)
            stripe.take([stripe_request(stripe_path) for _ in range(many // 3)], counts=turn > 0)
            least.take([stripe_request(stripe_path) for _ in range(many // 3)], counts=turn > 0)
    notes = [
        f"Where the time of a callback goes in the console: {where(path, 50 if quick else 1000)}.",
        "dj-stripe without middleware, and with its event left to another process: "
        f"{least.rate:.0f}/s; ours is {ours.rate / least.rate:.2f}× of it on gunicorn, "
        f"{deployed.rate / least.rate:.2f}× on granian.",
    ]
    return report(
        "callbacks", _figures(bare, ours, deployed, stripe, (first, fresh, repeat)), notes, keep=not quick
    )


def database_url() -> str:
    """Return the URL of the console's database."""
    config = settings.DATABASES["default"]
    host = config["OPTIONS"].get("host") or config["HOST"]
    return f"postgresql://{config['USER']}@/{config['NAME']}?host={host}"


def _figures(bare: Web, ours: Web, deployed: Web, stripe: Web, asked: tuple[int, int, int]) -> list[Figure]:
    rate, cost = f"{bare.rate:.0f}/s", f"{bare.cost * 1e6:.0f} µs"
    return [
        Figure("rate, gunicorn", rate, f"{ours.rate:.0f}/s", ours.rate / bare.rate, RATE_BAR, True),
        Figure(
            "rate, granian as deployed",
            rate,
            f"{deployed.rate:.0f}/s",
            deployed.rate / bare.rate,
            RATE_BAR,
            True,
        ),
        Figure(
            "processor a callback, gunicorn",
            cost,
            f"{ours.cost * 1e6:.0f} µs",
            ours.cost / bare.cost,
            CPU_BAR,
        ),
        Figure(
            "processor a callback, granian",
            cost,
            f"{deployed.cost * 1e6:.0f} µs",
            deployed.cost / bare.cost,
            CPU_BAR,
        ),
        Figure(
            "rate against dj-stripe",
            f"{stripe.rate:.0f}/s",
            f"{ours.rate:.0f}/s",
            ours.rate / stripe.rate,
            STRIPE_BAR,
            True,
        ),
        Figure(
            "rate against dj-stripe, ours as deployed",
            f"{stripe.rate:.0f}/s",
            f"{deployed.rate:.0f}/s",
            deployed.rate / stripe.rate,
            STRIPE_BAR,
            True,
        ),
        Figure("queries, the school not yet known", "–", str(asked[0]), asked[0], 3, sign=""),
        Figure("queries", "–", str(asked[1]), asked[1], 3, sign=""),
        Figure("queries of a repeat", "–", str(asked[2]), asked[2], 2, sign=""),
    ]
