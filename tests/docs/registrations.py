"""What registers where, derived from the code: calls and decorators that run when a module is imported.

A registry of ours is a container at the top of a module that a function of the module fills, where another
module calls that function at import. Those of Django, Celery and REST framework are in FRAMEWORKS.
"""

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tests.support.environment import ROOT

PACKAGES = ("accounts", "classes", "console", "documents")
#: Not the sandbox, a program of its own; migrations run once and register nothing.
SKIPPED = {"sandbox", "migrations", "embedded"}
#: Entry points, which start something when they are imported.
ENTRY_POINTS = {"__main__", "asgi", "run", "settings", "wsgi"}
FRAMEWORKS = {
    "django.contrib.admin.decorators:register",
    "django.core.checks.registry:CheckRegistry.register",
    "django.dispatch.dispatcher:Signal.connect",
    "django.dispatch.dispatcher:receiver",
    "celery.utils.dispatch.signal:Signal.connect",
    "celery.app:shared_task",
    "rest_framework.routers:BaseRouter.register",
    "django.urls.converters:register_converter",
    "django.template.library:Library.filter",
    "django.template.library:Library.simple_tag",
    "django.template.library:Library.inclusion_tag",
}
FILLING = {"append", "add", "insert", "setdefault", "update", "extend"}


@cache
def registrations() -> dict[str, set[str]]:
    """The modules that register, as paths, by the function ("console.outbox.kinds:register_kind")."""
    found: dict[str, set[str]] = defaultdict(set)
    sources = list(_sources())
    own = {f"{one.module}:{function}" for one in sources for function in one.filling}
    for source in sources:
        if not source.called:
            continue
        module = importlib.import_module(source.module)
        for called in source.called:
            registrar = _registrar(module, called, own)
            if registrar:
                found[registrar].add(source.path)
    return dict(found)


class Source(NamedTuple):
    """A module: the names of what it calls at import, and its functions that fill a container."""

    module: str
    path: str
    called: set[str]
    filling: set[str]


def _sources() -> Iterator[Source]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not SKIPPED & set(path.relative_to(ROOT).parts) and path.stem not in ENTRY_POINTS:
                tree = ast.parse(path.read_text())
                called = {_dotted(expression) for node in tree.body for expression in _run_at_import(node)}
                filling = set(_functions_that_fill(tree))
                yield Source(_module_name(path), str(path.relative_to(ROOT)), called - {""}, filling)


def _module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _run_at_import(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that are called below a statement while its module is imported, or by `ready()`."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for decorator in node.decorator_list:
            yield decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(node, ast.ClassDef):
            started = _started_by_ready(node)
            for inner in node.body:
                for step in inner.body if getattr(inner, "name", "") in started else [inner]:
                    yield from _run_at_import(step)
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield node.func
    for inner in ast.iter_child_nodes(node):
        yield from _run_at_import(inner)


def _started_by_ready(app: ast.ClassDef) -> set[str]:
    """`ready`, and the methods of its class that it calls."""
    bodies = {inner.name: inner for inner in app.body if isinstance(inner, ast.FunctionDef)}
    if "ready" not in bodies:
        return set()
    called = {
        call.func.attr
        for call in ast.walk(bodies["ready"])
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("self.")
    }
    return {"ready"} | called & bodies.keys()


def _dotted(expression: ast.expr) -> str:
    """The name that is called; empty for what has none."""
    if isinstance(expression, ast.Call):  # register_job_type(…)(step)
        expression = expression.func
    if isinstance(expression, ast.Attribute):
        before = _dotted(expression.value) if isinstance(expression.value, ast.Name | ast.Attribute) else ""
        return before and f"{before}.{expression.attr}"
    return getattr(expression, "id", "")


def _registrar(module: ModuleType, called: str, own: set[str]) -> str:
    """The function behind a name, where it registers; else empty. `own` are those of ours that fill."""
    first, *parts = called.split(".")
    target: Any = vars(module).get(first)
    for part in parts:
        target = getattr(target, part, None)
    name = function_name(target)
    if _is_app(module) and name.split(".")[0] in PACKAGES:
        return name
    return name if name in FRAMEWORKS or name in own else ""


def function_name(target: Any) -> str:
    """Where a function is defined, as "module:name"."""
    return f"{getattr(target, '__module__', '')}:{getattr(target, '__qualname__', '')}"


def _is_app(module: ModuleType) -> bool:
    """Whether `ready()` is there: whatever of ours it calls registers something."""
    return module.__name__.rpartition(".")[2] == "apps"


def _functions_that_fill(tree: ast.Module) -> Iterator[str]:
    """The functions of a module that put something into a container which is empty at first."""
    containers = {
        ast.unparse(node.target)
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and node.value and ast.unparse(node.value) in ("{}", "[]")
    }
    for node in tree.body if containers else ():
        if isinstance(node, ast.FunctionDef) and any(_fills(inner, containers) for inner in ast.walk(node)):
            yield node.name


def _fills(node: ast.AST, containers: set[str]) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
            return name in containers
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
            return name in containers and method in FILLING
    return False
