"""docs/faults.md names every fail-point and every defence that there is."""

from tests.faults.page import PAGE, written


def test_the_page_lists_what_the_code_declares():
    text = PAGE.read_text()

    assert text == written(text), "run: python -m tests.faults.page"
