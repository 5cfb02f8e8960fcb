"""Changes one place of the code at a time, by lot, and runs the tests that know its module until one fails.

    python -m bench.mutants [--count 60] [--first 1] [--seed 1] [--against REVISION] [--only KIND]

With `--against`, places are chosen that the other revision has, too, and its own tests are run on its own
code with the same change, beside those of here. Fails if the tests of here find fewer. `--first` goes on with
a run that ended before.
Each change is made in a clone in a temporary folder. Tests that know a module: those of the folder that
mirrors it, then those of the first lane that import it, then the others that do.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.mutants.changes import KINDS, Change, changes_of
from tests.support.lanes import PROCESS_PATHS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "classes/attendance/calculation/*.py",
    "console/outbox/*.py",
    "console/inbox/*.py",
    "console/policy/*.py",
    "classes/lessons/services.py",
    "classes/conflicts/*.py",
    "accounts/people/services.py",
    "documents/services.py",
)
#: Modules without decisions of their own: columns of tables, words, wiring.
UNDECIDED = {"__init__.py", "admin.py", "apps.py", "labels.py", "models.py", "tables.py", "urls.py"}
#: Seconds that the tests of one stage may take; a change that makes them hang was found.
MOST_S = 600


@dataclass
class Outcome:
    """What the tests of one revision said of a change: the first that failed, if any, and seconds."""

    found_by: str
    seconds: float


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.mutants")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--first", type=int, default=1, metavar="NUMBER")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--against", default="", metavar="REVISION")
    parser.add_argument("--only", choices=KINDS)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees = {"here": _clone(Path(folder) / "here", "HEAD")}
        if asked.against:
            trees["there"] = _clone(Path(folder) / "there", asked.against)
        chosen = draw(candidates(list(trees.values())), asked.count, asked.seed, asked.only)
        found: defaultdict[str, int] = defaultdict(int)
        tried = chosen[asked.first - 1 :]
        for number, change in enumerate(tried, asked.first):
            print(f"{number:3d} {change.describe((trees['here'] / change.path).read_text())}", flush=True)
            for name, tree in trees.items():
                outcome = try_change(tree, change, trees["here"])
                found[name] += bool(outcome.found_by)
                told = outcome.found_by or "NOT FOUND"
                print(f"    {name:5s} {outcome.seconds:6.1f} s  {told}", flush=True)
    counts = ", ".join(f"{name}: {found[name]} of {len(tried)}" for name in trees)
    print(f"found by the tests of {counts} (seed {asked.seed})")
    return int(found["here"] < found["there"] or not tried)


def candidates(trees: list[Path]) -> list[Change]:
    """The changes that can be made in each of the trees, as they are made in the first."""
    first, *others = trees
    paths = sorted({path.relative_to(first) for pattern in SOURCES for path in first.glob(pattern)})
    found = []
    for path in paths:
        if path.name in UNDECIDED:
            continue
        source = (first / path).read_text()
        for change in changes_of(first, str(path)):
            if all(locate(change, source, tree) for tree in others):
                found.append(change)
    return found


def locate(change: Change, source: str, tree: Path) -> Change | None:
    """The same change in another tree's text; None where its three lines are not there once."""
    other = tree / change.path
    if not other.exists():
        return None
    text = other.read_text()
    lines = source.splitlines(keepends=True)
    first = max(change.line - 2, 0)
    window = "".join(lines[first : change.line + 1])
    begins = sum(map(len, lines[:first]))
    if text.count(window) != 1 or change.end > begins + len(window):
        return None
    shift = text.index(window) - begins
    line = text.count("\n", 0, change.start + shift) + 1
    return Change(change.path, change.kind, line, change.start + shift, change.end + shift, change.text)


def draw(all_changes: list[Change], count: int, seed: int, only: str | None = None) -> list[Change]:
    """So many, each kind and each package in its turn, as long as they have some."""
    lot = random.Random(seed)
    heaps: defaultdict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in all_changes:
        if only in (None, change.kind):
            heaps[change.kind, str(Path(change.path).parent)].append(change)
    for heap in heaps.values():
        lot.shuffle(heap)
    turns = sorted(heaps)
    lot.shuffle(turns)
    chosen: list[Change] = []
    while len(chosen) < count and any(heaps.values()):
        for turn in turns:
            if heaps[turn] and len(chosen) < count:
                chosen.append(heaps[turn].pop())
    return chosen


def try_change(tree: Path, change: Change, first: Path) -> Outcome:
    """Make the change in a tree, run its tests stage by stage until one fails, and take it back."""
    began = time.monotonic()
    source = (first / change.path).read_text()
    here = change if tree == first else locate(change, source, tree)
    assert here is not None
    module = tree / change.path
    before = module.read_text()
    module.write_text(here.apply(before))
    try:
        for stage in stages(tree, change.path):
            if found := _first_failure(tree, stage):
                return Outcome(found, time.monotonic() - began)
    finally:
        module.write_text(before)
    return Outcome("", time.monotonic() - began)


def stages(tree: Path, path: str) -> list[list[str]]:
    """The test files that know a module: those that mirror it, then those that import it, slow ones last."""
    mirror = Path("tests") / Path(path).parent
    near = (
        [mirror / f"test_{Path(path).name}"] if (tree / mirror / f"test_{Path(path).name}").exists() else []
    )
    mirrored = sorted(file.relative_to(tree) for file in (tree / mirror).rglob("test_*.py"))
    name = path.removesuffix(".py").replace("/", ".")
    package, _, stem = name.rpartition(".")
    module, package = re.escape(name), re.escape(package)
    imports = re.compile(rf"^\s*((from|import) {module}\b|from {package} import .*\b{stem}\b)", re.MULTILINE)
    files = sorted((tree / "tests").rglob("test_*.py"))
    knowing = [file.relative_to(tree) for file in files if imports.search(file.read_text())]
    quick = [file for file in knowing if not str(file).startswith((*PROCESS_PATHS, "tests/browser/"))]
    slow = [file for file in knowing if file not in quick]
    found: list[list[str]] = []
    tried: set[Path] = set()
    for stage in (near, mirrored, quick, slow):
        files_of_stage = [file for file in stage if file not in tried]
        tried.update(files_of_stage)
        if files_of_stage:
            found.append([str(file) for file in files_of_stage])
    return found


def _first_failure(tree: Path, files: Iterable[str]) -> str:
    """The first test that fails, "does not start" or "hangs"; empty where all pass."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-n", "2", "--dist", "worksteal"]
    command += ["-rfE", "-p", "no:cacheprovider", *files]
    try:
        done = subprocess.run(
            command, cwd=tree, capture_output=True, text=True, timeout=MOST_S, env=os.environ | {"CI": "true"}
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode in (0, 5):
        return ""
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return failed[1] if failed else "does not start"


def _clone(place: Path, revision: str) -> Path:
    """A clone of a revision with the packages of here."""
    subprocess.run(["git", "clone", "-q", "--shared", str(ROOT), str(place)], check=True)
    subprocess.run(["git", "checkout", "-q", "--detach", revision], cwd=place, check=True)
    for folder in (".venv", "node_modules"):
        (place / folder).symlink_to((ROOT / folder).resolve())
    return place


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
