"""The OpenAPI description, and generated requests held against it."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import sandbox_fuzz, sandbox_signature
from tests.support.sandbox import ROOT, Sandbox, start_sandbox


def test_all_27_endpoints_are_described_with_every_answer_field(sandbox: Sandbox) -> None:
    paths = sandbox.web.get(f"{sandbox.url}/openapi.json", timeout=9).json()["paths"]
    assert len(paths) == 27
    told = paths["/class/info"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"][
        0
    ]
    assert {"class_id", "members", "settings", "real_stop_time", "chat_group_id"} <= set(told["required"])


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_generated_requests_never_break_the_description(tmp_path: Path) -> None:
    """The full run of 20,000 is `python -m bench.sandbox_fuzz`."""
    service = start_sandbox(tmp_path, [(sandbox_fuzz.APP, sandbox_fuzz.KEY, None)])
    try:
        result = sandbox_fuzz.fuzz(service, 135)
    finally:
        service.stop()
    assert result.breaches == []
    assert result.cases >= 135
    assert result.accepted > 10


def test_a_breach_is_seen_where_there_is_one(tmp_path: Path) -> None:
    service = start_sandbox(tmp_path, [(sandbox_fuzz.APP, sandbox_fuzz.KEY, None)])
    try:
        for fault in ({"kind": "mutate", "match": "business/info"}, {"kind": "status", "match": "user/list"}):
            service.control("faults", {"arm": fault | {"times": 0}})
        result = sandbox_fuzz.fuzz(service, 54)
    finally:
        service.stop()
    assert {breach.split(":")[0] for breach in result.breaches} == {"/business/info", "/user/list"}


def test_signatures_equal_an_independent_computation() -> None:
    """The full run of 100,000 is `python -m bench.sandbox_signature`."""
    assert sandbox_signature.differences(5_000) == 0


def test_every_request_field_is_shown_by_a_test_and_the_page_says_so() -> None:
    command = [sys.executable, "-m", "bench.sandbox_coverage", "--check"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert told.stdout == ""
    assert told.returncode == 0
