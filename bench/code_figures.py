"""`make figures`: size and shape of the code base, a line a figure, written into docs/benchmarks.md.

Counted are the modules of the four packages without migrations; tests lie elsewhere. Exits with 1 if a bar is
missed. `--report` only prints, and exits with 0.
"""

import ast
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import grimp

from bench.figures import ROOT, Figure, write

PACKAGES = ("accounts", "classes", "console", "documents")
#: The most modules and packages directly inside a package.
MOST_SIBLINGS = {"classes": 30, "accounts": 14}
#: Packages whose direct children must not import each other in a circle.
ACYCLIC = ("console", "console.sandbox", "accounts", "documents", "classes")
#: Lines at revision 2a97d4f of main, before the packages were laid out by feature: what `count_lines` returns
#: for the modules below a folder with that revision.
BASELINE_LINES = 68_923
MOST_LINES, LEAST_LINES, MOST_FUNCTION_LINES, MOST_IGNORED = 350, 20, 40, 25
#: Longer modules, with the reason.
LONG_MODULES = {
    "console/settings.py": "Django's settings are looked up in one file",
}
#: Names that Django or Celery look up, and packages' own: these may be short.
SHORT_NAMES = ("__init__", "admin", "apps", "asgi", "formats", "tasks", "urls")
MYPY: tuple[tuple[str, list[str]], ...] = (
    ("console and benchmarks", []),
    ("sandbox", ["--config-file", "console/sandbox/mypy.ini"]),
)


@dataclass(frozen=True)
class Module:
    """A Python file of the packages. `path` is relative to the root."""

    path: Path
    text: str

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def may_be_short(self) -> bool:
        return self.path.stem in SHORT_NAMES or self.path.stem.endswith("_urls")


def modules(root: Path = ROOT) -> list[Module]:
    """Return the modules of the packages below `root`, without migrations."""
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    kept = [path for path in paths if "migrations" not in path.relative_to(root).parts]
    return [Module(path.relative_to(root), path.read_text(encoding="utf-8")) for path in kept]


def count_lines(found: Iterable[Module]) -> int:
    return sum(module.lines for module in found)


def siblings(package: str, root: Path = ROOT) -> list[str]:
    """Return the modules and packages directly inside a package, without its migrations."""
    files = [path.stem for path in (root / package).glob("*.py")]
    folders = [path.parent.name for path in (root / package).glob("*/__init__.py")]
    return sorted({*files, *folders} - {"__init__", "migrations"})


def long_modules(found: Iterable[Module]) -> list[str]:
    """Return the modules above the bar that have no reason to be longer, with their lines."""
    above = [one for one in found if one.lines > MOST_LINES and str(one.path) not in LONG_MODULES]
    return [f"{one.path} ({one.lines})" for one in sorted(above, key=lambda one: -one.lines)]


def short_modules(found: Iterable[Module]) -> list[str]:
    """Return the modules that are too short to be one, with their lines."""
    return [f"{one.path} ({one.lines})" for one in found if one.lines < LEAST_LINES and not one.may_be_short]


def function_lengths(found: Iterable[Module]) -> dict[str, int]:
    """Return the lines of every function and method, from `def` to its end, by place."""
    return {
        f"{module.path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module in found
        for node in _statements(ast.parse(module.text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _statements(holder: ast.AST) -> Iterator[ast.AST]:
    """All below a module or statement; their expressions, which are most of a tree, hold none."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for statement in getattr(holder, name, ()):
            yield statement
            yield from _statements(statement)


def long_functions(lengths: Mapping[str, int]) -> list[str]:
    """Return the functions above the bar with their lines, the longest first."""
    above = sorted((-lines, place) for place, lines in lengths.items() if lines > MOST_FUNCTION_LINES)
    return [f"{place} ({-lines})" for lines, place in above]


def ignored_types(found: Iterable[Module]) -> list[str]:
    """Return the places that switch mypy off for a line."""
    return [
        f"{module.path}:{number}"
        for module in found
        for number, line in enumerate(module.text.splitlines(), start=1)
        if "# type: ignore" in line
    ]


@cache
def import_graph() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGES[0], *PACKAGES[1:], cache_dir=None)


def import_cycles() -> list[str]:
    """Return the imports that close a circle of siblings."""
    breakers = [pair for package in ACYCLIC for pair in import_graph().nominate_cycle_breakers(package)]
    return sorted(f"{importer} → {imported}" for importer, imported in breakers)


def upward_imports() -> list[str]:
    """Return the imports from a higher layer, by the contracts of the layers in pyproject.toml."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = [one for one in options["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
    found: set[str] = set()
    for contract in contracts:
        for container in contract.get("containers", [""]):
            for chain in _illegal_dependencies(contract["layers"], container):
                found.add(f"{chain.importer} → {chain.imported}")
    return sorted(found)


def _illegal_dependencies(layers: list[str], container: str) -> Iterable[Any]:
    """`layers` are as import-linter writes them: `a : b` for two of one height, `(a)` if optional."""
    graph, prefix = import_graph(), f"{container}." if container else ""
    heights = []
    for layer in layers:
        names = [prefix + name.strip(" ()") for name in layer.split(":")]
        heights.append(grimp.Layer(*(name for name in names if name in graph.modules), independent=False))
    return graph.find_illegal_dependencies_for_layers(layers=[one for one in heights if one.module_tails])


def mypy_findings(arguments: list[str]) -> list[str]:
    """Run mypy with a configuration of the project; return its errors. Takes minutes without its cache."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines() if ": error:" in line]
    if done.returncode and not found:
        raise RuntimeError(done.stdout + done.stderr)
    return found


def measure() -> Iterator[tuple[Figure, list[str]]]:
    """Yield each figure with what it counts or the worst of it, the fast ones first."""
    found = modules()
    for package, most in MOST_SIBLINGS.items():
        yield _count(f"siblings in {package}", len(siblings(package)), most), []
    yield _count("imports that close a circle", len(cycles := import_cycles()), 0), cycles
    yield _count("imports from a higher layer", len(upward := upward_imports()), 0), upward
    lines = count_lines(found)
    before = f"{BASELINE_LINES:,} lines"
    yield Figure("Python lines, against 2a97d4f", before, f"{lines:,} lines", lines / BASELINE_LINES, 0.9), []
    median = statistics.median(module.lines for module in found if module.path.stem != "__init__")
    yield Figure("median lines of a module", "–", f"{median:g}", median, 60, at_least=True, sign=""), []
    yield Figure("median lines of a module", "–", f"{median:g}", median, 100, sign=""), []
    reasons = [f"{path} is longer: {reason}" for path, reason in LONG_MODULES.items()]
    longest = max(module.lines for module in found if str(module.path) not in LONG_MODULES)
    yield _count("lines of the longest module", longest, MOST_LINES), [*long_modules(found), *reasons]
    yield _count(f"modules under {LEAST_LINES} lines", len(short := short_modules(found)), 0), short
    lengths = function_lengths(found)
    long = long_functions(lengths)
    share, words = 100 * len(long) / len(lengths), f"{len(long)} of {len(lengths):,}"
    yield Figure(f"functions over {MOST_FUNCTION_LINES} lines", "–", words, share, 0.5, sign="%"), long[:10]
    yield _count("`type: ignore`", len(ignored_types(found)), MOST_IGNORED), []
    for what, arguments in MYPY:
        yield _count(f"findings of mypy, {what}", len(findings := mypy_findings(arguments)), 0), findings


def _count(what: str, number: int, most: int) -> Figure:
    return Figure(what, "–", str(number), number, most, sign="")


def main() -> int:
    figures, notes, only_report = [], [], "--report" in sys.argv[1:]
    for figure, details in measure():
        print(figure, *details, sep="\n    ", flush=True)
        figures.append(figure)
        notes += details
    if only_report:
        return 0
    write("code", figures, notes)
    return int(any(not figure.met for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
