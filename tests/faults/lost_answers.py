"""Commands whose answers are lost in every shape, and how they are judged afterwards.

check_lost(world, iclass, cases=300)        # the lists lag less than the relay waits before it looks
check_beyond(world, iclass, cases=60)       # they lag more: second copies come about, and are shown
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import F

from classes.lessons.services import edit_lesson
from classes.models import Lesson
from console.mirror import registry
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.states import OperationState, SyncState
from documents.models import Document
from tests.faults.goals import goal
from tests.faults.intents import IntentContext
from tests.faults.ledger import EFFECT_OF_ENDPOINT, EffectKey, effects_by_key, ledger_entries
from tests.faults.oracle import Oracle
from tests.faults.outbox_work import drain_outbox, unfinished_operations
from tests.faults.sizes import deal, dice
from tests.support.sandbox import Sandbox
from tests.support.waiting import wait_until

TIMEOUT_S = 0.25
LATE_S = 0.4
LAG_S = 1
#: How much longer than the lag the relay waits before it looks: the list's clock counts whole seconds, and
#: machines are busy.
BEYOND_S = 5
SHAPES: tuple[dict[str, Any], ...] = (
    {"kind": "stall", "seconds": LATE_S},
    {"kind": "drop_after"},
    {"kind": "cut"},
    {"kind": "status", "status": 502, "applied": True},
    {"kind": "bad_json"},
)
MEMBERS = "member/add"
KINDS = ("class/create", "document/add", "user/register", MEMBERS)


@dataclass
class AnswerLoser:
    """Utters wishes whose answers will be lost, each with an effect."""

    world: IntentContext
    iclass: Sandbox
    dice: random.Random
    shapes: tuple[dict[str, Any], ...] = SHAPES
    _decks: dict[str, Iterator[dict[str, Any]]] = field(default_factory=dict)

    def lose(self, endpoint: str) -> None:
        """The next call of an endpoint takes effect and its answer is lost, in each shape in turn."""
        shape = next(self._decks.setdefault(endpoint, deal(self.dice, self.shapes)))
        if shape["kind"] == "stall":
            # The effect comes before our deadline and the answer after it, or both after it.
            shape = shape | {"applied": self.dice.random() < 0.5}
        self.iclass.control("faults", {"arm": {"match": endpoint, **shape}})

    def round(self, lesson: Lesson, newcomer: Any) -> None:
        """One command of each kind, sent at once."""
        for endpoint in KINDS:
            self.lose(endpoint)
        self.world.lesson()
        self.world.document()
        self.world.person()
        edit_lesson(lesson=lesson, by=self.world.by, students=[newcomer], conflict_reason="On purpose.")
        relay.drain()


@contextmanager
def temporary_knob(iclass: Sandbox, name: str, value: Any) -> Iterator[None]:
    iclass.control("knobs", {name: value})
    try:
        yield
    finally:
        iclass.control("knobs", {name: None})


@contextmanager
def moved_clock(iclass: Sandbox) -> Iterator[Callable[[int], None]]:
    """A function that lets seconds pass at the service and for what waits here, without waiting for them."""

    def move(seconds: int) -> None:
        iclass.control("clock", {"move": seconds})
        unfinished_operations().update(due_at=F("due_at") - timedelta(seconds=seconds))

    try:
        yield move
    finally:
        iclass.control("clock", {"reset": True})


def _have_effects(oracle: Oracle, rounds: int) -> bool:
    """Whether each command of so many rounds took effect at the service."""
    effects = [line for line in oracle.lines() if line["kind"] == "effect"]
    made = Counter(
        line["endpoint"]
        for line in effects
        if line["summary"]["what"] == EFFECT_OF_ENDPOINT.get(line["endpoint"])
    )
    return all(made[endpoint] >= rounds for endpoint in KINDS)


def check_lost_answers(
    world: IntentContext, iclass: Sandbox, settings: Any, *, cases: int, lag_s: int = LAG_S
) -> None:
    """Answers are lost and lists lag, but no longer than the relay waits before it looks."""
    settings.OUTBOX_BREAKER_FAILURES = settings.OUTBOX_RATE = settings.OUTBOX_BURST = 10**6
    rounds = -(-cases // len(KINDS))
    newcomers = [world.person() for _ in range(rounds)]
    lessons = [world.lesson() for _ in range(rounds)]
    drain_outbox()
    oracle = Oracle(iclass)
    settings.ICLASS_TIMEOUT_S, settings.PROBE_DELAY_S = TIMEOUT_S, lag_s + BEYOND_S
    losing = AnswerLoser(world, iclass, dice("lost answers"))
    with temporary_knob(iclass, "list_lag_s", lag_s), moved_clock(iclass) as move:
        for lesson, newcomer in zip(lessons, newcomers, strict=True):
            lesson.refresh_from_db()
            losing.round(lesson, newcomer)
        settings.ICLASS_TIMEOUT_S = 10
        wait_until(lambda: _have_effects(oracle, rounds))  # some come after we gave up waiting
        move(settings.PROBE_DELAY_S)
        drain_outbox(60)
    lost = [line for line in oracle.lines() if line["kind"] == "request" and line["fault"]]
    verdict = oracle.judge()
    calls = sum(line["kind"] == "request" for line in oracle.lines())
    goal(
        "lost answers",
        cases=rounds * len(KINDS),
        faults=len(lost),
        lost=len(verdict.lost),
        doubled=len(verdict.doubled),
        waiting=verdict.waiting,
        calls_per_operation=calls / (rounds * len(KINDS)),
    )
    verdict.hold()
    assert not verdict.waiting, "a person was asked though the service could tell"
    assert len(lost) >= rounds * len(KINDS), "some answers were not lost"


def check_list_lag(world: IntentContext, iclass: Sandbox, settings: Any, *, cases: int) -> None:
    """The lists lag longer than we wait: what is made twice is shown to a person within one cycle."""
    settings.OUTBOX_BREAKER_FAILURES = settings.OUTBOX_RATE = settings.OUTBOX_BURST = 10**6
    begun = Oracle(iclass).since
    shapes = tuple(shape for shape in SHAPES if shape["kind"] != "stall")
    losing = AnswerLoser(world, iclass, dice("lost answers beyond the window"), shapes)
    with temporary_knob(iclass, "list_lag_s", 3600):
        for _ in range(-(-cases // 2)):
            for endpoint in ("class/create", "document/add"):
                losing.lose(endpoint)
            world.lesson()
            world.document()
        drain_outbox(60)
    registry.reconcile(world.school)
    made = _made(iclass, begun)
    twice = {key: ids for key, ids in made.items() if len(ids) > 1}
    flagged = [key for key, ids in twice.items() if _is_shown(key[0], ids)]
    goal("lost answers beyond the window", cases=cases, doubled=len(twice), flagged=len(flagged))
    assert len(twice) >= cases // 2, "nothing was made twice: the window was not left"
    assert sorted(flagged) == sorted(twice), f"nobody is told of {sorted(set(twice) - set(flagged))[:3]}"


def _made(iclass: Sandbox, begun: int) -> dict[tuple[str, str], set[str]]:
    """(endpoint, name) → ids of what was created."""
    found: dict[tuple[str, str], set[str]] = {}
    for place, effects in effects_by_key(ledger_entries(iclass, begun)).items():
        if place.endpoint in ("class/create", "document/add"):
            found.setdefault((place.endpoint, _name(effects[0])), set()).add(_id(place))
    return found


def _name(effect: dict[str, Any]) -> str:
    return str(effect["summary"].get("topic") or effect["summary"].get("name"))


def _id(place: EffectKey) -> str:
    return place.object.split(":")[1]


def _is_shown(endpoint: str, ids: set[str]) -> bool:
    """Whether all but one of these are marked for a person, or the command itself waits for one."""
    model: Any = Lesson if endpoint == "class/create" else Document
    rows = model.objects.filter(remote_id__in=ids)
    marked = rows.filter(
        double_of__isnull=False, sync_state=SyncState.CHANGED_OUTSIDE, sync_reason="possible_double"
    )
    if rows.count() == len(ids):
        return bool(marked.count() == len(ids) - 1)
    asked = Operation.objects.filter(state=OperationState.NEEDS_YOU, subject_type=model._meta.label_lower)
    return asked.filter(subject_id__in=model.objects.filter(remote_id="").values("pk")).exists()
