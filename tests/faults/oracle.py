"""The judge: every command that we owe, held against the ledger of the local service.

    verdict = oracle.judge()          # every operation in the database, every effect since the test began
    goal("…", kills=kills, **verdict.figures())
    verdict.hold()                    # AssertionError unless nothing is lost, doubled, wrong, stray or open

The rule (I1): a command ends in exactly one of *one effect*, *refused with a reason*, *waiting for a person*.
What "one effect" means depends on how a command may be repeated:

- **made things** (class/create, document/add, user/register): exactly one creation, and our row bears its id.
  Lost: done, and no such thing. Doubled: a second thing of the same name that no row of ours holds.
- **set-state** (modify, members, delete, start, stop): the service ends as the row wants it; lost: it does
  not, though the command is done. Repeats with the same content are allowed, but never more effects than
  tries; a delete, start or stop has one effect at most. Doubled: more than that.
- **rotate** (token/update): the token that we keep opens the door. Lost: it does not. Doubled: more effects
  than tries.
- **one-shots** (join, quit, visitor/join): at most one request a command. Lost: done, and no request that
  was answered 0. Doubled: a second request.

*Wrong* is an effect of a command that we call refused, or a row with another thing's id; *stray* an effect
without any command (I2, I5). Effects that a test causes directly belong in `with oracle.outside():`.
"""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES, OperationState
from tests.faults import remote_state
from tests.faults.ledger import (
    CREATES,
    EFFECT_OF_ENDPOINT,
    ENDPOINTS,
    ONCE,
    ONE_SHOTS,
    EffectKey,
    effect_keys,
    effects_by_key,
    ledger_entries,
    object_label,
)
from tests.support.sandbox import Sandbox

#: (model, number) → the row, and which kinds of command were done about it.
Settled = dict[tuple[str, int], tuple[Any, set[str]]]
WAITING_STATES = (OperationState.NEEDS_YOU, OperationState.PARKED)
LISTS = ("lost", "doubled", "wrong", "strays", "open")


@dataclass
class Verdict:
    """What became of the commands; the lists hold a line for each that is not as it should be."""

    accepted: int = 0
    effects: int = 0
    refused: int = 0
    waiting: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, int]:
        numbers = {name: getattr(self, name) for name in ("accepted", "effects", "refused", "waiting")}
        return numbers | {name: len(getattr(self, name)) for name in LISTS}

    def hold(self) -> None:
        """AssertionError with the first few lines of what is not as it should be."""
        bad = [f"{name}: {line}" for name in LISTS for line in getattr(self, name)]
        assert not bad, "; ".join(bad[:5])


class Oracle:
    """Judges what happened at a service since it was made, or since a line of the ledger."""

    def __init__(self, service: Sandbox, since: int | None = None) -> None:
        self.service = service
        self._latest = since or 0
        self.since = self.now() if since is None else since
        self._outside: list[tuple[int, int]] = []

    def now(self) -> int:
        """The number of the ledger's latest line."""
        if latest := ledger_entries(self.service, self._latest):
            self._latest = latest[-1]["seq"]
        return self._latest

    @contextlib.contextmanager
    def outside(self) -> Iterator[None]:
        """What happens meanwhile is somebody else's doing. Only while nothing of ours is under way."""
        begun = self.now()
        yield
        self._outside.append((begun, self.now()))

    def lines(self) -> list[dict[str, Any]]:
        """The ledger since the beginning, without what was done outside."""
        return [line for line in ledger_entries(self.service, self.since) if not self._is_outside(line)]

    def _is_outside(self, line: dict[str, Any]) -> bool:
        return any(begun < line["seq"] <= ended for begun, ended in self._outside)

    def judge(self, *, states: bool = True) -> Verdict:
        """Everything that stands in the database now. `states` also asks the service how things are."""
        lines = self.lines()
        case = _Judgement(effects_by_key(lines), lines)
        for operation in self.operations().select_related("enterprise").order_by("id"):
            case.take(operation)
        case.close()
        if states:
            case.verdict.lost += remote_state.remote_differences(self.service, self.comparable(case.settled))
        return case.verdict

    def operations(self) -> QuerySet[Operation]:
        """The commands that are judged."""
        return Operation.objects.all()

    def comparable(self, settled: Settled) -> Settled:
        """The rows that the service must have as we want them: those whose commands are all done."""
        return settled


class _Judgement:
    """One judgement: commands are taken one after the other, then what they do not explain is looked at."""

    def __init__(self, effects: dict[EffectKey, list[dict[str, Any]]], lines: list[dict[str, Any]]) -> None:
        self.effects, self.verdict = effects, Verdict(effects=sum(map(len, effects.values())))
        self.explained: set[EffectKey] = set()
        self.tries: Counter[EffectKey] = Counter()
        self.settled: Settled = {}
        self.unsettled: set[tuple[str, int]] = set()
        self.undecided: dict[tuple[int, str], str] = {}
        self.shots: dict[tuple[int, str, str], list[Operation]] = defaultdict(list)
        self.requests = Counter(_shot(line) for line in lines if line["kind"] == "request")
        self.answered = Counter(
            _shot(line) for line in lines if line["kind"] == "request" and line["error_code"] == 0
        )

    def take(self, operation: Operation) -> None:
        """One command: how it ended, and which effects it may have."""
        self.verdict.accepted += 1
        subject, name = operation.subject(), f"{operation.kind} {operation.subject_label} ({operation.state})"
        key = (operation.subject_type, operation.subject_id)
        if subject is None or operation.kind not in ENDPOINTS:
            self._look(operation, name)
            return
        for place in effect_keys(operation, subject):
            self.explained.add(place)
            self.tries[place] += operation.attempts
        self._state(operation, subject, key, name)
        if operation.kind in CREATES:
            self._made(operation, subject, name)
        elif operation.kind in ONE_SHOTS:
            about = object_label(operation, subject)
            self.shots[(operation.enterprise.sdkappid, ENDPOINTS[operation.kind][0], about)].append(operation)

    def _look(self, operation: Operation, name: str) -> None:
        """A command that changes nothing at the service has only to end."""
        if operation.state in OPEN_STATES and operation.state not in WAITING_STATES:
            self.verdict.open.append(name)

    def _state(self, operation: Operation, subject: Any, key: tuple[str, int], name: str) -> None:
        if operation.state in WAITING_STATES:
            self.verdict.waiting += 1
            self.unsettled.add(key)
        elif operation.state == OperationState.REFUSED:
            self.verdict.refused += 1
            self.unsettled.add(key)
            if not operation.reason:
                self.verdict.lost.append(f"{name} without a reason")
        elif operation.state in OPEN_STATES:
            self.verdict.open.append(name)
            self.unsettled.add(key)
        elif operation.state == OperationState.DONE:
            self.settled.setdefault(key, (subject, set()))[1].add(operation.kind)

    def _made(self, operation: Operation, subject: Any, name: str) -> None:
        word = EFFECT_OF_ENDPOINT[ENDPOINTS[operation.kind][0]]
        places = effect_keys(operation, subject)
        made = [one for place in places for one in self.effects[place] if one["summary"]["what"] == word]
        if operation.state in (*WAITING_STATES, OperationState.REFUSED) or operation.state in OPEN_STATES:
            self.undecided[(operation.enterprise.sdkappid, operation.subject_label)] = operation.state
        if len(made) > 1:
            self.verdict.doubled.append(name)
        if made and operation.state == OperationState.REFUSED:
            self.verdict.wrong.append(f"{name}, and it is there")
        gone = getattr(subject, "cancelled_at", None) or getattr(subject, "deleted_at", None)
        if operation.state == OperationState.DONE and not gone and not places:
            self.verdict.lost.append(f"{name} without an id")

    def close(self) -> None:
        """What the commands taken do not explain, and what there is too much of."""
        for place, effects in self.effects.items():
            if place not in self.explained:
                self._check_unexplained_effect(place, effects)
            elif place.endpoint in _ENDPOINTS_ONCE and len(effects) > 1:
                self.verdict.doubled.append(f"{place} {len(effects)} times")
            elif len(effects) > self.tries[place] and place.endpoint not in _SHOTS:
                self.verdict.doubled.append(f"{place}: {len(effects)} effects of {self.tries[place]} tries")
        for (sdkappid, endpoint, about), operations in self.shots.items():
            self._check_one_shots((sdkappid, endpoint, about), operations)
        for key in self.unsettled:
            self.settled.pop(key, None)

    def _check_unexplained_effect(self, place: EffectKey, effects: list[dict[str, Any]]) -> None:
        """An effect on a thing that no command names: a second copy, one we do not know of yet, a stray."""
        topic = effects[0]["summary"].get("topic") or effects[0]["summary"].get("name") or ""
        alike = [one for one in self.explained if one.endpoint == place.endpoint and self._called(one, topic)]
        state = self.undecided.get((place.sdkappid, topic))
        if alike:
            self.verdict.doubled.append(f"{place} {topic} beside {alike[0].object}")
        elif state == OperationState.REFUSED:
            self.verdict.wrong.append(f"{place} {topic} is there, though refused")
        elif state is None:
            self.verdict.strays.append(f"{place} {topic}")

    def _called(self, place: EffectKey, topic: str) -> bool:
        names = {one["summary"].get("topic") or one["summary"].get("name") for one in self.effects[place]}
        return bool(topic) and topic in names

    def _check_one_shots(self, key: tuple[int, str, str], operations: list[Operation]) -> None:
        done = [one for one in operations if one.state == OperationState.DONE]
        if self.answered[key] < len(done):
            self.verdict.lost.append(f"{key}: {len(done)} done, {self.answered[key]} answered")
        if self.requests[key] > len(operations):
            self.verdict.doubled.append(f"{key}: {self.requests[key]} requests of {len(operations)}")


_ENDPOINTS_ONCE = {endpoint for kind in ONCE for endpoint in ENDPOINTS[kind]}
_SHOTS = {endpoint for kind in ONE_SHOTS for endpoint in ENDPOINTS[kind]}


def _shot(line: dict[str, Any]) -> tuple[int, str, str]:
    body = line["body"] if isinstance(line["body"], dict) else {}
    return line["sdkappid"], line["endpoint"], f"class:{body.get('class_id')}"
