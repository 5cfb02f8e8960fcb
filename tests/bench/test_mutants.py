"""Single changes by lot: where they can be made, which are drawn, and whether a test finds them."""

import ast
from pathlib import Path

import pytest

from bench.mutants.__main__ import draw, locate, stages, try_change
from bench.mutants.changes import KINDS, Change, changes_of

MODULE = '''"""学生 of a lesson."""

LIMIT = 3


def take(rows, wanted):
    """已选: bytes and characters differ here."""
    row = rows.select_for_update().get(pk=wanted)
    if row.count < LIMIT:
        row.count = row.count + 1
        row.save()
    return row
'''
CALCULATION = """def is_late(minutes):
    return minutes > 5
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project with a module, a calculation, and a test that knows its boundary."""
    (tmp_path / "tests" / "lessons").mkdir(parents=True)
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "taking.py").write_text(MODULE)
    (tmp_path / "lessons" / "lateness.py").write_text(CALCULATION)
    test = "from lessons.lateness import is_late\n\ndef test_it():\n    assert is_late(6)\n"
    (tmp_path / "tests" / "lessons" / "test_lateness.py").write_text(test)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    return tmp_path


def test_each_kind_of_change_is_found_where_it_can_be_made(tree: Path) -> None:
    found = {(one.kind, one.line, one.text) for one in changes_of(tree, "lessons/taking.py")}
    assert found == {
        ("wrong constant", 3, "4"),
        ("dropped lock", 8, "rows.all()"),
        ("negation", 9, "not (row.count < LIMIT)"),
        ("comparison", 9, "(row.count >= LIMIT)"),
        ("boundary", 9, "(row.count <= LIMIT)"),
        ("dropped statement", 10, "pass"),
        ("wrong constant", 10, "2"),
        ("dropped statement", 11, "pass"),
    }


def test_every_change_leaves_a_module_of_python(tree: Path) -> None:
    for change in changes_of(tree, "lessons/taking.py"):
        changed = change.apply(MODULE)
        assert changed != MODULE
        ast.parse(changed)
        assert changed.startswith('"""学生 of a lesson."""')


def test_a_change_is_found_again_in_a_revision_whose_lines_have_moved(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "lessons").mkdir(parents=True)
    (other / "lessons" / "taking.py").write_text("# 新\n\n" + MODULE)
    change = next(one for one in changes_of(tree, "lessons/taking.py") if one.kind == "boundary")
    moved = locate(change, MODULE, other)
    assert moved is not None
    assert moved.line == change.line + 2
    assert "if (row.count <= LIMIT):" in moved.apply((other / "lessons" / "taking.py").read_text())
    (other / "lessons" / "taking.py").write_text(MODULE.replace("row.save()", "row.save(force=True)"))
    assert (
        locate(next(one for one in changes_of(tree, "lessons/taking.py") if one.line == 10), MODULE, other)
        is None
    )


def test_the_lot_takes_kinds_and_packages_in_turn_and_the_same_for_a_seed() -> None:
    heap = [
        Change(f"{package}/m.py", kind, line, 0, 1, "x")
        for package in "ab"
        for kind in KINDS
        for line in range(9)
    ]
    drawn = draw(heap, 24, seed=5)
    assert drawn == draw(heap, 24, seed=5) != draw(heap, 24, seed=6)
    assert {(one.path, one.kind) for one in drawn[:12]} == {
        (f"{p}/m.py", kind) for p in "ab" for kind in KINDS
    }
    assert {one.kind for one in draw(heap, 5, seed=1, only="boundary")} == {"boundary"}


def test_a_change_is_tried_on_the_tests_that_know_its_module_and_taken_back(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    # The project is small: of all plugins its tests need the one that brings workers.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "xdist.plugin")
    assert stages(tree, "lessons/lateness.py") == [["tests/lessons/test_lateness.py"]]
    changes = {one.kind: one for one in changes_of(tree, "lessons/lateness.py")}
    found = try_change(tree, changes["comparison"], tree)
    missed = try_change(tree, changes["boundary"], tree)
    assert (found.found_by, missed.found_by) == ("tests/lessons/test_lateness.py::test_it", "")
    assert (tree / "lessons" / "lateness.py").read_text() == CALCULATION
