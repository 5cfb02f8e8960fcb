"""The language of the tests."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """zh-hans, unless a test asks for another, and whatever ran before it."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def english(chinese: None) -> Iterator[None]:
    """For tests that name sentences by their English words: `pytest.mark.usefixtures("english")`."""
    with translation.override("en"):
        yield
