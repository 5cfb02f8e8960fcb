"""What a page of a long list asks of the database: as much for many rows as for few, and little."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, User
from tests.architecture.crowded_school import build_crowded_school
from tests.support.page_client import client_for

#: Session, person with their school, what waits in the menu and beside the bell, views of the list, the
#: grades to filter by; three are left for its rows.
MOST = 8
MANY = 60
LISTS = (
    "/people/",
    "/groups/",
    "/lessons/",
    "/lessons/?q=History",
    "/courses/",
    "/courseware/",
    "/recordings/",
    "/alarms/",
    "/leave/",
    "/appeals/",
    "/sync/sent/",
    "/sync/received/",
    "/sync/differences/",
    "/audit/",
    "/notices/",
    "/reports/absences/",
    "/reports/absences/?least=1",
)


@pytest.fixture
def crowded(school: Enterprise, other_school: Enterprise, olga: User) -> User:
    """Alice, in a school with more of everything than a page holds."""
    alice = build_crowded_school(school, other_school, olga, many=MANY).people["admin"]
    assert alice is not None
    return alice


@pytest.fixture
def asks(crowded: User) -> Callable[[str], int]:
    """How many statements Alice's page takes, the second time she opens it."""
    client = client_for(crowded)

    def count(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    return count


def test_a_long_list_asks_little_on_its_first_page_and_on_the_next(
    crowded: User, asks: Callable[[str], int]
) -> None:
    needed = {path: asks(path) for path in LISTS}
    client = client_for(crowded)
    for path in LISTS:
        page = client.get(path).context.get("keyset")
        if page is not None and page.next:
            further = f"{path}{'&' if '?' in path else '?'}after={page.next}"
            needed[further] = asks(further)
    assert len(needed) > len(LISTS) + 5
    assert {path: number for path, number in needed.items() if number > MOST} == {}


def test_so_does_looking_for_somebody(asks: Callable[[str], int]) -> None:
    words = ["王小明1", "丽华", "s1", "4321", "year 1", "王 明", "nobody-of-this-name"]
    needed = {word: asks(f"/people/?q={word}") for word in words}
    assert {word: number for word, number in needed.items() if number > MOST} == {}


def test_and_so_does_the_last_page(crowded: User, asks: Callable[[str], int]) -> None:
    client, after = client_for(crowded), ""
    while following := client.get("/people/", {"after": after}).context["keyset"].next:
        after = following
    assert after
    assert asks(f"/people/?after={after}") <= MOST
