"""What was typed in a form goes with the other language: once, to the same page, and only to its author."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from console.http.form_entries import MOST_CHARACTERS, SESSION_KEY
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db

PAGE = "/people/new/"
TYPED = [{"action": None, "typed": True, "values": [["nickname", "</script>Mad Hatter"]]}]


def choose(client: Client, entries: str, page: str = PAGE) -> Any:
    return client.post(reverse("set_language"), {"language": "zh-hans", "next": page, "entries": entries})


def kept(answer: Any) -> Any:
    before, found, after = page_text(answer).partition('<script id="kept-entries" type="application/json">')
    return json.loads(after.partition("</script>")[0]) if found else None


def test_the_next_look_at_the_same_page_has_the_entries_once(alice: User) -> None:
    client = client_for(alice)
    assert choose(client, json.dumps(TYPED))["Location"] == PAGE
    assert kept(client.get(PAGE)) == TYPED
    assert kept(client.get(PAGE)) is None
    assert SESSION_KEY not in client.session


def test_another_page_has_none_and_ends_the_wait(alice: User) -> None:
    for other in ("/people/", f"{PAGE}?role=teacher"):
        client = client_for(alice)
        choose(client, json.dumps(TYPED))
        assert kept(client.get(other)) is None
        assert kept(client.get(PAGE)) is None


@pytest.mark.parametrize("entries", ["", "{", '{"a": 1}', "[" * 100_000, json.dumps(["x" * MOST_CHARACTERS])])
def test_what_is_no_list_or_too_long_is_not_kept(alice: User, entries: str) -> None:
    client = client_for(alice)
    assert choose(client, entries)["Location"] == PAGE
    assert SESSION_KEY not in client.session
    assert kept(client.get(PAGE)) is None


def test_nothing_is_kept_for_who_is_not_signed_in(alice: User, charlie: User) -> None:
    client = client_for()
    assert choose(client, json.dumps(TYPED)).status_code == 302
    assert SESSION_KEY not in client.session
    client = client_for(alice)
    choose(client, json.dumps(TYPED))
    client.force_login(charlie)
    assert kept(client.get(PAGE)) is None
