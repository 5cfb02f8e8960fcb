"""The page of differences: both sides in words, acts on one and on many, kept apart by school."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, Role, User
from console.mirror.desk import act, line_of
from console.outbox.models import Operation
from console.outbox.states import SyncState
from tests.console.mirror.rows import differs, gone
from tests.support.cast import person
from tests.support.pages import LANGUAGES, reader, says, text

LIST = "/sync/differences/"


def listed(client: Any, **asked: str) -> set[str]:
    return {entry["line"].key for entry in client.get(LIST, asked).context["entries"]}


def kids(school: Enterprise, number: int) -> list[User]:
    return [
        differs(person(school, f"kid{place}", Role.STUDENT), nickname=f"Other {place}")
        for place in range(number)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_sides_stand_in_words(alice: User, bob: User, language: str) -> None:
    differs(bob, nickname="Robert", role="assistant")
    client = reader(alice, language)
    for address in (LIST, f"{LIST}user-{bob.pk}/"):
        page = client.get(address)
        for words in ("name", "teacher", "assistant", "changed outside", "last asked"):
            assert says(page, words, language), words
        assert "Robert" in text(page)
        assert f"/people/{bob.pk}/" in text(page)


def test_the_address_chooses_by_sort_and_state(alice: User, bob: User, school: Enterprise) -> None:
    differs(bob, nickname="Robert")
    [kid, left] = kids(school, 2)
    gone(kid)
    act("ignore", left, by=alice)
    client = reader(alice)
    assert listed(client) == {f"user-{bob.pk}", f"user-{kid.pk}"}
    assert listed(client, state="gone") == {f"user-{kid.pk}"}
    assert listed(client, state="changed_outside", sort="user") == {f"user-{bob.pk}"}
    assert listed(client, state="ignored") == {f"user-{left.pk}"}
    assert listed(client, sort="lesson") == set()
    assert listed(client, sort="king", state="tea") == listed(client)


def test_a_long_list_is_paged_and_costs_the_same(alice: User, school: Enterprise) -> None:
    client = reader(alice)
    kids(school, 2)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    User.objects.filter(user_id__startswith="kid").delete()
    kids(school, 25)
    with CaptureQueriesContext(connection) as many:
        first = client.get(LIST)
    assert len(many) == len(few)
    assert len(first.context["entries"]) == 20
    assert len(client.get(LIST, {"page": "2"}).context["entries"]) == 5


def test_ticked_fields_of_one_row_are_taken(alice: User, bob: User) -> None:
    differs(bob, nickname="Robert", phone_no="123")
    form = {"field": ["nickname"], "seen": line_of(bob).seen, "next": f"{LIST}?sort=user"}
    answer = reader(alice).post(f"{LIST}user-{bob.pk}/take/", form)
    assert answer["Location"] == f"{LIST}?sort=user"
    bob.refresh_from_db()
    assert (bob.nickname, bob.phone_no) == ("Robert", "")


def test_what_was_not_seen_is_not_decided(alice: User, bob: User) -> None:
    differs(bob, nickname="Robert")
    seen = line_of(bob).seen
    differs(bob, nickname="Rob")
    answer = reader(alice).post(
        f"{LIST}user-{bob.pk}/take/", {"field": "nickname", "seen": seen}, follow=True
    )
    assert "Its values have changed meanwhile." in text(answer)
    bob.refresh_from_db()
    assert bob.nickname == "Bob"


def test_the_way_back_leads_to_no_other_host(alice: User, bob: User) -> None:
    differs(bob, nickname="Robert")
    form = {"field": "nickname", "next": "https://elsewhere.example/"}
    assert reader(alice).post(f"{LIST}user-{bob.pk}/ignore/", form)["Location"] == LIST


def test_a_gone_row_is_decided_as_a_whole(alice: User, bob: User) -> None:
    gone(differs(bob))
    page = text(reader(alice).get(LIST))
    assert "Make it there again" in page
    assert "Keep it here alone" in page
    assert "Follow iclass" not in page
    reader(alice).post(f"{LIST}user-{bob.pk}/push/", {"whole": "yes"})
    assert Operation.objects.get().kind == "user.register"


def ticked(client: Any, **asked: str) -> list[str]:
    page = text(client.get(LIST, asked))
    return [part.split('"')[0] for part in page.split('form="many" name="chosen" value="')[1:]]


def test_many_are_taken_after_a_question_with_their_number(alice: User, school: Enterprise) -> None:
    people = kids(school, 3)
    client = reader(alice)
    chosen = ticked(client)[:2]
    asked = client.post(f"{LIST}many/take/", {"chosen": chosen})
    assert "Take theirs of 2 entries?" in text(asked)
    assert {User.objects.get(pk=one.pk).nickname for one in people} == {"Kid0", "Kid1", "Kid2"}
    answer = client.post(f"{LIST}many/take/", {"chosen": asked.context["chosen"], "sure": "yes"}, follow=True)
    assert "2 follow iclass now." in text(answer)
    assert User.objects.filter(nickname__startswith="Other").count() == 2


@pytest.mark.parametrize(("name", "state"), [("push", SyncState.SENDING), ("ignore", SyncState.IN_SYNC)])
def test_all_pages_that_fit_are_decided(alice: User, school: Enterprise, name: str, state: str) -> None:
    people = kids(school, 22)
    client = reader(alice)
    asked = client.post(f"{LIST}many/{name}/?sort=user", {"all": "yes"})
    chosen = asked.context["chosen"]
    assert len(chosen) == 22
    client.post(f"{LIST}many/{name}/?sort=user", {"chosen": chosen, "sure": "yes"})
    assert User.objects.filter(pk__in=[one.pk for one in people], sync_state=state).count() == 22


def test_one_that_changed_while_many_were_asked_about_is_left(alice: User, school: Enterprise) -> None:
    [first, second] = kids(school, 2)
    client = reader(alice)
    chosen = ticked(client)
    differs(first, nickname="Quite other")
    answer = client.post(f"{LIST}many/take/", {"chosen": chosen, "sure": "yes"}, follow=True)
    assert "Its values have changed meanwhile." in text(answer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.nickname, second.nickname) == ("Kid0", "Other 1")


@pytest.mark.parametrize("key", ["user-0", "king-1", "user-x", "user", "user-99999999999999999999"])
def test_a_key_that_is_none_is_not_there(alice: User, key: str) -> None:
    client = reader(alice)
    assert client.get(f"{LIST}{key}/").status_code == 404
    assert client.post(f"{LIST}{key}/push/").status_code == 404


def test_another_school_s_differences_do_not_exist(alice: User, bob: User, charlie: User) -> None:
    differs(bob, nickname="Robert")
    key, client = f"user-{bob.pk}", reader(charlie)
    assert listed(client) == listed(client, state="ignored") == set()
    assert client.get(f"{LIST}{key}/").status_code == 404
    for name in ("push", "take", "ignore", "restore"):
        assert client.post(f"{LIST}{key}/{name}/", {"field": "nickname"}).status_code == 404
        client.post(f"{LIST}many/{name}/", {"chosen": [key], "sure": "yes"})
    bob.refresh_from_db()
    assert (bob.nickname, bob.sync_state) == ("Bob", "changed_outside")


def test_teachers_have_no_desk_and_visitors_sign_in(bob: User) -> None:
    differs(bob, nickname="Robert")
    client = reader(bob)
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}user-{bob.pk}/take/", {"field": "nickname"}).status_code == 403
    assert client.post(f"{LIST}many/take/", {"all": "yes", "sure": "yes"}).status_code == 403
    assert reader().get(LIST).status_code == 302


def test_home_counts_them_and_leads_there(alice: User, bob: User, school: Enterprise) -> None:
    kids(school, 3)
    page = text(reader(alice).get("/"))
    assert "differences from iclass to decide" in page
    assert f'href="{LIST}"' in page.split("needs-list")[1]
    act("ignore", User.objects.get(user_id="kid0"), by=alice)
    assert "<strong>2</strong><span>differences" in text(reader(alice).get("/"))


def test_the_three_desks_lead_to_each_other(alice: User) -> None:
    desks = ("/sync/sent/", "/sync/received/", LIST)
    client = reader(alice)
    for here in desks:
        tabs = text(client.get(here)).split('class="desks"')[1].split("</nav>")[0]
        assert all(f'href="{one}"' in tabs for one in desks)
        assert f'href="{here}" aria-current="page"' in tabs
