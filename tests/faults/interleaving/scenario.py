"""One kind of row, the acts that change it, and every pair of these interleaved.

    stage = Stage("person", make, state, {"rename": rename, "deactivate": deactivate})
    told = check(stage, chance, EVERYTHING)     # every ordered pair, stopped at each statement

`make()` makes a fresh subject; an act takes it and reads its row itself, as a request does. What both acts in
turn leave behind, in either order, is what any interleaving of them may leave behind; where one of them was
refused in words, what the other leaves behind by itself.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar

from django.shortcuts import get_object_or_404
from django.utils import timezone

from console.outbox.models import Operation
from console.outbox.states import OperationState
from tests.faults.interleaving.lockstep import ActOutcome, interleave, run_alone
from tests.faults.interleaving.row_states import RowState, state_differences

T = TypeVar("T")


@dataclass
class Subject:
    """A fresh row and those around it; `names` of people by their key, `base` is its planned start."""

    row: Any
    names: dict[int, str]
    base: datetime | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def fresh(self) -> Any:
        """The row as it stands, read anew; Http404 where it is gone, as for a request."""
        return get_object_or_404(type(self.row), pk=self.row.pk)


Act = Callable[[Subject], object]


@dataclass(frozen=True)
class Scenario:
    """`settle` runs after both acts and before the state is taken, such as sending what waits."""

    name: str
    make: Callable[[], Subject]
    state: Callable[[Subject], RowState]
    acts: dict[str, Act]
    settle: Callable[[Subject], object] = lambda subject: None
    #: Only pairs of which one is among these, where there are any.
    only_with: frozenset[str] = frozenset()


@dataclass
class ScenarioResult:
    """What a stage came to."""

    pairs: int = 0
    schedules: int = 0
    refused: int = 0
    acts: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SampleSize:
    """All ordered pairs of a stage, or so few that each act is in one, each stopped at so many statements;
    None: at all of them. Where all pairs have one act in common (`only_with`), so many of them by lot."""

    all_pairs: bool
    stops: int | None
    with_single: int | None = None


EVERYTHING = SampleSize(all_pairs=True, stops=None)
EACH_ACT = SampleSize(all_pairs=False, stops=1, with_single=5)


def check_scenario(stage: Scenario, chance: random.Random, size: SampleSize) -> ScenarioResult:
    """Interleave ordered pairs of acts; violations are told, not raised."""
    told = ScenarioResult()
    after = cache(partial(_after, stage))
    for one, other in _pairs(stage, chance, size):
        told.pairs += 1
        told.acts |= {one, other}
        allowed = _Allowed(lambda *names: after(*names).state, one, other)
        for stop in _some(range(1, after(one, other).statements + 1), chance, size.stops):
            _schedule(stage, one, other, stop, allowed, told)
    return told


@dataclass(frozen=True)
class _Allowed:
    #: The state that some acts leave behind one after the other.
    by_themselves: Callable[..., RowState]
    one: str
    other: str

    def after(self, outcomes: tuple[ActOutcome, ActOutcome]) -> Iterator[RowState]:
        """The states that an interleaving may leave behind; in a serial order, too, an act may be refused.

        Each is made when it is asked for: mostly one of the first is the right one.
        """
        yield self.by_themselves(self.one, self.other)
        yield self.by_themselves(self.other, self.one)
        if outcomes[0].refused:
            yield self.by_themselves(self.other)
        if outcomes[1].refused:
            yield self.by_themselves(self.one)
        if outcomes[0].refused and outcomes[1].refused:
            yield self.by_themselves()


def _schedule(
    stage: Scenario, one: str, other: str, stop: int, allowed: _Allowed, told: ScenarioResult
) -> None:
    subject = stage.make()
    outcomes = interleave(*(partial(stage.acts[name], subject) for name in (one, other)), stop=stop)
    told.schedules += 1
    told.refused += any(outcome.refused for outcome in outcomes)
    where = f"{stage.name}: {one}, stopped after statement {stop}, with {other}"
    crashes = [outcome.crash for outcome in outcomes if outcome.crash]
    told.violations += [f"{where}: {crash}" for crash in crashes]
    stage.settle(subject)
    state = stage.state(subject)
    if not crashes and state not in allowed.after(outcomes):
        words = [outcome.sentence or "done" for outcome in outcomes]
        differences = state_differences(state, list(allowed.after(outcomes)))
        told.violations.append(f"{where}: {words}: {differences}")
    discard_waiting_operations()


@dataclass(frozen=True)
class _Serial:
    """What acts left behind one after the other, and how many statements the first one sent."""

    state: RowState
    statements: int


def _after(stage: Scenario, *names: str) -> _Serial:
    subject, statements = stage.make(), []
    for name in names:
        outcome = run_alone(partial(stage.acts[name], subject))
        assert not outcome.crash, f"{stage.name}: {names}: {name} alone: {outcome.crash}"
        statements.append(outcome.statements)
    stage.settle(subject)
    state = stage.state(subject)
    discard_waiting_operations()
    return _Serial(state, statements[0] if statements else 0)


def _pairs(stage: Scenario, chance: random.Random, size: SampleSize) -> list[tuple[str, str]]:
    every = [(one, other) for one in stage.acts for other in stage.acts]
    every = [two for two in every if not stage.only_with or stage.only_with & {*two}]
    if size.all_pairs:
        return every
    chosen: list[tuple[str, str]] = []
    while missing := stage.acts.keys() - {name for two in chosen for name in two}:
        most = max(len(missing & {*two}) for two in every)
        chosen.append(chance.choice([two for two in every if len(missing & {*two}) == most]))
    return _some(chosen, chance, size.with_single) if stage.only_with else chosen


def _some(every: Sequence[T], chance: random.Random, most: int | None) -> list[T]:
    """At most so many of these, in their order."""
    places = range(len(every))
    chosen = places if most is None else sorted(chance.sample(places, min(most, len(every))))
    return [every[place] for place in chosen]


def discard_waiting_operations() -> None:
    """Nothing of an earlier subject waits to be sent."""
    waiting = Operation.objects.filter(state=OperationState.READY)
    waiting.update(state=OperationState.SUPERSEDED, finished_at=timezone.now())
