"""Fuzzing of the sandbox's API: generated requests, with each response checked against the description.

`python -m bench.sandbox_fuzz [CASES]` (20,000 by default) prints one line and exits with 1 on a violation: an
HTTP status other than 200, or a body that does not match the description. About half of the IDs in the
requests are replaced by existing ones, so that cases get past "there is no such class".
"""

import random
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import GenerationMode

from tests.support.sandbox import Sandbox, start_sandbox

APP, KEY = 1400000009, "the key that the fuzzer signs with"
FULL = 20_000
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass
class Result:
    """The numbers of requests and accepted ones, and the violations."""

    cases: int = 0
    accepted: int = 0
    breaches: list[str] = field(default_factory=list)


def fuzz(sandbox: Sandbox, cases: int, paths: Collection[str] = ()) -> Result:
    """Send about `cases` requests over these operations, else all, half of them valid by the description.

    With fewer cases than two for each operation, these get valid and invalid ones by turns.
    """
    result = Result()
    real = create_objects(sandbox)
    schema: Any = schemathesis.openapi.from_url(f"{sandbox.url}/openapi.json")
    every = [found.ok() for found in schema.get_all_operations()]
    operations = [operation for operation in every if not paths or operation.path in paths]
    each = -(-cases // len(operations))
    for number, operation in enumerate(operations):
        for mode in MODES if each > 1 else [MODES[number % 2]]:
            send_cases(sandbox, operation, mode, -(-each // 2), real, result)
    return result


def send_cases(
    sandbox: Sandbox,
    operation: Any,
    mode: GenerationMode,
    count: int,
    real: dict[str, list[Any]],
    result: Result,
) -> None:
    """Fuzz one operation in one mode."""
    rng = random.Random(operation.path)

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
    def send_case(case: Any) -> None:
        body = with_real_ids(case.body, real, rng)
        answer = sandbox.web.post(sandbox.signed(operation.path[1:], APP), **sent(body), timeout=30)
        result.cases += 1
        if answer.status_code != 200:
            result.breaches.append(f"{operation.path}: HTTP {answer.status_code}")
            return
        result.accepted += answer.json()["error_code"] == 0
        try:
            operation.validate_response(answer)
        except Exception as breach:
            result.breaches.append(f"{operation.path}: {type(breach).__name__} {str(breach)[:300]}")

    send_case()


def sent(body: Any) -> dict[str, Any]:
    """Return the body as arguments for requests; a body that is not JSON is sent as bytes."""
    if isinstance(body, bytes):
        return {"data": body}
    return {"data": b""} if repr(body) == "NOT_SET" or not is_json(body) else {"json": body}


def is_json(body: Any) -> bool:
    """Return whether the generated body consists of JSON types."""
    if isinstance(body, dict):
        return all(isinstance(key, str) and is_json(value) for key, value in body.items())
    if isinstance(body, list):
        return all(is_json(item) for item in body)
    return body is None or isinstance(body, str | int | float | bool)


def with_real_ids(body: Any, real: dict[str, list[Any]], rng: random.Random) -> Any:
    """Return the body with about half of its IDs replaced by existing ones."""
    if isinstance(body, list):
        return [with_real_ids(item, real, rng) for item in body]
    if not isinstance(body, dict):
        return body
    return {
        key: rng.choice(real[key]) if key in real and rng.random() < 0.5 else with_real_ids(value, real, rng)
        for key, value in body.items()
    }


def create_objects(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Create classes in each state, people of each role, and courseware; return their IDs by field."""
    people = {"t1": "teacher", "a1": "assistant", **{f"s{n}": "student" for n in range(5)}}
    sandbox.call("user/register", {"list": [{"user_id": u, "role": r} for u, r in people.items()]}, APP)
    made = {"teacher_id": "t1", "admin_id": "a", "admin_sig": "s", "class_type": "public"}
    classes = [sandbox.call("class/create", made, APP)["class_id"] for _ in range(40)]
    for class_id in classes[20:]:
        sandbox.call("class/start", {"class_id": class_id}, APP)
    for class_id in classes[35:]:
        sandbox.call("class/stop", {"class_id": class_id}, APP)
    documents = [sandbox.call("document/add", {"doc_url": "u"}, APP)["doc_id"] for _ in range(10)]
    users = list(people)
    return {
        "class_id": classes,
        "user_id": users,
        "teacher_id": users[:2],
        "doc_id": documents,
        "owner": users,
    }


def main(cases: int) -> int:
    """Fuzz a new service and print the result."""
    with tempfile.TemporaryDirectory() as data:
        sandbox = start_sandbox(Path(data), [(APP, KEY, None)])
        began = time.monotonic()
        try:
            result = fuzz(sandbox, cases)
        finally:
            sandbox.stop()
    verdict = "ok" if not result.breaches and result.cases >= cases else "MISSED"
    took = time.monotonic() - began
    print(
        f"sandbox fuzz: {result.cases:,} cases, {result.accepted:,} accepted, "
        f"{len(result.breaches)} breaches (goal {cases:,} cases, 0) in {took:.0f} s {verdict}"
    )
    for breach in result.breaches[:10]:
        print(f"  {breach}")
    return 0 if verdict == "ok" else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FULL))
