"""What an operation is made of: each endpoint that changes something declares its kind here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from console.iclass import Client
from console.outbox.models import Operation


class Nature(StrEnum):
    """How a command may be repeated."""

    SET_STATE = "set state"  # the same again does no harm
    KEYED = "keyed"  # the service knows a repeat by our key
    UNKEYED_CREATE = "unkeyed create"  # a repeat makes a second thing: probe first
    ROTATE = "rotate"  # the last answer wins
    ONE_SHOT = "one shot"  # never repeated by a machine


class NothingToDo(Exception):
    """Raised by `prepare`: what was wanted is so already, or nobody wants it any more."""


class NotNow(Exception):
    """Raised by `prepare`: cannot be sent before a person or another step has done something.

    The first argument is a reason of `console.outbox.words`.
    """


class Lapsed(Exception):
    """Raised by `prepare`: its time is over. The first argument is a reason of `console.outbox.words`."""


@dataclass(frozen=True)
class Found:
    """A probe saw the effect; `answer` is recorded as if the call had returned it."""

    answer: Any


@dataclass(frozen=True)
class Absent:
    """There was no effect, or a repeat does no harm: the command may be sent again.

    `learned` is what was read at the service on the way; the kind's `learn` writes it.
    """

    learned: Any = None


@dataclass(frozen=True)
class Unclear:
    """A probe could not tell; a person decides."""

    reason: str


@dataclass(frozen=True)
class Kind:
    """One sort of command.

    `prepare` reads our rows and makes the request (no HTTP); `call` speaks to the service (no
    database); `record` writes what the answer says, inside the transaction that closes the operation.
    `probe(client, request, operation)` looks whether an earlier try took effect; then `prepare` sees
    the operation in state `probing`. A set-state kind whose request is a difference has
    `read(client, operation)` instead: what it brings is written by `learn` before the command is sent
    again, so that the difference is reckoned anew. With `call_many`
    the relay may fold waiting operations of one school into one call; it answers a result or an
    exception for each request, in order. `label` says what it does in the words of a school.
    """

    name: str
    nature: Nature
    endpoint: str
    prepare: Callable[[Operation], Any]
    call: Callable[[Client, Any], Any]
    record: Callable[[Operation, Any], None]
    probe: Callable[[Client, Any, Operation], Found | Absent | Unclear] | None = None
    call_many: Callable[[Client, Sequence[Any]], Sequence[Any]] | None = None
    label: str | Promise = ""
    read: Callable[[Client, Operation], Any] | None = None
    learn: Callable[[Operation, Any], object] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; each app's `outbound` module does it at start."""
    _kinds[kind.name] = kind


def is_known(name: str) -> bool:
    return name in _kinds


def kind_of(name: str) -> Kind:
    return _kinds[name]


def label_of(name: str) -> str | Promise:
    """The words of a kind; its name for one that no app has registered any more."""
    known = _kinds.get(name)
    return known.label if known and known.label else name


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)
