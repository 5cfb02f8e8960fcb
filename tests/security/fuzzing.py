"""Throws generated requests at REST as one of its readers and holds every answer against its own description.

An answer is a breach where it is a fault of ours (5xx), or has a status, a content type or a body that the
description at /api/schema/ does not know for that address. What a case did is taken back after it.
"""

import random
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from tests.security.sample_school import SampleSchool

ASKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
#: The row of the world that the first part of an address is about.
ROWS = {
    "users": "person",
    "groups": "group",
    "courses": "course",
    "lessons": "lesson",
    "documents": "document",
    "recordings": "recording",
    "attendance": "attendance",
    "operations": "operation",
    "callbacks": "callback",
    "audit": "audit",
}


@dataclass
class Result:
    """How many requests were thrown, what they were answered, and what was wrong."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    breaches: dict[str, str] = field(default_factory=dict)


def operations(unsaid: str = "") -> list[Any]:
    """Every address and method of the description; without what it says of the status `unsaid`."""
    schema = schemathesis.openapi.from_dict(deepcopy(_description()))
    schema.app = get_wsgi_application()
    for methods in schema.raw_schema["paths"].values():
        for told in methods.values():
            told["responses"].pop(unsaid, None)
    return [found.ok() for found in schema.get_all_operations()]


@cache
def _description() -> dict[str, Any]:
    """What /api/schema/ answers, which takes it a second to write."""
    with _one_connection():
        loaded: dict[str, Any] = schemathesis.openapi.from_wsgi(
            "/api/schema/", get_wsgi_application()
        ).raw_schema
    return loaded


@contextmanager
def _one_connection() -> Iterator[None]:
    """Requests here stand in the transaction of the test: the end of one must not close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def fuzz(
    world: SampleSchool, token: str, cases: int, turn: int = 0, whole: list[Any] | None = None
) -> Result:
    """About `cases` requests over all operations, half of them made to fit the description, half not.

    Fewer cases than two for each operation take every so manieth of them, beginning with `turn`, and fit or
    do not by turns.
    """
    result = Result()
    whole = whole or operations()
    each, step = cases // (2 * len(whole)), max(1, len(whole) // cases)
    with _one_connection():
        for number, operation in enumerate(whole[turn % step :: step], turn):
            for mode in MODES if each else [MODES[number % 2]]:
                _throw(operation, mode, max(1, each), world, token, result)
    return result


def _throw(
    operation: Any, mode: GenerationMode, count: int, world: SampleSchool, token: str, result: Result
) -> None:
    dice = random.Random(zlib.crc32(operation.label.encode()))
    # The client of schemathesis asks for packed answers and unpacks none.
    headers = {"Accept-Encoding": "identity", **({"Authorization": f"Token {token}"} if token else {})}

    @seed(1)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        _make_real(case, world, dice)
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        result.cases += 1
        result.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS.get_by_names(ASKED))
        except BaseException as breach:
            told = " ".join(str(one) for one in getattr(breach, "exceptions", [breach]))
            result.breaches.setdefault(f"{operation.label} {answer.status_code}", told[:600])

    with suppress(Unsatisfiable):  # an address that takes nothing cannot be sent something wrong
        one()


def _make_real(case: Any, world: SampleSchool, dice: random.Random) -> None:
    """Most addresses get the id of a row that is there, so that cases come past "there is no such thing"."""
    names = case.path_parameters or {}
    part = case.path.removeprefix("/api/v1/").split("/")[0]
    if part in ROWS and dice.random() < 0.75:
        row = world.rows[ROWS[part]]
        for name in names:
            names[name] = row.user_id if name == "user_id" else row.pk
    elif part == "differences" and names and dice.random() < 0.75:
        names.update(dict.fromkeys(names, f"user-{world.rows['person'].pk}"))
