"""Imports point one way, also where the contracts of pyproject.toml do not look."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environment import ROOT

OURS = {"console", "accounts", "documents", "classes", "tests", "bench"}


@pytest.mark.parametrize("package", ["console.sandbox", "console.embedded"])
def test_it_imports_nothing_else_of_ours(package: str) -> None:
    """As the contracts say, and also of packages that nobody has listed there yet."""
    folder = ROOT.joinpath(*package.split("."))

    strangers = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in folder.rglob("*.py")
        for name in _imported(path)
        if name.split(".")[0] in OURS and not f"{name}.".startswith(f"{package}.")
    }

    assert strangers == set()


@pytest.mark.processes
def test_all_is_imported_without_a_key() -> None:
    """Keys stay with what runs: the check of types, which loads the models, gets none."""
    keyless = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "FIELD_KEYS")}
    keyless |= {"DJANGO_SETTINGS_MODULE": "console.settings", "CONSOLE_DATA": "/nowhere"}

    setup = [sys.executable, "-c", "import django; django.setup()"]
    done = subprocess.run(setup, cwd=ROOT, env=keyless, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def _imported(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports from."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*above, *filter(None, [node.module])])
