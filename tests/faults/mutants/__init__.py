"""Mutants: each switches off one defence of the console, so that a test proves that it would notice.

    with mutated("outbox.fence"):
        check()  # must fail

A mutant replaces text in the source of functions, or in SQL that a module keeps in a constant. The console
itself has no switch for its defences. `python -m tests.faults.docs_tables` lists them in docs/faults.md.
"""

import contextlib
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from tests.faults.mutants import inbox, mirror, others, outbox, webhooks
from tests.faults.mutants.types import Change

_AREAS = (inbox, mirror, others, outbox, webhooks)
MUTANTS = {one.name: one for area in _AREAS for one in area.MUTANTS}
_active: list[str] = []
_sources: dict[FunctionType, str] = {}


@contextlib.contextmanager
def mutated(*names: str) -> Iterator[None]:
    """Apply mutants to this process; KeyError for an unknown name."""
    with contextlib.ExitStack() as undo:
        for name in names:
            for change in MUTANTS[name].changes:
                undo.enter_context(_changed(change))
            _active.append(name)
            undo.callback(_active.remove, name)
        yield


def active_mutants() -> list[str]:
    """Return the names of the mutants in force, for a child process to apply them again."""
    return list(_active)


@contextlib.contextmanager
def _changed(change: Change) -> Iterator[None]:
    module_name, _, path = change.target.partition(":")
    owner: Any = importlib.import_module(module_name)
    *classes, name = path.split(".")
    for one in classes:
        owner = getattr(owner, one)
    value = inspect.getattr_static(owner, name)
    change_it = _changed_text if isinstance(value, str) else _changed_function
    with change_it(owner, name, value, change):
        yield


@contextlib.contextmanager
def _changed_text(owner: Any, name: str, value: str, change: Change) -> Iterator[None]:
    assert change.old in value, f"{change.target} does not hold {change.old!r}"
    setattr(owner, name, value.replace(change.old, change.new))
    try:
        yield
    finally:
        setattr(owner, name, value)


@contextlib.contextmanager
def _changed_function(_owner: Any, _name: str, value: Any, change: Change) -> Iterator[None]:
    function: FunctionType = inspect.unwrap(value)
    source, code = _sources.get(function) or inspect.getsource(function), function.__code__
    count = source.count(change.old)
    assert count == 1, f"{change.target} holds {change.old!r} {count} times instead of once"
    _sources[function] = source.replace(change.old, change.new)
    function.__code__ = _compile(function, _sources[function])
    try:
        yield
    finally:
        function.__code__, _sources[function] = code, source


def _compile(function: FunctionType, source: str) -> CodeType:
    """Return the code of a function by its source, without its decorators."""
    lines = textwrap.dedent(source).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(("def ", "async def ")))
    body, names = "\n".join(lines[start:]), dict(function.__globals__)
    free = function.__code__.co_freevars
    if free:  # names of a function around it, such as the class for super(), stay free variables
        inner = textwrap.indent(body, "    ")
        body = f"def {function.__name__}({', '.join(free)}):\n{inner}\n    return {function.__name__}\n"
    exec(compile(body, f"<mutant of {function.__qualname__}>", "exec"), names)
    made = names[function.__name__]
    code = (made(*free) if free else made).__code__
    assert isinstance(code, CodeType)
    return code
