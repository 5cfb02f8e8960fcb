"""mypy, which `make test` runs beside the tests, is not told to look away."""

from bench.code_figures import MOST_IGNORED, ignored_types, modules


def test_few_lines_are_hidden_from_mypy() -> None:
    assert len(ignored_types(modules())) <= MOST_IGNORED
