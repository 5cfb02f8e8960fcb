"""The lists of docs/faults.md: `python -m tests.faults.docs_tables` writes them anew from what the code
declares."""

import importlib
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import django

from console import failpoints
from tests.faults.mutants import MUTANTS
from tests.support import environment

FAULTS_PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
BEGIN, END = "<!-- begin {} -->", "<!-- end {} -->"


def build_tables() -> dict[str, str]:
    """The two tables by name."""
    _load()
    return {
        "points": _table("fail-point", [(one.name, one.means) for one in failpoints.all_points()]),
        "defences": _table("defence", [(one.name, one.means) for _, one in sorted(MUTANTS.items())]),
    }


def with_tables(text: str) -> str:
    """The page with both tables as they should be."""
    for name, table in build_tables().items():
        begin, end = BEGIN.format(name), END.format(name)
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        text = pattern.sub(lambda _: f"{begin}\n{table}\n{end}", text)  # noqa: B023 (used at once)
    return text


def _load() -> None:
    """Every module of ours, for any may declare a point; so it does not matter what a process has loaded."""
    for package in ("console", "accounts", "documents", "classes"):
        _load_below(importlib.import_module(package))


def _load_below(package: ModuleType) -> None:
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if module.name.split(".")[-1] in ("sandbox", "migrations"):
            continue
        loaded = importlib.import_module(module.name)
        if module.ispkg:
            _load_below(loaded)


def _table(what: str, rows: list[tuple[str, str]]) -> str:
    # Names that tests declare for themselves are of no machine.
    known = [(name, means) for name, means in rows if not name.startswith("test")]
    return "\n".join(
        [f"| {what} | means |", "|---|---|", *(f"| {name} | {means} |" for name, means in known)]
    )


def main() -> None:
    FAULTS_PAGE.write_text(with_tables(FAULTS_PAGE.read_text()))


if __name__ == "__main__":
    environment.prepare()
    try:
        django.setup()
        main()
    finally:
        environment.finish()
