"""Who looks at the pages of lessons, and how."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, Role, User
from tests.classes.factories import create_students
from tests.support.cast import create_person


@pytest.fixture
def kids(school: Enterprise) -> list[User]:
    """Kid1, Kid2 and Kid3, who are Year 7."""
    return create_students(school, 3, "Year 7")


@pytest.fixture
def ann(school: Enterprise) -> User:
    """An assistant."""
    return create_person(school, "ann", Role.ASSISTANT)


@pytest.fixture
def sue(school: Enterprise) -> User:
    """A supervisor, who watches all lessons and changes nothing."""
    return create_person(school, "sue", Role.SUPERVISOR)


@pytest.fixture
def browse(client: Client) -> Callable[..., Any]:
    """Open a page: `browse(alice, "/")`; `post={…}` sends a form, `htmx=True` asks for a part of it."""

    def open_page(
        reader: User, path: str, post: dict[str, Any] | None = None, language: str = "en", htmx: bool = False
    ) -> Any:
        client.force_login(reader)
        headers = {"accept-language": language} | ({"hx-request": "true"} if htmx else {})
        if post is None:
            return client.get(path, headers=headers)
        return client.post(path, post, headers=headers)

    return open_page


@pytest.fixture
def queries(browse: Callable[..., Any]) -> Callable[..., int]:
    """How many queries a page needs, the second time it is opened."""

    def count(reader: User, path: str, htmx: bool = False) -> int:
        browse(reader, path, htmx=htmx)
        with CaptureQueriesContext(connection) as asked:
            assert browse(reader, path, htmx=htmx).status_code == 200
        return len(asked)

    return count
