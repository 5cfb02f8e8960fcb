"""All services of the console, found in its source, and those that the scenarios call.

    discovered_services()   # {"classes.attendance.leave.grant_leave", …}
    covered_services()      # those that an act of a scenario calls

A service counts as covered where an act names it: what a scenario calls to make its rows does not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from console.env import BASE_DIR

PACKAGES = ("accounts", "classes", "console", "documents")
#: Functions that make the rows of a scenario.
MAKERS = ("make", "create_")


def discovered_services() -> set[str]:
    """Return the dotted names of all functions with the decorator `@service`."""
    files = (path for package in PACKAGES for path in (BASE_DIR / package).rglob("*.py"))
    return {
        f"{_module_name(path)}.{name}"
        for path in files
        if "@service" in path.read_text(encoding="utf-8")
        for name in _decorated(_parse(path))
    }


def covered_services() -> set[str]:
    """Return the services that acts of the scenarios name."""
    files = Path(__file__).parent.glob("*_scenarios.py")
    return discovered_services() & {name for path in files for name in _named_in_acts(_parse(path))}


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(BASE_DIR).with_suffix("").parts)


def _decorated(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else ()
        if any(isinstance(one, ast.Name) and one.id == "service" for one in decorators):
            yield node.name


def _named_in_acts(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names of imported functions, and of functions of imported modules."""
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in _without_makers(tree):
        if isinstance(node, ast.Name) and node.id in imported:
            yield imported[node.id]
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in imported:
            yield f"{imported[node.value.id]}.{node.attr}"


def _without_makers(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.FunctionDef) and child.name.startswith(MAKERS)):
            yield from _without_makers(child)
