"""The files of the repository as tests of the house and of its documents read them."""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.environment import ROOT

CODE = ("console", "accounts", "documents", "classes", "bench", "manage.py")


@cache
def committed() -> tuple[Path, ...]:
    """What is committed or about to be; skips the test where this is no clone."""
    ask = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is not a clone")
    return tuple(ROOT / name for name in sorted(done.stdout.split("\0")) if name and (ROOT / name).is_file())


def code() -> list[Path]:
    """The modules of the program: everything in Python but the tests, those that measure time included."""
    return [path for path in python() if top(path) in CODE and path.parent != ROOT / "bench/measured"]


def python() -> list[Path]:
    return [path for path in committed() if path.suffix == ".py"]


def parsed(paths: Iterable[Path], words: str) -> Iterator[tuple[Path, ast.Module]]:
    """The modules in whose text the expression finds something: to parse all of them takes seconds.

    It has to find more than the test looks for, never less; `ruff format` settles how a call is spelled.
    """
    expression = re.compile(words, re.MULTILINE)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if expression.search(text):
            yield path, ast.parse(text)


def documents() -> list[Path]:
    return [path for path in committed() if path.suffix == ".md"]


def top(path: Path) -> str:
    """The first part of a path below the root."""
    return path.relative_to(ROOT).parts[0]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
