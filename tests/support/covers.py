"""Saying which field of which endpoint a test shows to be honoured; the coverage page reads it."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


def covers(endpoint: str, *fields: str) -> Callable[[Test], Test]:
    """Mark a test; `settings.fps` names a nested field, `members[].role` one of a row."""

    def marked(test: Test) -> Test:
        known = getattr(test, "covers", ())
        test.covers = (*known, *((endpoint, field) for field in fields))  # type: ignore[attr-defined]
        return test

    return marked
