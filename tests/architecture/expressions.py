"""Every regular expression of production code: where it stands, and how it is used."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.environment import ROOT

PACKAGES = ("accounts", "classes", "console", "documents")
METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
#: Django's and DRF's classes and attributes that take an expression, and how they use it.
CALLS = {"RegexField": "search", "RegexValidator": "search", "re_path": "search"}
ATTRIBUTES = {"lookup_value_regex": "fullmatch", "regex": "fullmatch"}
#: Words of a module that may have one; to parse the others would take seconds.
MAY_HAVE = re.compile(rf"\bre\.|\b(?:{'|'.join((*CALLS, *ATTRIBUTES))})\b")


class Expression(NamedTuple):
    """`name` is that of the constant, or the expression itself where it has none."""

    module: str
    name: str
    pattern: "re.Pattern[Any]"
    methods: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.module}:{self.name}"


@cache
def expressions() -> list[Expression]:
    """All of them. An expression that is put together while the program runs fails here."""
    sources = {_module(path): path.read_text() for path in _files()}
    chosen = {module: source for module, source in sources.items() if MAY_HAVE.search(source)}
    return [found for module, source in chosen.items() for found in _of(module, source, sources)]


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _of(module: str, source: str, sources: dict[str, str]) -> Iterator[Expression]:
    tree = ast.parse(source)
    named = dict(_constants(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id in ATTRIBUTES and isinstance(node.value, ast.Constant):
                method = ATTRIBUTES[node.targets[0].id]
                yield Expression(module, node.value.value, re.compile(node.value.value), (method,))
        elif isinstance(node, ast.Call):
            called = _called(node)
            if called == "re.compile":
                yield _constant(module, named[id(node)], sources)
            elif called.startswith("re.") and called[3:] in METHODS or called.rpartition(".")[2] in CALLS:
                yield _inline(module, node, called)


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def _constants(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The calls of re.compile by the name that they are given: of a module, or of a class in it."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for holder, prefix in [(tree, ""), *((one, f"{one.name}.") for one in classes)]:
        for node in holder.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                yield id(node.value), prefix + ast.unparse(node.targets[0])


def _constant(module: str, name: str, sources: dict[str, str]) -> Expression:
    value: Any = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    short = name.rpartition(".")[2]
    users = [
        source
        for other, source in sources.items()
        if other == module or re.search(rf"from {re.escape(module)} import [^\n]*\b{short}\b", source)
    ]
    used = {found for source in users for found in re.findall(rf"\b{short}\.({'|'.join(METHODS)})\(", source)}
    return Expression(module, name, value, tuple(sorted(used)))


def _inline(module: str, node: ast.Call, called: str) -> Expression:
    given = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "regex")]
    (written,) = (one.value for one in given if isinstance(one, ast.Constant))
    method = CALLS.get(called.rpartition(".")[2], called.removeprefix("re."))
    return Expression(module, written, re.compile(written), (method,))
