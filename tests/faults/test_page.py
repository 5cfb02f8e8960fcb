"""docs/faults.md names every fail-point and every defence that there is, and each defence has its control."""

from pathlib import Path

from console.failpoints import all_defences
from tests.faults.page import PAGE, lists, written

TESTS = Path(__file__).resolve().parents[1]


def test_the_page_lists_what_the_code_declares():
    text = PAGE.read_text()

    assert text == written(text), "run: python -m tests.faults.page"


def test_each_defence_is_switched_off_by_a_test():
    lists()  # loads all that may declare one
    told = "".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    names = [one.name for one in all_defences() if not one.name.startswith("test")]

    assert [name for name in names if f'"{name}"' not in told] == []
