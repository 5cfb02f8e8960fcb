"""What fails in the second lane is run once more, alone, and each second try is named and counted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.run import MOST_SECOND_TRIES, Run, keep_durations, read_files, second_lane, too_long


def outcomes(status: int = 0, **tests: str) -> Run:
    return Run(status, {name: {"outcome": one, "seconds": 0.1, "slow": False} for name, one in tests.items()})


def runs(*results: Run) -> tuple[Callable[..., Run], list[tuple[str, ...]]]:
    """A function in the place of pytest that answers with these, and the arguments of its calls."""
    calls: list[tuple[str, ...]] = []

    def run(*arguments: str) -> Run:
        calls.append(arguments)
        return results[len(calls) - 1]

    return run, calls


def test_nothing_is_run_again_where_nothing_failed() -> None:
    run, calls = runs(outcomes(a="passed"))
    problems: list[str] = []
    assert [one.status for one in second_lane([], problems, run)] == [0]
    assert (len(calls), problems) == (1, [])


def test_what_fails_is_run_again_alone_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    run, calls = runs(outcomes(1, a="passed", b="failed"), outcomes(0, b="passed"))
    problems: list[str] = []
    assert [one.status for one in second_lane([], problems, run)] == [1, 0]
    assert calls[1] == ("-n", "0", "b")
    assert capsys.readouterr().out == "second try: 1 of 2\nsecond try: b\n"
    assert problems == []


def test_a_second_try_without_the_test_is_a_failure() -> None:
    run, _calls = runs(outcomes(1, a="failed"), outcomes(0))
    problems: list[str] = []
    second_lane([], problems, run)
    assert problems == ["second try: 1 tests did not run again"]


def test_many_second_tries_are_a_failure() -> None:
    names = [f"test_{number}" for number in range(MOST_SECOND_TRIES + 1)]
    failed, passed = (dict.fromkeys(names, outcome) for outcome in ("failed", "passed"))
    run, _calls = runs(outcomes(1, **failed), outcomes(0, **passed))
    problems: list[str] = []
    second_lane([], problems, run)
    assert len(problems) == 1


def test_a_run_that_broke_without_a_failed_test_is_no_success() -> None:
    run, calls = runs(outcomes(3, a="passed"))
    assert [one.status for one in second_lane([], [], run)] == [3]
    assert len(calls) == 1


def test_a_long_test_has_to_be_marked() -> None:
    tests = {
        "quick": {"outcome": "passed", "seconds": 1.0, "slow": False},
        "long": {"outcome": "passed", "seconds": 3.0, "slow": False},
        "marked": {"outcome": "passed", "seconds": 9.0, "slow": True},
    }
    assert too_long(Run(0, tests)) == ["long takes 3.0 s and is not marked slow"]
    tests["marked"]["seconds"] = 200.0
    assert too_long(Run(0, tests))[1] == "slow tests take 200 s together"


def test_the_longest_test_of_each_file_is_kept(tmp_path: Path) -> None:
    tests = {f"tests/{name}": {"outcome": "passed", "seconds": seconds, "slow": False} for name, seconds in
             [("a.py::one", 1.25), ("a.py::two", 3.04), ("b.py::one", 0.2)]}  # fmt: skip
    kept = tmp_path / "durations.json"
    keep_durations([Run(0, {name: tests[name]}) for name in tests], kept)
    assert json.loads(kept.read_text()) == {"tests/a.py": 3.0}


def test_a_folder_is_read_whole_and_one_that_is_missing_is_none(tmp_path: Path) -> None:
    (tmp_path / "locales").mkdir()
    (tmp_path / "browser").write_bytes(b"1" * 5_000_000)
    (tmp_path / "locales" / "zh").write_bytes(b"12")
    assert read_files(tmp_path) == 5_000_002
    assert read_files(tmp_path / "missing") == 0
