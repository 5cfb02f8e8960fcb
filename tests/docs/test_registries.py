"""docs/architecture.md, "What registers where": every registry of the code, and what registers in it."""

import importlib
import re
import subprocess
import sys
from collections import defaultdict
from typing import Any, NamedTuple

import pytest

from tests.docs.registrations import function_name, registrations
from tests.support.environment import ROOT

PAGE = ROOT / "docs/architecture.md"
AT_START, WHEN_NEEDED, BY_LINE = (
    "### At start, in every process",
    "### When Django, Celery or REST framework needs it",
    "### Tables with a line for each thing",
)
NAME = re.compile(r"`([^`]+)`")
TEST = re.compile(r"`(tests/[^`]+)`")
CHECK = re.compile(r"\b[a-z]+\.E\d{3}\b")


class Registry(NamedTuple):
    """A line of the first two tables."""

    function: str
    modules: set[str]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    _, _, below = PAGE.read_text().partition(f"\n{heading}\n")
    table = re.split(r"^#", below, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def named(cell: str) -> list[str]:
    return NAME.findall(cell)


def imported(place: str) -> Any:
    """The module behind a path, or behind the dotted name of a package that is not ours."""
    return importlib.import_module(place.removesuffix(".py").replace("/", "."))


def resolved(place: str, name: str) -> Any:
    target = imported(place)
    for part in name.split("."):
        target = getattr(target, part)
    return target


def registries(heading: str) -> list[Registry]:
    return [
        Registry(function_name(resolved(*named(place), *named(function))), set(named(modules)))
        for _what, function, place, modules, _forgotten in rows(heading)
    ]


def test_the_page_lists_every_registry_with_the_modules_that_register() -> None:
    listed: dict[str, set[str]] = defaultdict(set)
    for one in (*registries(AT_START), *registries(WHEN_NEEDED)):
        listed[one.function] |= one.modules

    assert listed == registrations()


@pytest.mark.processes
def test_what_registers_at_start_does_so_without_a_request_or_a_task() -> None:
    """`django.setup()` of a fresh process alone imports it; the page and the addresses import much more."""
    program = "import sys, django; django.setup(); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=100
    )
    loaded = set(run.stdout.split())
    modules = {path for one in registries(AT_START) for path in one.modules}

    assert len(modules) > 30
    assert {path for path in modules if path.removesuffix(".py").replace("/", ".") not in loaded} == set()


@pytest.mark.parametrize("row", rows(BY_LINE), ids=lambda row: row[0])
def test_a_table_of_the_page_exists_and_holds_something(row: list[str]) -> None:
    _what, tables, place, _forgotten = row

    assert named(tables)
    assert all(resolved(*named(place), name) for name in named(tables))


def test_what_notices_a_forgotten_line_exists() -> None:
    cells = [row[-1] for heading in (AT_START, WHEN_NEEDED, BY_LINE) for row in rows(heading)]
    sources = "".join(path.read_text() for path in ROOT.glob("console/*/*.py"))
    tests = {path for cell in cells for path in TEST.findall(cell)}
    checks = {number for cell in cells for number in CHECK.findall(cell)}

    assert all(cells)
    assert len(tests) > 10
    assert [path for path in tests if not (ROOT / path).exists()] == []
    assert checks == {"policy.E001", "vault.E002"}
    assert [number for number in checks if f'"{number}"' not in sources] == []
