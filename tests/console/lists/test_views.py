"""The list of people as one arranges it: order, columns, density and views, and whose they are."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.tables import PEOPLE_TABLE
from console.lists.models import SavedView
from console.lists.services import save_view
from console.lists.view_settings import ViewSettings
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

PEOPLE = "/people/"


def ids(response: Any) -> list[str]:
    return [one.user_id for one in response.context["keyset"].rows]


def shown(response: Any) -> set[str]:
    return set(response.context["shown"])


def test_a_head_sorts_and_tells_how_the_list_is_sorted(alice: User, bob: User, dina: User) -> None:
    client = client_for(alice)
    assert 'aria-sort="ascending"><a class="sort" href="?sort=-name"' in page_text(client.get(PEOPLE))
    response = client.get(PEOPLE, {"sort": "-name", "active": "all"})
    assert ids(response) == ["dina", "bob", "alice"]
    page = page_text(response)
    assert page.count("aria-sort=") == 1
    assert 'aria-sort="descending"><a class="sort" href="?sort=name&active=all"' in page
    assert ids(client.get(PEOPLE, {"sort": "role"})) == ["alice", "dina", "bob"]


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_people_and_groups_are_sorted_by_the_pinyin_of_their_names(
    alice: User, school: Enterprise, sort: str
) -> None:
    """Neither the order of adding nor that of the characters in Unicode is that of pinyin."""
    in_order = ["陈伟", "李伟", "王伟", "张伟"]
    for number, name in enumerate(("张伟", "李伟", "陈伟", "王伟")):
        User.objects.create(enterprise=school, user_id=f"s{number}", role=Role.STUDENT, nickname=name)
        StudentGroup.objects.create(enterprise=school, name=name)
    client, expected = client_for(alice), in_order if sort == "name" else in_order[::-1]
    people = client.get(PEOPLE, {"sort": sort, "role": "student"}).context["keyset"].rows
    assert [person.nickname for person in people] == expected
    groups = client.get("/groups/", {"sort": sort}).context["object_list"]
    assert [group.name for group in groups] == expected


@pytest.mark.parametrize("sort", ["name", "-name", "user_id", "-role", "added", "-sync"])
def test_every_order_is_paged_without_losing_anybody(alice: User, school: Enterprise, sort: str) -> None:
    User.objects.bulk_create(
        User(enterprise=school, user_id=f"s{n}", login=f"s{n}", nickname=f"S{n % 7}", role=Role.STUDENT)
        for n in range(120)
    )
    client, seen, after = client_for(alice), [], ""
    while True:
        response = client.get(PEOPLE, {"sort": sort, **({"after": after} if after else {})})
        seen += ids(response)
        after = response.context["keyset"].next
        if not after:
            break
    expected = User.objects.filter(enterprise=school).order_by(*PEOPLE_TABLE.order_of(sort))
    assert seen == [one.user_id for one in expected]


@pytest.mark.parametrize("sort", ["phone", "password", "-", "name' or 1=1", "\N{SNOWMAN}"])
def test_an_order_that_the_list_does_not_have_changes_nothing(alice: User, bob: User, sort: str) -> None:
    assert ids(client_for(alice).get(PEOPLE, {"sort": sort})) == ["alice", "bob"]


def test_a_page_of_another_order_does_not_exist(alice: User, school: Enterprise) -> None:
    for n in range(60):
        create_person(school, f"s{n}", Role.STUDENT)
    client = client_for(alice)
    after = client.get(PEOPLE, {"sort": "added"}).context["keyset"].next
    assert client.get(PEOPLE, {"sort": "role", "after": after}).status_code == 404


def test_chosen_columns_are_kept_for_this_person(alice: User, school: Enterprise) -> None:
    client = client_for(alice)
    assert shown(client.get(PEOPLE)) == {"name", "role", "groups", "phone", "email", "sync"}
    answer = client.post(
        f"{PEOPLE}?role=admin&after=x", {"choice": "columns", "columns": ["gender", "nonsense"]}
    )
    assert answer["Location"] == f"{PEOPLE}?role=admin"
    assert shown(client.get(PEOPLE)) == {"name", "gender"}
    page = page_text(client.get(PEOPLE))
    assert '<td data-label="Gender">' in page
    assert '<td data-label="Phone">' not in page
    other = create_person(school, "ada", Role.ADMIN)
    assert "phone" in shown(client_for(other).get(PEOPLE))


def test_density_is_kept_for_all_lists_of_a_person(alice: User) -> None:
    client = client_for(alice)
    client.post(PEOPLE, {"choice": "density", "density": "compact"})
    for address in (PEOPLE, "/groups/"):
        assert 'class="results is-compact"' in page_text(client.get(address))
    client.post("/groups/", {"choice": "density", "density": "normal"})
    assert "is-compact" not in page_text(client.get(PEOPLE))


def test_a_view_keeps_filter_order_columns_and_density(alice: User, bob: User, dina: User) -> None:
    client = client_for(alice)
    client.post(PEOPLE, {"choice": "columns", "columns": ["role"]})
    client.post(PEOPLE, {"choice": "density", "density": "compact"})
    answer = client.post(f"{PEOPLE}?role=student&sort=-name&x=y", {"choice": "save", "name": "Students"})
    view = SavedView.objects.get(name="Students")
    assert answer["Location"] == f"{PEOPLE}?role=student&sort=-name&view={view.pk}"
    client.post(PEOPLE, {"choice": "columns", "columns": ["phone"]})
    client.post(PEOPLE, {"choice": "density", "density": "normal"})
    response = client.get(answer["Location"])
    assert ids(response) == ["dina"]
    assert shown(response) == {"name", "role"}
    page = page_text(response)
    assert "is-compact" in page
    assert f'href="{answer["Location"]}" aria-current="page"' in page.replace("&amp;", "&")
    assert shown(client.get(PEOPLE)) == {"name", "phone"}


def test_a_shared_view_is_there_for_the_school_and_an_own_one_is_not(
    alice: User, sue: User, charlie: User
) -> None:
    client = client_for(alice)
    client.post(f"{PEOPLE}?role=teacher", {"choice": "save", "name": "Our teachers", "is_shared": "on"})
    client.post(f"{PEOPLE}?role=student", {"choice": "save", "name": "My students"})
    page = page_text(client_for(sue).get(PEOPLE))
    assert "Our teachers" in page
    assert "My students" not in page
    for name in ("Our teachers", "My students"):
        assert name not in page_text(client_for(charlie).get(PEOPLE))


def test_saving_the_open_shared_view_of_another_administrator_changes_it(
    alice: User, sue: User, school: Enterprise
) -> None:
    view = save_view(by=alice, table=PEOPLE_TABLE, name="Ours", settings=ViewSettings(), is_shared=True)
    client = client_for(create_person(school, "ada", Role.ADMIN))
    address, choice = f"{PEOPLE}?role=teacher&view={view.pk}", {"choice": "save", "name": "Ours"}
    hint = "Not shared, it is saved as your own view."
    assert hint in page_text(client.get(address))
    assert hint not in page_text(client_for(alice).get(address))
    answer = client.post(address, {**choice, "is_shared": "on"})
    assert f"view={view.pk}" in answer["Location"]
    assert SavedView.objects.get() == view
    view.refresh_from_db()
    assert (view.user, view.settings["filters"]) == (alice, {"role": ["teacher"]})
    client.post(address, choice)  # not shared any more: an own view, and the one of the school stays
    client_for(sue).post(address, choice)
    rows = SavedView.objects.order_by("id").values_list("user__user_id", "is_shared")
    assert list(rows) == [("alice", True), ("ada", False), ("sue", False)]
    client.post(address, {"choice": "save", "name": "New", "is_shared": "on"})
    assert SavedView.objects.filter(name="New", user__user_id="ada", is_shared=True).exists()


def test_a_view_shows_nobody_more_than_the_list_does(
    alice: User, sue: User, dina: User, charlie: User
) -> None:
    """The columns and the filter of an administrator do not lift the mask, the search or the school."""
    settings = ViewSettings(filters={"q": ["5678"], "active": ["all"]}, columns=("name", "phone"))
    view = save_view(by=alice, table=PEOPLE_TABLE, name="Phones", settings=settings, is_shared=True)
    address = f"{PEOPLE}?{settings.query_string(view=str(view.pk))}"
    assert ids(client_for(alice).get(address)) == ["dina"]
    assert ids(client_for(sue).get(address)) == []
    assert ids(client_for(charlie).get(address)) == []
    assert "13812345678" not in page_text(client_for(sue).get(f"{PEOPLE}?view={view.pk}"))
    assert shown(client_for(charlie).get(f"{PEOPLE}?view={view.pk}")) == set(PEOPLE_TABLE.default_columns)


@pytest.mark.parametrize("choice", ["rename", "delete"])
def test_the_view_of_another_school_does_not_exist(alice: User, charlie: User, choice: str) -> None:
    view = save_view(by=alice, table=PEOPLE_TABLE, name="Ours", settings=ViewSettings(), is_shared=True)
    client = client_for(charlie)
    answer = client.post(PEOPLE, {"choice": choice, "view": str(view.pk), "name": "Theirs"})
    assert answer.status_code == 404
    view.refresh_from_db()
    assert view.name == "Ours"


def test_who_does_not_run_the_school_neither_shares_nor_deletes_shared_views(
    alice: User, sue: User, bob: User
) -> None:
    view = save_view(by=alice, table=PEOPLE_TABLE, name="Ours", settings=ViewSettings(), is_shared=True)
    client = client_for(sue)
    assert "Share with the school" not in page_text(client.get(PEOPLE))
    assert client.post(PEOPLE, {"choice": "save", "name": "X", "is_shared": "on"}).status_code == 403
    assert client.post(PEOPLE, {"choice": "delete", "view": str(view.pk)}).status_code == 403
    assert client_for(bob).post(PEOPLE, {"choice": "save", "name": "X"}).status_code == 403
    assert list(SavedView.objects.all()) == [view]


def test_a_visiting_operator_sorts_but_stores_nothing(olga: User, alice: User) -> None:
    client = client_for(olga)
    client.post(f"/schools/{alice.enterprise_id}/enter/", {"reason": "to see why"})
    page = page_text(client.get(PEOPLE))
    assert "Compact rows" not in page
    assert client.post(PEOPLE, {"choice": "density", "density": "compact"}).status_code in (403, 302)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("posted", "status"),
    [
        ({}, 400),
        ({"choice": "everything"}, 400),
        ({"choice": "density", "density": "huge"}, 400),
        ({"choice": "save", "name": ""}, 302),
        ({"choice": "save", "name": "x" * 61}, 302),
        ({"choice": "save", "name": "a\x00b"}, 400),
        ({"choice": "rename", "view": "1" * 400, "name": "x"}, 404),
        ({"choice": "delete", "view": "-1"}, 404),
    ],
)
def test_nonsense_is_answered_and_stores_nothing(alice: User, posted: dict[str, str], status: int) -> None:
    assert client_for(alice).post(PEOPLE, posted).status_code in (status, 302 if status == 400 else status)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("stored", ["[]", '"x"', "7", '{"columns": {"a": 1}, "filters": [1]}'])
def test_a_row_that_anything_wrote_does_not_break_the_list(alice: User, stored: str) -> None:
    view = save_view(by=alice, table=PEOPLE_TABLE, name="Odd", settings=ViewSettings(), is_shared=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE lists_savedview SET settings = %s::jsonb WHERE id = %s", [stored, view.pk])
    response = client_for(alice).get(f"{PEOPLE}?view={view.pk}")
    assert response.status_code == 200
    assert shown(response) == set(PEOPLE_TABLE.default_columns)


def test_a_name_is_text_and_not_markup(alice: User) -> None:
    client = client_for(alice)
    client.post(PEOPLE, {"choice": "save", "name": "<img src=x onerror=alert(1)>"})
    assert b"<img src=x" not in client.get(PEOPLE).content


def test_a_name_that_is_too_long_is_explained(alice: User) -> None:
    answer = client_for(alice).post(PEOPLE, {"choice": "save", "name": "x" * 61}, follow=True)
    assert "Use a name of at most 60 characters." in page_text(answer)
