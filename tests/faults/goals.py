"""One printed line a goal, and the proof that a goal can fail.

    goal("kill -9", kills=200, lost=0, doubled=0)   →   goal kill -9: kills=200 lost=0 doubled=0 seed=20260302
    sabotage("outbox.fence", lambda: check(kills=5))

A line is printed where it happens (`pytest -s`) and again at the end of the run, from xdist's workers too.
This module is a pytest plugin, named in tests/conftest.py.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError

from tests.faults.mutants import mutated
from tests.faults.sizes import SEED
from tests.support import network_calls

KEY, SUM = "goal", "sum"
#: How the database refuses to write nonsense: a constraint, or a trigger of ours.
GUARDS = (psycopg.IntegrityError, psycopg.errors.RaiseException)
_fresh: list[str] = []
_all: list[str] = []
_sums: list[tuple[str, dict[str, int]]] = []
_totals: dict[str, Counter[str]] = {}
_muted: list[bool] = []


def goal(name: str, **figures: Any) -> None:
    """Print what a goal came to. Call it before asserting, so that a failure shows its figures."""
    if _muted:
        return
    shown = [f"{word}={_plain(value)}" for word, value in {**figures, "seed": SEED}.items()]
    line = f"goal {name}: {' '.join(shown)}"
    print(line)
    _fresh.append(line)


def add_to_goal(name: str, **figures: int) -> None:
    """Figures of one test of several that are one goal: their sums are printed as one line at the end."""
    if not _muted:
        _sums.append((name, figures))


def sabotage(defence: str, check: Callable[[], Any], *, also: tuple[str, ...] = ()) -> str:
    """Run `check` with one defence switched off: it has to fail; returns what it said.

    `check` asserts what its goal asserts; that the database refuses to write nonsense counts as well. `also`
    are further defences that have to go down with this one because they cover for it. Forged children are
    disarmed too.
    """
    said = ""
    with mutated(defence, *also), without_goal_lines():
        try:
            check()
        except (AssertionError, DatabaseError) as caught:
            said = f"{caught or type(caught).__name__}".splitlines()[0]
        network_calls.take_found()  # by the mutant
    if said:
        goal(f"sabotage {defence}", caught=repr(said[:120]))
        return said
    raise pytest.fail.Exception(f"without {defence} the goal still holds: it proves nothing about it")


@contextlib.contextmanager
def without_goal_lines() -> Iterator[None]:
    """Goals within print no line: they are controls."""
    _muted.append(True)
    try:
        yield
    finally:
        _muted.pop()


def _plain(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Lines travel on the report, so that they reach the process that prints the summary."""
    if call.when == "call":
        item.user_properties.extend((KEY, line) for line in _fresh)
        item.user_properties.extend((SUM, [name, figures]) for name, figures in _sums)
        _fresh.clear()
        _sums.clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        _all.extend(str(line) for key, line in report.user_properties if key == KEY)
        for key, told in report.user_properties:
            if key == SUM:
                name, figures = told  # type: ignore[misc]
                _totals.setdefault(name, Counter()).update(figures)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    summed = [
        f"goal {name}: {' '.join(f'{word}={number}' for word, number in figures.items())} seed={SEED}"
        for name, figures in _totals.items()
    ]
    if _all or summed:
        terminalreporter.section("goals")
        for line in sorted([*_all, *summed]):
            terminalreporter.write_line(line)
