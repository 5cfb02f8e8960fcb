"""mypy finds nothing, in the strict mode that the project sets, so that CI sees it."""

import pytest

from bench.code_figures import MOST_IGNORED, MYPY, ignored_types, modules, mypy_findings


@pytest.mark.slow
@pytest.mark.timeout(900)  # a clean clone has no cache
@pytest.mark.parametrize("arguments", [arguments for _, arguments in MYPY], ids=[name for name, _ in MYPY])
def test_mypy_finds_nothing(arguments: list[str]) -> None:
    assert mypy_findings(arguments) == []


def test_few_lines_are_hidden_from_mypy() -> None:
    assert len(ignored_types(modules())) <= MOST_IGNORED
