"""Faults on demand: armed in memory, used up one by one, lost when the process ends.

A fault names what it waits for (`target` paas, saas or callback; `match` an endpoint or event, `*` for
any; optionally one `sdkappid`), lets `skip` chances pass and strikes `times` times (0: until cleared).
"""

import threading
from dataclasses import asdict, dataclass, field
from typing import Any

from console.sandbox.errors import invalid
from console.sandbox.fields import Bool, Int, Object, Seconds, Text

ANSWER_KINDS = {
    "refuse": "answers error_code (default -1) and applies nothing",
    "stall": "waits seconds (default 10) before applying; with applied true, after it",
    "drop_before": "ends the connection without an answer; nothing is applied",
    "drop_after": "applies, then ends the connection without an answer",
    "cut": "applies, then sends half of the body and ends the connection",
    "status": "answers HTTP status (default 503) with no JSON; with applied true, after applying",
    "busy": "answers HTTP 429 with Retry-After; nothing is applied",
    "html": "answers HTTP 200 with a page instead of JSON; with applied true, after applying",
    "bad_json": "applies, then answers with a comma too many",
    "mutate": "applies, then answers with other types: numbers as strings, strings as numbers, lists as null",
}
CALLBACK_KINDS = {
    "callback_drop": "the event is never sent",
    "callback_double": "the event is sent twice, whatever the answer",
    "callback_late": "the event is sent seconds (default 60) later",
    "callback_shuffle": "the event lets the next one of its enterprise pass (for seconds, default 5)",
    "callback_wrong_key": "the event is signed with another key",
}
KINDS = ANSWER_KINDS | CALLBACK_KINDS
DEFAULTS: dict[str, Any] = {
    "stall": {"seconds": 10.0},
    "callback_late": {"seconds": 60.0},
    "callback_shuffle": {"seconds": 5.0},
}


FAULT_FIELDS = Object("", (
    Text("kind", required=True, words=tuple(KINDS)),
    Text("target", words=("paas", "saas", "callback")),
    Text("match"),
    Int("sdkappid"),
    Int("times", least=0),
    Int("skip", least=0),
    Int("error_code", least=-(2**31), most=2**31 - 1),
    Int("status", least=400, most=599),
    Seconds("seconds"),
    Bool("applied"),
))  # fmt: skip


@dataclass
class Fault:
    """An armed fault. `left` counts down to 0; -1 stays."""

    number: int
    kind: str
    target: str = "paas"
    match: str = "*"
    sdkappid: int | None = None
    times: int = 1
    skip: int = 0
    error_code: int = -1
    status: int = 503
    seconds: float = 0.0
    applied: bool = False
    struck: int = field(default=0)

    def fits(self, target: str, name: str, sdkappid: int | None) -> bool:
        """Return whether the fault applies to this request."""
        mine = self.sdkappid is None or self.sdkappid == sdkappid
        return self.target == target and self.match in ("*", name) and mine


_armed: list[Fault] = []
_guard = threading.Lock()
_count = 0


def arm_fault(wanted: dict[str, Any]) -> Fault:
    """Arm a fault; raise Refusal 10003 for an unknown kind or key."""
    global _count
    if not wanted.keys() <= {one.name for one in FAULT_FIELDS.fields}:
        raise invalid(f"a fault knows {', '.join(one.name for one in FAULT_FIELDS.fields)}")
    kind = FAULT_FIELDS.read(wanted, "")["kind"]
    given = DEFAULTS.get(kind, {}) | FAULT_FIELDS.read(wanted, "")
    if kind in CALLBACK_KINDS:
        given["target"] = "callback"
    with _guard:
        _count += 1
        fault = Fault(number=_count, **given)
        _armed.append(fault)
    return fault


def take_matching_fault(target: str, name: str, sdkappid: int | None = None) -> Fault | None:
    """Return the fault that applies to this request, if any, and count it."""
    with _guard:
        for fault in _armed:
            if not fault.fits(target, name, sdkappid):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.struck += 1
            if fault.times and fault.struck >= fault.times:
                _armed.remove(fault)
            return fault
    return None


def clear_faults(number: int | None = None) -> int:
    """Disarm one fault, or all; return their number."""
    with _guard:
        gone = [fault for fault in _armed if number in (None, fault.number)]
        for fault in gone:
            _armed.remove(fault)
    return len(gone)


def list_armed() -> list[dict[str, Any]]:
    """Return the armed faults."""
    with _guard:
        return [asdict(fault) for fault in _armed]
