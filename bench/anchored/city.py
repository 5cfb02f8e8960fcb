"""The run of `bench/city.py` in its environment: processes, callbacks, clicks, and the age of the data."""

import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from http.client import HTTPConnection, HTTPException, RemoteDisconnected

from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from bench import planting
from bench.anchored.callbacks import event_of, free_port, granian, listens, signed_path
from bench.anchored.processors import Spent
from bench.figures import ROOT, SEED, Figure, report
from bench.service import SIZE, SPAN
from classes.models import Lesson

SCHOOLS, PEOPLE, THINK_S, GOAL, BAR_S = 200, 200, 20.0, 5_000, 60.0
#: Everybody enters and leaves once an hour.
CALLBACKS_S = 2 * SIZE / 3600
PAGES = ("/", "/live/", "/lessons/", "/people/", "/timetable/")
AGES = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY age),
    percentile_cont(0.95) WITHIN GROUP (ORDER BY age)
FROM (SELECT extract(epoch FROM now() - coalesce(looked_at, %s))::float AS age FROM classes_lesson
      WHERE status = 'ing' AND look_at IS NOT NULL) ages
"""

FIRST_LOOKS = "SELECT count(*) FROM classes_lesson WHERE look_at IS NOT NULL AND looked_at <= %s"
MOST_WAIT_S = 300.0


class Traffic:
    """Threads that send requests until stopped, each at its own rate; records response times."""

    def __init__(self) -> None:
        self.over, self.took, self.failed = threading.Event(), list[float](), Counter[str]()
        self.threads: list[threading.Thread] = []

    def start(self, port: int, ask: Callable[[HTTPConnection], int], every_s: float) -> None:
        thread = threading.Thread(target=self._run, args=(port, ask, every_s), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _run(self, port: int, ask: Callable[[HTTPConnection], int], every_s: float) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        rng = random.Random(SEED + len(self.threads))
        while not self.over.wait(rng.uniform(0, 2 * every_s)):
            began = time.perf_counter()
            outcome = self._outcome(ask, connection)
            if outcome != "200":
                self.failed[outcome] += 1
            self.took.append(time.perf_counter() - began)
        connection.close()

    def _outcome(self, ask: Callable[[HTTPConnection], int], connection: HTTPConnection) -> str:
        """Return the status, or the error; retry once, as a server may close an idle connection."""
        for last in (False, True):
            try:
                return str(ask(connection))
            except (OSError, HTTPException) as error:
                connection.close()
                if last or not isinstance(error, RemoteDisconnected):
                    return type(error).__name__
        raise AssertionError

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(90)

    def p95(self) -> float:
        return sorted(self.took)[int(len(self.took) * 0.95)] if self.took else 0.0


def create_schools(lessons: int, began: int) -> list[Enterprise]:
    """Create the schools, with equal numbers of live lessons, and an administrator in each."""
    schools = [planting.create_school(number) for number in range(1, SCHOOLS + 1)]
    for number, school in enumerate(schools, 1):
        planting.create_live_lessons(school, number, lessons // SCHOOLS, began)
        User.objects.create(enterprise=school, user_id="admin", role=Role.ADMIN, nickname="Admin")
    planting.analyze()
    return schools


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def worker() -> list[str]:
    shape = ["--without-mingle", "--without-gossip", "--concurrency", "2", "-B"]
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    return [sys.executable, *quiet, "-m", "celery", "-q", "-A", "console", "worker", *shape]


def clicks(school: Enterprise) -> Callable[[HTTPConnection], int]:
    """Return a function that requests pages as one person."""
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(User.objects.get(enterprise=school, user_id="admin"))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    turn = iter(random.Random(school.pk).choices(PAGES, k=100_000))

    def ask(connection: HTTPConnection) -> int:
        connection.request("GET", next(turn), headers={"Cookie": cookie, "Host": "127.0.0.1"})
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return ask


def calls_back(schools: list[Enterprise], live: list[int]) -> Callable[[HTTPConnection], int]:
    """Return a function that reports an entry into one of the lessons that are live at this level."""
    paths = {number: signed_path(school, 86_400) for number, school in enumerate(schools, 1)}
    rng = random.Random(SEED)

    def ask(connection: HTTPConnection) -> int:
        class_id = rng.choice(live)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", paths[class_id // SPAN], event_of(class_id), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return ask


Ask = Callable[[HTTPConnection], int]


def level(
    port: int, people_ask: list[Ask], service_asks: Ask, live: list[int], lessons: int, minutes: float
) -> tuple[list[float], float, str]:
    """Run a level: so many live lessons for so long. Return p95 of the age at each sample, polls a second,
    and a summary of the rest."""
    rows = list(Lesson.objects.order_by("remote_id").values_list("pk", "remote_id"))
    chosen, numbers = zip(*random.Random(SEED).sample(rows, lessons), strict=True)
    live[:] = map(int, numbers)
    Lesson.objects.update(look_at=None)
    began = timezone.now()
    Lesson.objects.filter(pk__in=chosen).update(look_at=began, looked_at=began)
    people, service = Traffic(), Traffic()
    for ask in people_ask:
        people.start(port, ask, THINK_S)
    for _ in range(8):
        service.start(port, service_asks, 8 / max(lessons * CALLBACKS_S, 0.1))
    first = _until_each_was_looked_at(began)
    before, started, spent = _fences(), time.monotonic(), Spent()
    ages = []
    while time.monotonic() - started < minutes * 60:
        time.sleep(5)
        with connection.cursor() as cursor:
            cursor.execute(AGES, [began])
            _, middle, oldest = cursor.fetchone()
        print(f"  {time.monotonic() - started:4.0f} s: age {middle:.0f} s, p95 {oldest:.0f} s", flush=True)
        ages.append(oldest)
    rate = (_fences() - before) / (time.monotonic() - started)
    processors = ", ".join(f"{part} {took:.2f}" for part, took in spent.averages().items())
    for traffic in (people, service):
        traffic.stop()
    rest = (
        f"first looks {first:.0f} s; processors: {processors}; "
        f"{len(people.took)} clicks (p95 {people.p95() * 1000:.0f} ms, {_failures(people)}), "
        f"{len(service.took)} callbacks (p95 {service.p95() * 1000:.0f} ms, {_failures(service)})"
    )
    return ages, rate, rest


def _until_each_was_looked_at(began: datetime) -> float:
    """Wait until each lesson was polled once; return the seconds. The first poll of a lesson fetches
    everything and takes several times as long; in a school day such polls are spread over the starts of
    lessons."""
    waited = time.monotonic()
    while time.monotonic() - waited < MOST_WAIT_S:
        with connection.cursor() as cursor:
            cursor.execute(FIRST_LOOKS, [began])
            left = cursor.fetchone()[0]
        if not left:
            break
        time.sleep(2)
    took = time.monotonic() - waited
    print(f"  first looks took {took:.0f} s", flush=True)
    return took


def _failures(traffic: Traffic) -> str:
    failures = ", ".join(f"{count} × {why}" for why, count in traffic.failed.most_common())
    return f"failed: {failures}" if failures else "none failed"


def _fences() -> int:
    """Return how many polls were started so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(look_fence) FROM classes_lesson")
        return int(cursor.fetchone()[0] or 0)


def day(minutes: float, lessons: int, began: int) -> int:
    """Run levels from the goal downwards until one holds."""
    schools = create_schools(lessons, began)
    port, tried, notes = free_port(), lessons, []
    live: list[int] = []
    people, service = [clicks(school) for school in schools[:PEOPLE]], calls_back(schools, live)
    with ExitStack() as up:
        up.enter_context(running(granian("console.asgi:application", port)))
        up.enter_context(running(worker()))
        while not listens(port):
            time.sleep(0.1)
        for _ in range(4):
            print(f"{tried} live lessons, {minutes:g} minutes", flush=True)
            ages, rate, rest = level(port, people, service, live, tried, minutes)
            worst = statistics.quantiles(ages, n=20)[-1] if len(ages) > 1 else max(ages)
            notes.append(
                f"{tried:,} live lessons: age at p95 {worst:.0f} s, {rate:.0f} looks a second; {rest}"
            )
            print(f"  {notes[-1]}", flush=True)
            if worst < BAR_S:
                break
            tried = max(SCHOOLS, min(int(tried * 0.9), int(rate * BAR_S * 0.85)) // SCHOOLS * SCHOOLS)
    connections.close_all()
    most = tried if worst < BAR_S else 0
    figures = [
        Figure("live lessons with data under 60 s old at p95", f"{GOAL:,}", f"{most:,}", most, GOAL, True, "")
    ]
    context = [
        f"{SCHOOLS} schools, {PEOPLE} people who click every {THINK_S:g} s, {minutes:g} minutes a level",
        *notes,
    ]
    return report("city", figures, context, keep=minutes >= 10)
