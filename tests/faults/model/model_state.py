"""The stage of one example: two schools, one service, two clocks that move together, workers that may die."""

import itertools
import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.apps import apps
from django.test import Client, override_settings

from accounts.models import User
from classes.models import Entry, Lesson
from console.inbox import processing
from console.inbox.ingestion import clear_sender_cache
from console.mirror import decisions, registry
from console.mirror.models import PolledModel
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.states import OperationState, SyncState
from documents.models import Document
from tests.faults.arming import InjectedFailure, arm_point
from tests.faults.ledger import ledger_entries
from tests.faults.model.model_school import ModelSchool, callback_body
from tests.faults.oracle import Oracle, Settled
from tests.faults.processes import LONG_AGO
from tests.faults.sizes import size
from tests.support.database_outage import database_unreachable
from tests.support.sandbox import Sandbox

WORKING = (
    OperationState.READY,
    OperationState.SENDING,
    OperationState.UNKNOWN,
    OperationState.PROBING,
    OperationState.HELD,
)
#: Where a worker may die; what it had leased is looked at later.
KILL_POINTS = (
    "outbox.claimed", "outbox.prepared", "outbox.sending", "outbox.answered", "outbox.closed",
    "outbox.probing", "outbox.probed", "inbox.handling", "inbox.handled",
)  # fmt: skip
#: Seconds by which both clocks move while everything comes to rest.
REST_S, RESTS = 60, 30
#: People and lessons of a school at the beginning.
OF_EACH = size(full=2, ci=1)
#: How long a stalled call is held, and when it is given up while one may be.
STALL_S, HASTY_S = 0.6, 0.4
#: How far the ledger of a service has been read, so that an example need not read those before it.
_read_to: dict[str, int] = {}
_numbers = itertools.count(1_500_000_001)


class TwoSchoolOracle(Oracle):
    """The judge of two schools alone; what was forgiven is left out."""

    def __init__(self, service: Sandbox, sides: list[ModelSchool]) -> None:
        self.sides, self._read = sides, list[dict[str, Any]]()
        super().__init__(service, since=_read_to.get(service.url, 0))
        self.since = self.now()
        self._read = []

    def now(self) -> int:
        """The number of the ledger's latest line; only what is new is read."""
        self._read += ledger_entries(self.service, self._read[-1]["seq"] if self._read else self.since)
        latest = int(self._read[-1]["seq"]) if self._read else self.since
        _read_to[self.service.url] = latest
        return latest

    def lines(self) -> list[dict[str, Any]]:
        return [line for line in self.everything() if not self._is_outside(line)]

    def everything(self) -> list[dict[str, Any]]:
        """The ledger of both schools, of others too, without what was forgiven."""
        self.now()
        mine = {side.number: side for side in self.sides}
        return [
            line
            for line in self._read
            if line["sdkappid"] in mine and line["object"] not in mine[line["sdkappid"]].former
        ]

    def operations(self) -> Any:
        return Operation.objects.filter(enterprise__in=[side.school for side in self.sides])

    def comparable(self, settled: Settled) -> Settled:
        touched = set().union(*(side.touched | side.outsiders for side in self.sides))
        return {
            key: entry
            for key, entry in settled.items()
            if not isinstance(entry[0], Entry) and ledger_key(entry[0]) not in touched
        }


def ledger_key(row: Any) -> str:
    """A row as the ledger names its thing."""
    if isinstance(row, Lesson):
        return f"class:{row.remote_id}"
    if isinstance(row, User):
        return f"user:{row.user_id}"
    return f"document:{row.remote_id}" if isinstance(row, Document) else f"business:{row.sdkappid}"


@dataclass
class ModelState:
    """What rules act upon."""

    service: Sandbox
    knobs: dict[str, Any]
    sides: list[ModelSchool] = field(default_factory=list)
    ends: ExitStack = field(default_factory=ExitStack)
    armed: bool = True
    hasty: ExitStack = field(default_factory=ExitStack)
    has_stalled_calls: bool = False

    def __post_init__(self) -> None:
        self.clock = self.ends.enter_context(time_machine.travel(datetime.now().astimezone(), tick=True))
        self.disarm()
        self.service.control("knobs", {"sign_clock": "moved", **self.knobs})
        clear_sender_cache()
        self.sides = [ModelSchool(self.service, next(_numbers)) for _ in range(2)]
        relay.drain()
        for side in self.sides:
            side.school.refresh_from_db()
            assert side.school.private_key, "a school without its key"
        self.oracle = TwoSchoolOracle(self.service, self.sides)
        for side in self.sides:
            for number in range(OF_EACH):
                side.register()
                side.schedule(number + 1)
            side.add(1)
        relay.drain()

    def close(self) -> None:
        """Leave the service as it was, and nothing of ours that would be looked at again."""
        schools = [side.school for side in self.sides]
        for model in apps.get_models():
            if issubclass(model, PolledModel):
                model._default_manager.filter(enterprise__in=schools).update(look_at=None)
        self.disarm()
        self.service.control("knobs", dict.fromkeys((*self.knobs, "sign_clock")))
        self.service.control("clock", {"reset": True})
        self.ends.close()

    def move(self, seconds: int) -> None:
        """Both clocks. What is stalled meanwhile is over before, as it would be."""
        self._wait_for_stalls()
        self.service.control("clock", {"move": seconds})
        self.clock.shift(timedelta(seconds=seconds))

    def arm(self, side: ModelSchool, fault: dict[str, Any], match: str) -> None:
        self.service.control("faults", {"arm": {"match": match, "sdkappid": side.number, **fault}})
        self.armed = True
        if fault["kind"] == "stall" and not self.has_stalled_calls:
            self.has_stalled_calls = True
            self.hasty.enter_context(override_settings(ICLASS_TIMEOUT_S=HASTY_S))

    def disarm(self) -> None:
        if self.armed:
            self.service.control("faults", {"clear": True})
        self._wait_for_stalls()
        self.hasty.close()
        self.armed = self.has_stalled_calls = False

    def _wait_for_stalls(self) -> None:
        if self.has_stalled_calls:
            time.sleep(STALL_S)

    def outside(self, act: Callable[[], None]) -> None:
        """Others act at the service, which fails them never."""
        self.disarm()
        with self.oracle.outside():
            act()

    def work(self) -> None:
        processing.process_due_callbacks()
        relay.drain()

    def die(self, point: str) -> None:
        """A worker dies at a point, if it comes there; its leases end."""
        try:
            with arm_point(point, "raise@1"):
                self.work()
        except InjectedFailure:
            pass
        mine = Operation.objects.filter(state__in=(OperationState.SENDING, OperationState.PROBING))
        mine.filter(enterprise__in=[side.school for side in self.sides]).update(lease_until=LONG_AGO)

    def cycle(self, side: ModelSchool) -> dict[str, Any]:
        return registry.reconcile(side.school)

    def deliver(
        self, side: ModelSchool, place: int, copies: int, *, away: bool = False, keep: bool = False
    ) -> None:
        """An event of the post is delivered; until it is acknowledged it stays there."""
        event = side.post[place % len(side.post)]
        address = side.address()
        with database_unreachable() if away else nullcontext():
            for _ in range(copies):
                answer = Client(raise_request_exception=False).post(
                    address, callback_body(event), content_type="application/json"
                )
                if answer.status_code == 200 and answer.json().get("error_code") == 0:
                    side.acknowledged[event["data"]["n"]] += 1
        if side.acknowledged[event["data"]["n"]] and not keep:
            side.post.remove(event)

    def knock(self, side: ModelSchool, at: ModelSchool, lot: int) -> None:
        """A school tells an event at the address of another."""
        event = {"event": "class_begin", "data": {"class_id": lot, "n": -1 - lot}}
        Client(raise_request_exception=False).post(
            at.address(by=side), callback_body(event), content_type="application/json"
        )

    def decide(self, side: ModelSchool, act: str, lot: int) -> None:
        """A person decides about a row that differs."""
        differing = [
            row for row in side.rows() if row.sync_state in (SyncState.CHANGED_OUTSIDE, SyncState.GONE)
        ]
        if not differing:
            return
        row = differing[lot % len(differing)]
        was, gone = ledger_key(row), row.sync_state == SyncState.GONE

        def decided() -> None:
            decisions.apply_decision(act, row, by=side.admin)
            if gone and act == "push":
                side.former.add(was)

        side.attempt_command(decided)

    def rest(self) -> None:
        """No more faults, every key known, and time passes until nothing is left to do."""
        self.disarm()
        for side in self.sides:
            side.enter_new_key()
        for _ in range(RESTS):
            self.work()
            if not self.oracle.operations().filter(state__in=WORKING).exists():
                break
            time.sleep(0.01)
            self.move(REST_S)
