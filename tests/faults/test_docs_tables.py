"""docs/faults.md names every fail-point and every defence that there is, and each defence has its control."""

import builtins
import dis
import importlib
import inspect
from operator import attrgetter
from pathlib import Path

import pytest

from tests.faults.docs_tables import FAULTS_PAGE, with_tables
from tests.faults.mutants import MUTANTS, mutated

TESTS = Path(__file__).resolve().parents[1]


@pytest.mark.django_db  # the web process asks for its row policies when it is imported
def test_the_page_lists_what_the_code_declares():
    text = FAULTS_PAGE.read_text()

    assert text == with_tables(text), "run: python -m tests.faults.docs_tables"


def test_each_defence_is_switched_off_by_a_test():
    told = "".join(path.read_text() for path in TESTS.rglob("test_*.py"))

    assert [name for name in MUTANTS if f'"{name}"' not in told] == []


@pytest.mark.parametrize("name", MUTANTS)
def test_each_mutant_fits_the_code_and_is_taken_back(name):
    before = states(name)
    with mutated(name):
        assert not set(before) & set(states(name))
    assert states(name) == before


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_uses_no_name_that_its_module_has_not(name):
    """It would crash, and the crash would pass for a goal that fails."""
    with mutated(name):
        for function in functions(name):
            known = function.__globals__.keys() | vars(builtins).keys()
            assert set(globals_of(function.__code__)) - known == set()


def functions(name):
    """The functions that a mutant changes."""
    targets = [change.target.partition(":") for change in MUTANTS[name].changes]
    found = [attrgetter(path)(importlib.import_module(module)) for module, _, path in targets]
    return [inspect.unwrap(one) for one in found if callable(one)]


def globals_of(code):
    """The global names that a code reads, those of functions within it too."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from globals_of(constant)


def states(name):
    """The text or the code of all that a mutant changes."""
    found = []
    for change in MUTANTS[name].changes:
        module, _, path = change.target.partition(":")
        value = attrgetter(path)(importlib.import_module(module))
        found.append(value if isinstance(value, str) else inspect.unwrap(value).__code__)
    return found
