"""Figures with a reference: measured in turns, reported as medians, written into docs/benchmarks.md."""

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
SEED = 1


@dataclass(frozen=True)
class Figure:
    """A line of the table. `ratio` is ours divided by the reference; `bar` is its maximum (or minimum)."""

    what: str
    anchor: str
    ours: str
    ratio: float
    bar: float
    at_least: bool = False
    sign: str = "×"

    @property
    def met(self) -> bool:
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar

    @property
    def asked(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bar:g}{self.sign}"

    def line(self) -> str:
        cells = [self.what, self.anchor, self.ours, f"{self.ratio:.3g}{self.sign}", self.asked]
        return f"| {' | '.join(cells)} | {'met' if self.met else '**missed**'} |"

    def __str__(self) -> str:
        verdict = "ok" if self.met else "MISSED"
        text = f"{self.ratio:.3g}{self.sign} (bar {self.asked})"
        return f"{self.what}: ours {self.ours}, anchor {self.anchor}, {text} {verdict}"


def measure_in_turns(rounds: int, *ways: Callable[[], float]) -> list[list[float]]:
    """Return the measurements of each way, taken in turns, so that other load affects all alike.

    The first round warms up and is not counted.
    """
    results: list[list[float]] = [[] for _ in ways]
    for number in range(rounds + 1):
        for way, figures in zip(ways, results, strict=True):
            figure = way()
            if number:
                figures.append(figure)
    return results


def medians(rounds: int, *ways: Callable[[], float]) -> list[float]:
    """Return the medians of `measure_in_turns`."""
    return [statistics.median(figures) for figures in measure_in_turns(rounds, *ways)]


def seconds(work: Callable[[], object]) -> float:
    """Return the duration of a call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ms(taken: float) -> str:
    return f"{taken * 1000:.3g} ms"


def machine() -> str:
    """Describe the machine, the time and the commit in one line."""
    cpuinfo = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.split(":")[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")]
    model = models[0] if models else platform.processor() or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    git = ["git", "describe", "--always", "--dirty=+", "--abbrev=8"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True).stdout.strip() or "unknown"
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}, seed {SEED}, {os.cpu_count()} × {model}, "
        f"{memory:.0f} GiB, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end"
    )


def write(name: str, figures: Sequence[Figure], notes: Sequence[str] = (), page: Path = PAGE) -> None:
    """Replace the table between the markers of `name` in the page; ValueError if there are none."""
    begins, ends = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = page.read_text().partition(begins)
    _, closed, after = rest.partition(ends)
    if not found or not closed:
        raise ValueError(f"{page.name} has no markers of {name}")
    lines = ["", "| what | anchor | ours | ratio | asked | |", "|---|---|---|---|---|---|"] if figures else []
    lines += [figure.line() for figure in figures]
    lines += ["", *(f"- {note}" for note in notes), *([""] if notes else []), f"*{machine()}.*", ""]
    page.write_text(before + begins + "\n".join(lines) + "\n" + ends + after)


def report(name: str, figures: Sequence[Figure], notes: Sequence[str] = (), *, keep: bool = True) -> int:
    """Print the figures, write them into the page if `keep`, and return how many were missed."""
    for figure in figures:
        print(figure, flush=True)
    for note in notes:
        print(f"  {note}", flush=True)
    if keep:
        write(name, figures, notes)
    return sum(not figure.met for figure in figures)
