"""Operation kinds: each API endpoint that changes something registers its kind here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from console.iclass import Client
from console.outbox.models import Operation


class RepeatRule(StrEnum):
    """How a command may be repeated."""

    SET_STATE = "set state"  # repeating it is harmless
    KEYED = "keyed"  # the service recognizes a repeat by its key
    UNKEYED_CREATE = "unkeyed create"  # a repeat creates a duplicate: probe first
    ROTATE = "rotate"  # the last answer wins
    ONE_SHOT = "one shot"  # never repeated automatically


class NothingToDo(Exception):
    """Raised by `prepare`: the change has already taken effect or is no longer needed."""


class NotReady(Exception):
    """Raised by `prepare`: the command cannot be sent until a person or another step has acted.

    The first argument is a reason of `console.outbox.reasons`.
    """


class OperationExpired(Exception):
    """Raised by `prepare`: it is too late to send the command.

    The first argument is a reason of `console.outbox.reasons`.
    """


@dataclass(frozen=True)
class ProbeFound:
    """The probe found the effect; `answer` is recorded as if the call had returned it."""

    answer: Any


@dataclass(frozen=True)
class ProbeAbsent:
    """There was no effect, or a repeat is harmless: the command may be sent again.

    `learned` is the data that the probe read at the service; the kind's `learn` saves it.
    """

    learned: Any = None


@dataclass(frozen=True)
class ProbeUnclear:
    """The probe was inconclusive; a person decides."""

    reason: str


@dataclass(frozen=True)
class OperationKind:
    """One kind of command.

    `prepare` builds the request from database rows (no HTTP); `call` sends it (no database); `record` saves
    the answer, inside the transaction that closes the operation. `probe(client, request, operation)` checks
    whether an earlier attempt took effect; `prepare` then gets the operation in state `probing`.

    A set-state kind whose request is a difference has `read(client, operation)` instead. `learn` saves its
    result before the command is sent again, so that the difference is computed from current data.

    With `call_many` the relay may combine waiting operations of one school into one call. It returns a result
    or an exception for each request, in order. `label` is the text for users.
    """

    name: str
    repeat_rule: RepeatRule
    endpoint: str
    prepare: Callable[[Operation], Any]
    call: Callable[[Client, Any], Any]
    record: Callable[[Operation, Any], None]
    probe: Callable[[Client, Any, Operation], ProbeFound | ProbeAbsent | ProbeUnclear] | None = None
    call_many: Callable[[Client, Sequence[Any]], Sequence[Any]] | None = None
    label: str | Promise = ""
    read: Callable[[Client, Operation], Any] | None = None
    learn: Callable[[Operation, Any], object] | None = None


_kinds: dict[str, OperationKind] = {}


def register_kind(kind: OperationKind) -> None:
    """Register a kind; each app's `outbound` package calls this at start."""
    _kinds[kind.name] = kind


def is_registered_kind(name: str) -> bool:
    return name in _kinds


def get_kind(name: str) -> OperationKind:
    return _kinds[name]


def kind_label(name: str) -> str | Promise:
    """Return the label of a kind, or its name if no app registers it any more."""
    known = _kinds.get(name)
    return known.label if known and known.label else name


def all_kinds() -> list[OperationKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)
