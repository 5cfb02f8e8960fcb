"""All tests, in two lanes, with style, imports and types beside the first; `make test` runs it.

    python -m tests.run [fast | durations]

`fast` runs the first lane alone. `durations` runs it in one process, and fails where a test takes over two
seconds and is not marked `slow`, or those that are take too long together. Tests of the second lane that fail
are run once more, alone; one that passes then is named in the last lines, and more than three such tests are
a failure. The last line adds up all runs. ORDER=random shuffles the tests, by a number that it prints.
DURATIONS=keep writes down how long the tests of each file take, by which the next runs are balanced.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from tests.support.lanes import DURATIONS

ROOT = Path(__file__).resolve().parents[1]
#: Tests of the second lane that may need their second try; seconds of a test without the mark `slow`, and of
#: all tests with it.
MOST_SECOND_TRIES, MOST_S, MOST_SLOW_S = 3, 2.0, 120.0
#: Where Debian's packages keep the browser. It is read while the second lane is collected: during the first a
#: machine may let go of it, and a browser that starts reads its 220 MB in small parts, which took half a
#: minute on a slow disk.
BROWSER = Path("/usr/lib/chromium")
#: Tests of which the duration is printed.
LONGEST = 20
BESIDE: dict[str, list[str]] = {
    "style": ["ruff", "check", "."],
    "formatting": ["ruff", "format", "--check", "."],
    "imports": ["lint-imports", "--no-cache", "--no-logo"],
    "types": ["mypy"],
    "types of the sandbox": ["mypy", "--config-file", "console/sandbox/mypy.ini"],
}


@dataclass
class Run:
    """What came of a run of pytest: its exit status, each test with outcome and seconds, and the files that
    have tests of the other lane.
    """

    status: int
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)
    other_lane: list[str] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        return sum(test["outcome"] == outcome for test in self.tests.values())

    @property
    def failed(self) -> list[str]:
        return [nodeid for nodeid, test in self.tests.items() if test["outcome"] == "failed"]


def run_tests(*arguments: str) -> Run:
    """Run pytest with these arguments in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "outcomes.json"
        command = [sys.executable, "-m", "pytest", f"--outcomes={file}", *arguments]
        status = subprocess.run(command, cwd=ROOT).returncode
        return Run(status, **(json.loads(file.read_text()) if file.exists() else {}))


def main(which: str) -> int:
    began = time.monotonic()
    order = _order()
    checks = ThreadPoolExecutor(1).submit(_check) if which != "durations" else None
    first = run_tests("--lane=first", *(["-n", "0"] if which == "durations" else workers()), *order)
    problems = checks.result() if checks else []
    runs = [first]
    if which == "all":
        Thread(target=read_files, args=[BROWSER]).start()
        runs += second_lane([*order, *first.other_lane], problems)
    _print_durations(runs)
    if os.environ.get("DURATIONS") == "keep":
        keep_durations(runs)
    if which == "durations":
        problems += too_long(first)
    for problem in problems:
        print(problem)
    failed = first.count("failed") + (runs[-1].count("failed") if len(runs) > 1 else 0)
    passed = sum(run.count("passed") for run in runs)
    skipped = sum(run.count("skipped") for run in runs)
    print(f"{time.monotonic() - began:.0f} s")
    print(f"{passed} passed, {failed + len(problems)} failed, {skipped} skipped")
    # A run whose tests failed ends with 1, which the second try may mend; more than that is a run that broke.
    statuses = [run.status for run in runs if run.status > 1]
    return max([*statuses, 1 if problems or failed or not passed else 0])


def read_files(folder: Path) -> int:
    """Read all files of a folder, one after the other, if it is there; their bytes."""
    files = [file for file in folder.glob("**/*") if file.is_file()]
    return sum(len(part) for file in files for part in _parts(file))


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while part := content.read(1 << 22):
            yield part


def workers() -> list[str]:
    """One process more than processors, since a test often waits for a program; or as many as XDIST says."""
    number = os.environ.get("XDIST", "auto")
    return ["-n", str((os.cpu_count() or 1) + 1) if number == "auto" else number, "--dist", "worksteal"]


def second_lane(options: list[str], problems: list[str], run: Callable[..., Run] = run_tests) -> list[Run]:
    """Run the second lane, and its failed tests once more, alone; add what is wrong to `problems`.

    `options` are further arguments: the order, and the files to look into where they are known.
    """
    second = run("--lane=second", *workers(), *options)
    if not second.failed:
        return [second]
    again = run("-n", "0", *second.failed)
    passed = [nodeid for nodeid in second.failed if nodeid not in again.failed]
    print(f"second try: {len(passed)} of {len(second.tests)}")
    for nodeid in passed:
        print(f"second try: {nodeid}")
    if missing := set(second.failed) - set(again.tests):
        problems.append(f"second try: {len(missing)} tests did not run again")
    if len(passed) > MOST_SECOND_TRIES:
        problems.append(f"second try: {len(passed)} tests needed one, more than {MOST_SECOND_TRIES}")
    return [second, again]


def _order() -> list[str]:
    if os.environ.get("ORDER", "") != "random":
        return []
    number = random.randrange(10**6)
    print(f"order of the tests: {number}")
    return [f"--order={number}"]


def _check() -> list[str]:
    """Run what `make lint` runs, one after the other; what each found, if anything."""
    problems = []
    for what, (program, *arguments) in BESIDE.items():
        command = [Path(sys.executable).with_name(program), *arguments]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            problems.append(f"{what}:\n{done.stdout[-5000:]}")
    return problems


def _print_durations(runs: list[Run]) -> None:
    tests = {nodeid: test["seconds"] for run in runs for nodeid, test in run.tests.items()}
    packages: defaultdict[str, float] = defaultdict(float)
    for nodeid, seconds in tests.items():
        packages["/".join(nodeid.split("::")[0].split("/")[1:3])] += seconds
    print("\nlongest tests:")
    for nodeid in sorted(tests, key=lambda one: -tests[one])[:LONGEST]:
        print(f"{tests[nodeid]:8.1f} s  {nodeid}")
    print("packages:")
    for name in sorted(packages, key=lambda one: -packages[one]):
        print(f"{packages[name]:8.0f} s  {name}")


def keep_durations(runs: list[Run], file: Path = DURATIONS) -> None:
    """Write the seconds of each file's longest test, where that is above one."""
    longest: defaultdict[str, float] = defaultdict(float)
    for run in runs:
        for nodeid, test in run.tests.items():
            name = nodeid.partition("::")[0]
            longest[name] = max(longest[name], round(test["seconds"], 1))
    kept = {name: seconds for name, seconds in sorted(longest.items()) if seconds > 1}
    file.write_text(json.dumps(kept, indent=1) + "\n")


def too_long(run: Run) -> list[str]:
    """What is wrong with the durations of the first lane."""
    unmarked = {nodeid: test for nodeid, test in run.tests.items() if not test["slow"]}
    slow = sum(test["seconds"] for test in run.tests.values() if test["slow"])
    found = [
        f"{nodeid} takes {test['seconds']:.1f} s and is not marked slow"
        for nodeid, test in unmarked.items()
        if test["seconds"] > MOST_S
    ]
    return found + ([f"slow tests take {slow:.0f} s together"] if slow > MOST_SLOW_S else [])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
