"""Each test is in one lane, and what came of it is written down; shown by runs of a small project."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment import ROOT

PROJECT = """
import pytest

@pytest.fixture
def start_nginx(): pass

def test_alone(): pass
def test_behind_nginx(start_nginx): assert False
@pytest.mark.slow
def test_long(): pass
@pytest.mark.processes
def test_of_a_program(): pass
@pytest.mark.full
def test_in_full_alone(): pass
"""


def run_whole(folder: Path, *arguments: str, **variables: str) -> dict[str, Any]:
    """What a run writes down."""
    (folder / "test_project.py").write_text(PROJECT)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  slow\n  processes\n  full\n")
    outcomes = folder / "outcomes.json"
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.lanes", "-p", "no:cacheprovider", "-q"]
    command += [f"--rootdir={folder}", "-c", str(folder / "pytest.ini"), f"--outcomes={outcomes}"]
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "FAULTS": ""} | variables
    subprocess.run([*command, *arguments, str(folder)], cwd=ROOT, capture_output=True, env=alone)
    told: dict[str, Any] = json.loads(outcomes.read_text())
    return told


def run(folder: Path, *arguments: str, **variables: str) -> dict[str, str]:
    """The tests that ran, in their order, with what came of them."""
    tests = run_whole(folder, *arguments, **variables)["tests"]
    assert [nodeid for nodeid, test in tests.items() if test["slow"]] in ([], ["test_project.py::test_long"])
    return {nodeid.partition("::")[2]: test["outcome"] for nodeid, test in tests.items()}


@pytest.mark.parametrize(
    ("lane", "expected"),
    [
        (["--lane=first"], {"test_alone": "passed", "test_long": "passed"}),
        (["--lane=second"], {"test_behind_nginx": "failed", "test_of_a_program": "passed"}),
    ],
    ids=["first", "second"],
)
def test_a_lane_has_its_tests_alone(tmp_path: Path, lane: list[str], expected: dict[str, str]) -> None:
    assert run(tmp_path, *lane) == expected


def test_the_files_of_the_other_lane_are_told_by_the_workers(tmp_path: Path) -> None:
    (tmp_path / "test_more.py").write_text("def test_nothing(): pass")
    told = run_whole(tmp_path, "--lane=first", "-p", "xdist", "-n", "1")
    assert told["other_lane"] == ["test_project.py"]
    assert "test_more.py::test_nothing" in told["tests"]


def test_an_order_by_lot_is_the_same_for_the_same_number(tmp_path: Path) -> None:
    orders = [list(run(tmp_path, f"--order={number}")) for number in (1, 1, 2, 3)]
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 1


def test_a_long_control_runs_with_the_full_sizes_alone(tmp_path: Path) -> None:
    assert "test_in_full_alone" not in run(tmp_path)
    assert run(tmp_path, FAULTS="full")["test_in_full_alone"] == "passed"
