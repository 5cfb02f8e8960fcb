"""The short way in: what an answer to a callback still carries, and what goes the long way."""

import pytest

from console.headers import OF_EVERY_ANSWER
from console.inbox.receive import forget_senders
from tests.console.inbox.test_receive import EVENT, address, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_memory():
    forget_senders()


def test_an_answer_is_numbered_closed_to_browsers_and_sets_no_cookie(client, school):
    answer = post(client, address(school), EVENT)
    assert answer["X-Request-ID"]
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert {name: answer[name] for name in OF_EVERY_ANSWER} == OF_EVERY_ANSWER
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
