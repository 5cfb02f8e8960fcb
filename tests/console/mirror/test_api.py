"""Differences over REST."""

from typing import Any

import pytest

from accounts.models import Enterprise, Role, User
from console.outbox.models import Operation
from tests.console.mirror.remote_states import mark_different
from tests.support.cast import create_person
from tests.support.page_client import client_for
from tests.support.rest_client import all_rows, rest_client

URL = "/api/v1/drift/"


def english(user: User) -> Any:
    client = rest_client(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_row_tells_both_sides_as_they_are_and_in_words(alice: User, bob: User) -> None:
    mark_different(bob, role="assistant")
    [told] = all_rows(english(alice), "drift/")
    assert told == english(alice).get(f"{URL}user-{bob.pk}/").json()
    assert (told["id"], told["model"], told["gone"]) == (f"user-{bob.pk}", "accounts.user", False)
    assert told["acts"] == ["push", "take", "ignore"]
    assert told["differences"] == [
        {
            "field": "role",
            "label": "role",
            "ours": "teacher",
            "theirs": "assistant",
            "ours_told": "teacher",
            "theirs_told": "assistant",
            "ignored": False,
        }
    ]


@pytest.mark.parametrize(
    ("name", "state", "nickname"),
    [("push", "sending", "Bob"), ("take", "changed_outside", "Robert"), ("ignore", "changed_outside", "Bob")],
)
def test_some_fields_are_decided(alice: User, bob: User, name: str, state: str, nickname: str) -> None:
    mark_different(bob, nickname="Robert", phone_no="123")
    answer = english(alice).post(f"{URL}user-{bob.pk}/{name}/", {"fields": ["nickname"]})
    assert answer.status_code == 200, answer.json()
    bob.refresh_from_db()
    assert (bob.sync_state, bob.nickname, bob.phone_no) == (state, nickname, "")


def test_without_fields_all_that_differ_are_decided(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert", phone_no="123")
    told = english(alice).post(f"{URL}user-{bob.pk}/take/").json()
    assert (told["differences"], told["acts"]) == ([], [])
    bob.refresh_from_db()
    assert (bob.nickname, bob.phone_no, bob.sync_state) == ("Robert", "123", "in_sync")


def test_a_stale_digest_is_a_409_in_words(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    answer = english(alice).post(f"{URL}user-{bob.pk}/take/", {"seen": "0123456789abcdef"})
    assert answer.status_code == 409
    assert "changed in the meantime" in str(answer.json())


def test_many_are_decided_and_each_refusal_named(alice: User, bob: User, charlie: User) -> None:
    mark_different(bob, nickname="Robert")
    mark_different(charlie, nickname="Charles")
    ids = [f"user-{bob.pk}", f"user-{alice.pk}", f"user-{charlie.pk}", "king-7"]
    told = english(alice).post(f"{URL}ignore/", {"ids": ids}).json()
    assert told["done"] == ids[:1]
    assert [one["id"] for one in told["refused"]] == ids[1:]
    [ignored] = all_rows(english(alice), "drift/?state=ignored")
    assert ignored["differences"][0]["ignored"] is True
    assert english(alice).post(f"{URL}restore/", {"ids": ids[:1]}).json()["done"] == ids[:1]
    assert len(all_rows(english(alice), "drift/")) == 1


def test_the_pages_follow_each_other(alice: User, school: Enterprise) -> None:
    for place in range(5):
        mark_different(create_person(school, f"kid{place}", Role.STUDENT), nickname="x")
    rows = all_rows(english(alice), "drift/?page_size=2&sort=user")
    assert len({row["id"] for row in rows}) == 5


def test_others_have_no_desk(alice: User, bob: User, charlie: User) -> None:
    mark_different(bob, nickname="Robert")
    one = f"{URL}user-{bob.pk}/"
    assert all_rows(english(charlie), "drift/") == []
    assert english(charlie).get(one).status_code == 404
    assert english(bob).get(URL).status_code == english(bob).get(one).status_code == 403
    for name in ("push", "take", "ignore", "restore"):
        assert english(charlie).post(f"{one}{name}/").status_code == 404
        assert english(bob).post(f"{one}{name}/").status_code == 403
        assert english(bob).post(f"{URL}{name}/", {"ids": [f"user-{bob.pk}"]}).status_code == 403
        refused = english(charlie).post(f"{URL}{name}/", {"ids": [f"user-{bob.pk}"]}).json()
        assert refused["done"] == []
    assert not Operation.objects.exists()
    assert User.objects.get(pk=bob.pk).nickname == "Bob"


def test_a_difference_of_the_callback_address_is_told_without_its_token(alice, school):
    old = school.own_callback_url
    Enterprise.objects.filter(pk=school.pk).update(
        call_back_url=old, observed={"call_back_url": f"{old}x"}, sync_state="changed_outside"
    )
    for place in ("/api/v1/drift/", "/sync/differences/", f"/sync/differences/enterprise-{school.pk}/"):
        answer = rest_client(alice).get(place) if place.startswith("/api/") else client_for(alice).get(place)
        assert answer.status_code == 200
        assert "/callbacks/iclass/***" in answer.content.decode()
        assert school.callback_token not in answer.content.decode()
