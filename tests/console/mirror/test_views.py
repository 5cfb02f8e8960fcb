"""The page of differences: both sides in words, acts on one and on many, kept apart by school."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, Role, User
from console.mirror.decisions import apply_decision, get_row_differences
from console.outbox.models import Operation
from console.outbox.states import SyncState
from console.policy.bulk_views import MAX_BULK_ROWS
from tests.console.mirror.remote_states import mark_different, mark_gone
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

LIST = "/sync/differences/"


def listed(client: Any, **asked: str) -> set[str]:
    return {entry["line"].key for entry in client.get(LIST, asked).context["entries"]}


def kids(school: Enterprise, number: int) -> list[User]:
    return [
        mark_different(create_person(school, f"kid{place}", Role.STUDENT), nickname=f"Other {place}")
        for place in range(number)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_sides_stand_in_words(alice: User, bob: User, language: str) -> None:
    mark_different(bob, nickname="Robert", role="assistant")
    client = client_for(alice, language)
    for address in (LIST, f"{LIST}user-{bob.pk}/"):
        page = client.get(address)
        for words in ("name", "teacher", "assistant", "changed outside", "last checked"):
            assert page_says(page, words, language), words
        assert "Robert" in page_text(page)
        assert f"/people/{bob.pk}/" in page_text(page)


def test_the_address_chooses_by_sort_and_state(alice: User, bob: User, school: Enterprise) -> None:
    mark_different(bob, nickname="Robert")
    [kid, left] = kids(school, 2)
    mark_gone(kid)
    apply_decision("ignore", left, by=alice)
    client = client_for(alice)
    assert listed(client) == {f"user-{bob.pk}", f"user-{kid.pk}"}
    assert listed(client, state="gone") == {f"user-{kid.pk}"}
    assert listed(client, state="changed_outside", sort="user") == {f"user-{bob.pk}"}
    assert listed(client, state="ignored") == {f"user-{left.pk}"}
    assert listed(client, sort="lesson") == set()
    assert listed(client, sort="king", state="tea") == listed(client)


def test_a_long_list_is_paged_and_costs_the_same(alice: User, school: Enterprise) -> None:
    client = client_for(alice)
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
    mark_different(bob, nickname="Robert", phone_no="123")
    form = {"field": ["nickname"], "seen": get_row_differences(bob).seen, "next": f"{LIST}?sort=user"}
    answer = client_for(alice).post(f"{LIST}user-{bob.pk}/take/", form)
    assert answer["Location"] == f"{LIST}?sort=user"
    bob.refresh_from_db()
    assert (bob.nickname, bob.phone_no) == ("Robert", "")


def test_what_was_not_seen_is_not_decided(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    seen = get_row_differences(bob).seen
    mark_different(bob, nickname="Rob")
    answer = client_for(alice).post(
        f"{LIST}user-{bob.pk}/take/", {"field": "nickname", "seen": seen}, follow=True
    )
    assert "The values have changed in the meantime. Check again, then decide." in page_text(answer)
    bob.refresh_from_db()
    assert bob.nickname == "Bob"


def test_the_way_back_leads_to_no_other_host(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    form = {"field": "nickname", "next": "https://elsewhere.example/"}
    assert client_for(alice).post(f"{LIST}user-{bob.pk}/ignore/", form)["Location"] == LIST


def test_a_gone_row_is_decided_as_a_whole(alice: User, bob: User) -> None:
    mark_gone(mark_different(bob))
    page = page_text(client_for(alice).get(LIST))
    assert "Create again at iclass" in page
    assert "Keep in the console only" in page
    assert "Follow iclass" not in page
    client_for(alice).post(f"{LIST}user-{bob.pk}/push/", {"whole": "yes"})
    assert Operation.objects.get().kind == "user.register"


def ticked(client: Any, **asked: str) -> list[str]:
    page = page_text(client.get(LIST, asked))
    return [part.split('"')[0] for part in page.split('form="many" name="chosen" value="')[1:]]


def test_many_are_taken_after_a_question_with_their_number(alice: User, school: Enterprise) -> None:
    people = kids(school, 3)
    client = client_for(alice)
    chosen = ticked(client)[:2]
    asked = client.post(f"{LIST}many/take/", {"chosen": chosen})
    assert "Use the iclass version for 2 entries?" in page_text(asked)
    assert {User.objects.get(pk=one.pk).nickname for one in people} == {"Kid0", "Kid1", "Kid2"}
    answer = client.post(f"{LIST}many/take/", {"chosen": asked.context["chosen"], "sure": "yes"}, follow=True)
    assert "2 now match iclass." in page_text(answer)
    assert User.objects.filter(nickname__startswith="Other").count() == 2


def offered(client: Any, **asked: str) -> set[str]:
    """The bulk decisions that the list offers."""
    return {one["url"].split("/")[-2] for one in client.get(LIST, asked).context["many"]}


def test_bulk_decisions_are_offered_only_where_the_reader_may_take_them(
    alice: User, bob: User, school: Enterprise
) -> None:
    school.observed = {"name": "Another land"}
    school.sync_state = SyncState.CHANGED_OUTSIDE
    school.save_mirrored(["observed", "sync_state"])
    queen = mark_different(create_person(school, "queen", Role.SUPERADMIN), nickname="The Queen")
    client = client_for(alice)
    assert offered(client, sort="enterprise") == {"ignore"}
    assert offered(client, sort="user") == {"push", "take", "ignore"}
    assert offered(client_for(queen), sort="enterprise") == {"push", "take", "ignore"}
    mark_different(bob, nickname="Robert")
    apply_decision("ignore", bob, by=alice)
    assert offered(client, state="ignored") == {"restore"}


def test_a_row_on_which_nothing_can_be_decided_has_no_checkbox(alice: User, school: Enterprise) -> None:
    [first, second] = kids(school, 2)
    for one in (first, second):
        apply_decision("ignore", one, by=alice)
    client = client_for(alice)
    User.objects.filter(pk=first.pk).update(sync_state=SyncState.SENDING)
    assert [key.split(".")[0] for key in ticked(client, state="ignored")] == [f"user-{second.pk}"]
    User.objects.filter(pk=second.pk).update(sync_state=SyncState.SENDING)
    assert ticked(client, state="ignored") == []
    assert 'id="many"' not in page_text(client.get(LIST, {"state": "ignored"}))


def test_an_operator_inside_a_school_is_offered_what_the_visit_allows(
    olga: User, bob: User, school: Enterprise
) -> None:
    mark_different(bob, nickname="Robert")
    client = client_for(olga)
    client.post(f"/schools/{school.pk}/enter/", {"reason": "A ticket"})
    assert offered(client) == {"push", "ignore"}
    assert [key.split(".")[0] for key in ticked(client)] == [f"user-{bob.pk}"]


def test_all_pages_that_fit_are_those_that_the_reader_may_decide(
    alice: User, bob: User, school: Enterprise
) -> None:
    school.observed = {"name": "Another land"}
    school.sync_state = SyncState.CHANGED_OUTSIDE
    school.save_mirrored(["observed", "sync_state"])
    mark_different(bob, nickname="Robert")
    asked = client_for(alice).post(f"{LIST}many/push/", {"all": "yes"})
    assert [key.split(".")[0] for key in asked.context["chosen"]] == [f"user-{bob.pk}"]


@pytest.mark.parametrize(("name", "state"), [("push", SyncState.SENDING), ("ignore", SyncState.IN_SYNC)])
def test_all_pages_that_fit_are_decided(alice: User, school: Enterprise, name: str, state: str) -> None:
    people = kids(school, 22)
    client = client_for(alice)
    asked = client.post(f"{LIST}many/{name}/?sort=user", {"all": "yes"})
    chosen = asked.context["chosen"]
    assert len(chosen) == 22
    client.post(f"{LIST}many/{name}/?sort=user", {"chosen": chosen, "sure": "yes"})
    assert User.objects.filter(pk__in=[one.pk for one in people], sync_state=state).count() == 22


def test_rows_that_allow_the_act_are_found_behind_a_thousand_that_do_not(
    alice: User, school: Enterprise
) -> None:
    [kid] = kids(school, 1)
    User.objects.bulk_create(
        User(enterprise=school, user_id=f"hare{n}", login=f"hare{n}", sync_state="changed_outside")
        for n in range(MAX_BULK_ROWS)
    )
    asked = client_for(alice).post(f"{LIST}many/take/?sort=user", {"all": "yes"})
    assert [key.split(".")[0] for key in asked.context["chosen"]] == [f"user-{kid.pk}"]


def test_one_that_changed_while_many_were_asked_about_is_left(alice: User, school: Enterprise) -> None:
    [first, second] = kids(school, 2)
    client = client_for(alice)
    chosen = ticked(client)
    mark_different(first, nickname="Quite other")
    answer = client.post(f"{LIST}many/take/", {"chosen": chosen, "sure": "yes"}, follow=True)
    assert "The values have changed in the meantime. Check again, then decide." in page_text(answer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.nickname, second.nickname) == ("Kid0", "Other 1")


@pytest.mark.parametrize("key", ["user-0", "king-1", "user-x", "user", "user-99999999999999999999"])
def test_a_key_that_is_none_is_not_there(alice: User, key: str) -> None:
    client = client_for(alice)
    assert client.get(f"{LIST}{key}/").status_code == 404
    assert client.post(f"{LIST}{key}/push/").status_code == 404


def test_another_school_s_differences_do_not_exist(alice: User, bob: User, charlie: User) -> None:
    mark_different(bob, nickname="Robert")
    key, client = f"user-{bob.pk}", client_for(charlie)
    assert listed(client) == listed(client, state="ignored") == set()
    assert client.get(f"{LIST}{key}/").status_code == 404
    for name in ("push", "take", "ignore", "restore"):
        assert client.post(f"{LIST}{key}/{name}/", {"field": "nickname"}).status_code == 404
        client.post(f"{LIST}many/{name}/", {"chosen": [key], "sure": "yes"})
    bob.refresh_from_db()
    assert (bob.nickname, bob.sync_state) == ("Bob", "changed_outside")


def test_teachers_have_no_desk_and_visitors_sign_in(bob: User) -> None:
    mark_different(bob, nickname="Robert")
    client = client_for(bob)
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}user-{bob.pk}/take/", {"field": "nickname"}).status_code == 403
    assert client.post(f"{LIST}many/take/", {"all": "yes", "sure": "yes"}).status_code == 403
    assert client_for().get(LIST).status_code == 302


def test_only_acts_that_the_reader_may_use_are_offered_for_many(
    alice: User, olga: User, bob: User, school: Enterprise
) -> None:
    mark_different(bob, nickname="Robert")
    inside = client_for(olga)
    inside.post(f"/schools/{school.pk}/enter/", {"reason": "Lessons are not pushed, ticket 4711"})
    offered = [
        {one["url"].split("/many/")[1].split("/")[0] for one in client.get(LIST).context["many"]}
        for client in (client_for(alice), inside)
    ]
    assert offered == [{"push", "take", "ignore"}, {"push", "ignore"}]


def test_home_counts_them_and_leads_there(alice: User, bob: User, school: Enterprise) -> None:
    kids(school, 3)
    page = page_text(client_for(alice).get("/"))
    assert "3 differences to resolve" in page
    assert f'href="{LIST}"' in page.split("needs-list")[1]
    apply_decision("ignore", User.objects.get(user_id="kid0"), by=alice)
    assert "2 differences to resolve" in page_text(client_for(alice).get("/"))


def test_the_pages_of_the_iclass_connection_lead_to_each_other(alice: User) -> None:
    pages = ("/sync/sent/", "/sync/received/", LIST)
    client = client_for(alice)
    for here in pages:
        page = page_text(client.get(here))
        assert page.count('class="page-tabs"') == 1
        tabs = page.split('class="page-tabs"')[1].split("</nav>")[0]
        assert all(f'href="{one}"' in tabs for one in pages)
        assert f'href="{here}" aria-current="page"' in tabs
