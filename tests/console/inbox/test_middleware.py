"""The short way in: what an answer to a callback still carries, and what goes the long way."""

import pytest

from console.http.headers import RESPONSE_HEADERS
from console.inbox.ingestion import clear_sender_cache
from tests.console.inbox.test_ingestion import EVENT, address, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_memory():
    clear_sender_cache()


def test_an_answer_is_numbered_closed_to_browsers_and_sets_no_cookie(client, school):
    answer = post(client, address(school), EVENT)
    assert answer["X-Request-ID"]
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert {name: answer[name] for name in RESPONSE_HEADERS} == RESPONSE_HEADERS
    assert not answer.cookies


def test_a_callback_over_plain_http_is_told_to_use_https(client, school, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = post(client, address(school), EVENT)
    assert answer.status_code == 403
    assert "https://" in answer.json()["detail"]


def test_an_address_that_is_none_is_answered_as_everywhere(client, school):
    answer = post(client, "/callbacks/iclass/a/b/", EVENT)
    assert answer.status_code == 404
    assert "detail" in answer.json()


def test_a_name_that_is_not_ours_is_refused(client, school):
    answer = client.post(address(school), EVENT, content_type="application/json", HTTP_HOST="other.example")
    assert answer.status_code == 400
