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
#: Looked for among people: names in both scripts, a user ID, the end of a number, a group, and nobody.
WORDS = ("王小明1", "丽华", "s1", "4321", "year 1", "王 明", "nobody-of-this-name")


@pytest.fixture
def crowded(school: Enterprise, other_school: Enterprise, olga: User) -> User:
    """Alice, in a school with more of everything than a page holds."""
    alice = build_crowded_school(school, other_school, olga, many=MANY).people["admin"]
    assert alice is not None
    return alice


@pytest.fixture
def opens(crowded: User) -> Callable[[str], tuple[int, str]]:
    """How many statements a page of Alice takes that she opened before, and where the next one begins."""
    client, opened = client_for(crowded), set[str]()

    def count(path: str) -> tuple[int, str]:
        if (begins := path.partition("?")[0]) not in opened:
            client.get(path)
            opened.add(begins)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(path)
        assert page.status_code == 200
        keyset = page.context.get("keyset")
        return len(asked), (keyset.next if keyset is not None else "") or ""

    return count


def test_a_long_list_asks_little_on_every_page_and_for_every_search(
    opens: Callable[[str], tuple[int, str]],
) -> None:
    """One world for all of it: to build it takes longer than to read."""
    needed = {}
    for path in LISTS:
        needed[path], following = opens(path)
        if following:
            further = f"{path}{'&' if '?' in path else '?'}after={following}"
            needed[further], _ = opens(further)
    assert len(needed) > len(LISTS) + 5
    for word in WORDS:
        needed[word], _ = opens(f"/people/?q={word}")
    path, following = "/people/", opens("/people/")[1]
    while following:
        path = f"/people/?after={following}"
        needed[path], following = opens(path)
    assert path != "/people/"
    assert {path: number for path, number in needed.items() if number > MOST} == {}
