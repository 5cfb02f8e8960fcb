"""The OpenAPI description, and generated requests held against it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench import sandbox_fuzz, sandbox_signature
from tests.faults.sizes import size
from tests.support.sandbox import ROOT, Sandbox


def test_all_27_endpoints_are_described_with_every_answer_field(sandbox: Sandbox) -> None:
    paths = sandbox.web.get(f"{sandbox.url}/openapi.json", timeout=9).json()["paths"]
    assert len(paths) == 27
    told = paths["/class/info"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"][
        0
    ]
    assert {"class_id", "members", "settings", "real_stop_time", "chat_group_id"} <= set(told["required"])


@pytest.fixture(scope="module")
def fuzzed(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The service with the fuzzer's school beside the others."""
    sandbox.control("enterprise", {"sdkappid": sandbox_fuzz.APP, "tic_key": sandbox_fuzz.KEY})
    sandbox.keys[sandbox_fuzz.APP] = sandbox_fuzz.KEY
    yield sandbox
    del sandbox.keys[sandbox_fuzz.APP]


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_generated_requests_never_break_the_description(fuzzed: Sandbox) -> None:
    """The full run of 20,000 is `python -m bench.sandbox_fuzz`; the small one asks each endpoint once, by
    turns with what the description allows and with what it does not."""
    cases = size(full=135, ci=27)
    result = sandbox_fuzz.fuzz(fuzzed, cases)
    assert result.breaches == []
    assert result.cases >= cases
    assert result.accepted > size(full=10, ci=3)


def test_a_breach_is_seen_where_there_is_one(fuzzed: Sandbox) -> None:
    for fault in ({"kind": "mutate", "match": "business/info"}, {"kind": "status", "match": "user/list"}):
        fuzzed.control("faults", {"arm": fault | {"times": 0}})
    result = sandbox_fuzz.fuzz(fuzzed, 6, ("/business/info", "/class/info", "/user/list"))
    fuzzed.control("faults", {"clear": True})
    assert {breach.split(":")[0] for breach in result.breaches} == {"/business/info", "/user/list"}


def test_signatures_equal_an_independent_computation() -> None:
    """The full run of 100,000 is `python -m bench.sandbox_signature`."""
    assert sandbox_signature.differences(5_000) == 0


def test_every_request_field_is_shown_by_a_test_and_the_page_says_so() -> None:
    command = [sys.executable, "-m", "bench.sandbox_coverage", "--check"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert told.stdout == ""
    assert told.returncode == 0
