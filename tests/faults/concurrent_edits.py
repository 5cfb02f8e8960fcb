"""Many people who edit the same few lessons at once, while answers of the service are lost.

    told = storm_of_editors(forge, iclass, settings, tmp_path, world, chance, seconds=10)

Twenty clients of REST change, move, start, stop and cancel ten lessons that are only being made at the
service; workers in processes of their own send meanwhile. Afterwards the weather is fair until nothing is
left to do.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from classes.choices import Status
from classes.lessons.services import pull_lesson
from classes.models import Lesson
from console.mirror.differences import differences_of
from console.outbox.models import Operation
from console.outbox.states import OperationState, SyncState
from tests.faults.error_burst import WORK
from tests.faults.fault_proxy import FaultProxy
from tests.faults.intents import IntentContext
from tests.faults.ledger import effects_by_key, ledger_entries
from tests.faults.outbox_work import drain_outbox, unfinished_operations
from tests.faults.processes import ForkRunner
from tests.support.rest_client import rest_client
from tests.support.sandbox import Sandbox

CLIENTS, LESSONS, WORKERS = 20, 10, 2
SETTLE_TIMEOUT_S = 120.0
#: States in which a row shows that it differs from what the service has.
VISIBLE_STATES = (SyncState.REFUSED, SyncState.CHANGED_OUTSIDE)


@dataclass
class ConcurrentEditResult:
    """What a storm came to. `doubled` are classes that no lesson holds, `apart` lessons that differ from
    theirs. `shown` are lessons that began before a change of them was sent, and whose row says so."""

    answers: Counter[int] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    doubled: int = 0
    apart: list[str] = field(default_factory=list)
    shown: int = 0
    unfinished: int = 0
    calls: int = 0


def run_concurrent_edits(
    forge: ForkRunner,
    iclass: Sandbox,
    settings: Any,
    folder: Path,
    world: IntentContext,
    chance: random.Random,
    seconds: float,
) -> ConcurrentEditResult:
    _hurry(settings)
    world.person()
    drain_outbox()
    begun = iclass.ledger()[-1]["seq"] if iclass.ledger() else 0
    lessons = [world.lesson(starts_at=_begin(number), ends_at=_begin(number) + timedelta(minutes=45)).pk
               for number in range(LESSONS)]  # fmt: skip
    told = ConcurrentEditResult()
    with FaultProxy(iclass.url, random.Random(chance.random()), stall_s=1.6) as sky:
        settings.ICLASS_BASE_URL, sky.storm = sky.url, True
        stop = folder / f"stop-{lessons[0]}"
        crew = [forge.start(WORK, stop=str(stop), pause_s=0.1, seed=number) for number in range(WORKERS)]
        try:
            _edit(world, lessons, chance, seconds, told)
            sky.storm = False
            _wait_until_nothing_is_left()
        finally:
            stop.touch()
            for child in crew:
                child.ended(240)
        told.calls = len(sky.calls)
    settings.ICLASS_BASE_URL = iclass.url
    _compare(iclass, world, lessons, begun, told)
    return told


def _begin(number: int) -> Any:
    start = (timezone.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    return start + timedelta(hours=number)


def _hurry(settings: Any) -> None:
    settings.ICLASS_TIMEOUT_S, settings.PROBE_DELAY_S = 1.5, 0.5
    settings.OUTBOX_BACKOFF_S, settings.OUTBOX_BACKOFF_MAX_S = 0.2, 2.0
    settings.OUTBOX_BREAKER_S, settings.OUTBOX_BREAKER_MAX_S = 0.15, 1.0
    settings.OUTBOX_RATE = settings.OUTBOX_BURST = 10_000


def _edit(
    world: IntentContext,
    lessons: list[int],
    chance: random.Random,
    seconds: float,
    told: ConcurrentEditResult,
) -> None:
    until = time.monotonic() + seconds
    clients = [(rest_client(world.by), random.Random(chance.random())) for _ in range(CLIENTS)]
    threads = [
        threading.Thread(target=_one_editor, args=(client, own, lessons, until, told))
        for client, own in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _one_editor(
    client: APIClient, chance: random.Random, lessons: list[int], until: float, told: ConcurrentEditResult
) -> None:
    try:
        while time.monotonic() < until:
            act = chance.choices(list(ACTS), weights=list(ACTS.values()))[0]
            try:
                answer = act(client, chance.choice(lessons), chance)
            except Exception as error:
                told.crashes.append(f"{type(error).__name__}: {error}"[:300])
            else:
                told.answers[answer.status_code] += 1
                if answer.status_code >= 500:
                    told.crashes.append(f"{answer.status_code}: {answer.content[:200]!r}")
    finally:
        connection.close()


def _rename(client: APIClient, lesson: int, chance: random.Random) -> Any:
    return client.patch(f"/api/v1/lessons/{lesson}/", {"topic": f"Quadrille {chance.randrange(10**9)}"})


def _move(client: APIClient, lesson: int, chance: random.Random) -> Any:
    begins = _begin(chance.randrange(24 * 20))
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(minutes=45)).isoformat()}
    return client.patch(f"/api/v1/lessons/{lesson}/", times | {"conflict_reason": "On purpose."})


def _set_up(client: APIClient, lesson: int, chance: random.Random) -> Any:
    return client.patch(f"/api/v1/lessons/{lesson}/", {"bitrate": chance.randrange(100, 2000)})


def _act(word: str, **body: bool) -> Callable[[APIClient, int, random.Random], Any]:
    return lambda client, lesson, chance: client.post(f"/api/v1/lessons/{lesson}/{word}/", body)


FINAL_ACTS = (_act("start", confirm=True), _act("stop", confirm=True), _act("cancel"))
#: What editors do, with how often. What ends a lesson's days is rare, or nothing would be left to edit.
ACTS = {_rename: 40, _move: 25, _set_up: 30, **dict.fromkeys(FINAL_ACTS, 1)}


def _wait_until_nothing_is_left() -> None:
    until = time.monotonic() + SETTLE_TIMEOUT_S
    while unfinished_operations().exists() and time.monotonic() < until:
        time.sleep(0.1)


def _compare(
    iclass: Sandbox, world: IntentContext, lessons: list[int], begun: int, told: ConcurrentEditResult
) -> None:
    """A cycle of reading, then each row beside its class."""
    drain_outbox()
    rows = list(Lesson.objects.filter(pk__in=lessons))
    for lesson in rows:
        if lesson.remote_id and not lesson.cancelled_at:
            pull_lesson(lesson=lesson, by=world.by)
    drain_outbox()
    waiting = Operation.objects.exclude(
        state__in=(OperationState.DONE, OperationState.SUPERSEDED, OperationState.REFUSED)
    )
    told.unfinished = waiting.count()
    ids = [lesson.remote_id for lesson in Lesson.objects.filter(pk__in=lessons).exclude(remote_id="")]
    told.doubled = len(_made(iclass, begun) - {*ids}) + len(ids) - len({*ids})
    for lesson in Lesson.objects.filter(pk__in=lessons, cancelled_at=None):
        found = differences_of(lesson)
        if found and lesson.status != Status.WILL and lesson.sync_state in VISIBLE_STATES:
            told.shown += 1
        elif found:
            told.apart.append(f"{lesson.pk}: {lesson.sync_state} {found}")


def _made(iclass: Sandbox, begun: int) -> set[str]:
    """The ids of the classes that were made since a line of the ledger."""
    places = effects_by_key(ledger_entries(iclass, begun))
    return {place.object.split(":")[1] for place in places if place.endpoint == "class/create"}
