"""Conditional refreshes: what did not change is answered 304, and nothing that a page shows once is lost."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from tests.support.cast import create_person
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
PAGE = "/people/"


def ask(client: Client, tag: str = "", page: str = PAGE) -> Any:
    named = {"if-none-match": tag} if tag else {}
    return client.get(page, headers={"x-live": "1", "x-background": "1", **named})


def test_a_page_that_did_not_change_is_answered_304_without_a_body(alice: User) -> None:
    client = client_for(alice)
    first = ask(client)
    assert first.status_code == 200
    again = ask(client, first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_a_tag_that_compression_has_marked_as_weak_fits_too(alice: User) -> None:
    client = client_for(alice)
    packed = {"accept-encoding": "gzip", "x-live": "results"}
    tag = client.get(PAGE, headers=packed)["ETag"]
    assert tag.startswith("W/")
    assert client.get(PAGE, headers=packed | {"if-none-match": tag}).status_code == 304


def test_a_change_is_answered_with_the_page_and_another_tag(alice: User, bob: User) -> None:
    client = client_for(alice)
    tag = ask(client)["ETag"]
    User.objects.filter(pk=bob.pk).update(sync_state="refused")
    changed = ask(client, tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_a_page_that_a_person_opens_has_no_tag(alice: User) -> None:
    assert "ETag" not in client_for(alice).get(PAGE)


def test_the_tag_of_one_reader_is_not_that_of_another(alice: User, bob: User) -> None:
    tag = ask(client_for(alice), page="/lessons/")["ETag"]
    assert ask(client_for(bob), tag, page="/lessons/").status_code == 200


def test_a_refusal_and_a_redirect_have_no_tag(bob: User) -> None:
    client = client_for(create_person(bob.enterprise, "kid", Role.STUDENT))
    refused = client.get("/lessons/new/", headers={"x-live": "1"})
    assert refused.status_code == 403
    assert "ETag" not in refused
    assert "ETag" not in client_for().get(PAGE, headers={"x-live": "1"})


def test_a_refresh_takes_no_message_that_the_next_page_shows(alice: User) -> None:
    client = client_for(alice)
    client.post("/reports/registers/close/", {})
    assert "Nothing is selected" not in ask(client).content.decode()
    assert "Nothing is selected" in client.get(PAGE).content.decode()
