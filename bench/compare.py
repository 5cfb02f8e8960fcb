"""`python -m bench.compare FOLDER ROUNDS NAME…`: the anchored benchmarks of two commits, run in turns.

FOLDER is a checkout of the earlier commit in which its benchmarks run. Each NAME is a module of
`bench/anchored`; `NAME:quick` takes its small size. Each figure is a ratio to an anchor of the same run. Its
medians over the rounds are compared, one line each; the later may cost LIMIT times as much as the earlier.
"""

import re
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from bench.figures import PAGE, ROOT

#: A benchmark may be a tenth worse than before.
LIMIT = 1.1
LINE = re.compile(r"^(?P<what>.+): ours .+, (?P<ratio>[\d.e+]+)×? \(bar (?P<side>[≤≥]) .+\) (ok|MISSED)$")

Ratios = dict[str, list[float]]


def main(before: Path, rounds: int, names: list[str]) -> int:
    worse = 0
    for name in names:
        results: tuple[Ratios, Ratios] = (defaultdict(list), defaultdict(list))
        at_least: set[str] = set()
        for turn in range(rounds):
            pair = [(before, results[0]), (ROOT, results[1])]
            for folder, ratios in pair if turn % 2 else reversed(pair):
                figures = read_figures(run(folder, name))
                worse += not figures  # it ended without a figure
                for what, ratio, side in figures:
                    ratios[what].append(ratio)
                    if side == "≥":
                        at_least.add(what)
        for what in results[0].keys() ^ results[1].keys():
            print(f"{what}: measured by one of the two commits only", flush=True)
            worse += what in results[0]
        for what in results[0].keys() & results[1].keys():
            worse += not compare(what, results[0][what], results[1][what], at_least=what in at_least)
    return worse


def run(folder: Path, name: str) -> str:
    """Run a benchmark in a checkout and return what it printed; the page of figures stays as it was."""
    page = folder / PAGE.relative_to(ROOT)
    kept = page.read_text()
    command = [sys.executable, "-m", "bench.ground", *name.split(":")]
    try:
        return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False).stdout
    finally:
        page.write_text(kept)


def read_figures(printed: str) -> list[tuple[str, float, str]]:
    """Return name, ratio, and ≤ or ≥ of each figure that a benchmark printed."""
    found = map(LINE.match, printed.splitlines())
    return [(one["what"], float(one["ratio"]), one["side"]) for one in found if one]


def compare(what: str, before: list[float], after: list[float], *, at_least: bool) -> bool:
    """Print a line for one figure and return whether it is within LIMIT."""
    earlier, later = statistics.median(before), statistics.median(after)
    cost, least = (earlier, later) if at_least else (later, earlier)
    change = cost / least if least else 1.0 + cost
    verdict = "ok" if change <= LIMIT else "MISSED"
    figures = f"before {earlier:.3g}, now {later:.3g}, {change:.2f}× of before"
    print(f"{what}: {figures} ({len(before)} and {len(after)} runs) {verdict}", flush=True)
    return change <= LIMIT


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), sys.argv[3:]))
