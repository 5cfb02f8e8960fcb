"""The callback receiver over the real view and the real database: what is stored, what is refused."""

import hashlib
import json
import time

import pytest

from console.inbox.models import Callback
from console.inbox.receive import forget_senders
from tests.support.cast import TIC_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_memory():
    forget_senders()


def address(school, *, key=TIC_KEY, expire=None, sdkappid=None, **more):
    expire = expire or int(time.time()) + 60
    sign = hashlib.md5(f"{key}{expire}".encode()).hexdigest()
    query = {
        "sdkappid": sdkappid or school.sdkappid,
        "random": 5,
        "expire_time": expire,
        "sign": sign,
        **more,
    }
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/callbacks/iclass/{school.callback_token}/?{words}"


def post(client, url, body):
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(url, data, content_type="application/json")


EVENT = {"event": "class_begin", "data": {"class_id": 100012345, "real_start_time": 1558350988}}


def test_a_signed_event_is_stored_and_acknowledged(client, school):
    answer = post(client, address(school), EVENT)
    assert (answer.status_code, answer.json()) == (200, {"error_code": 0})
    row = Callback.objects.get()
    assert (row.event, row.class_id, row.state, row.deliveries) == ("class_begin", "100012345", "waiting", 1)


def test_a_repeat_adds_no_row_and_counts_as_a_delivery(client, school):
    for _ in range(3):
        post(client, address(school), {**EVENT, "expire_time": int(time.time())})
    row = Callback.objects.get()
    assert row.deliveries == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "another key"},
        {"expire": 1548247837},
        {"expire": int(time.time()) + 2 * 86400},
        {"sdkappid": 1400000002},
        {"sign": ""},
    ],
)
def test_a_wrong_signature_is_refused_and_nothing_is_stored(client, school, wrong):
    answer = post(client, address(school, **wrong), EVENT)
    assert answer.status_code == 403
    assert answer.json()["error_code"] != 0
    assert not Callback.objects.exists()


def test_an_unknown_address_is_refused(client, school):
    url = address(school).replace(school.callback_token, "guessed")
    assert post(client, url, EVENT).status_code == 403


def test_a_signature_of_one_school_does_not_open_another(client, school, other_school):
    url = address(school).replace(school.callback_token, other_school.callback_token)
    assert post(client, url, EVENT).status_code == 403


def test_the_previous_key_still_verifies_while_keys_are_rotated(client, school):
    school.tic_key_previous, school.tic_key = school.tic_key, "the new key of this school"
    school.save()
    assert post(client, address(school), EVENT).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b'{"event": NaN}',
        b'{"event": "\\ud800"}',
        b"[" * 100_000,
        b'{"event": "class_begin", "data": {"class_id": ' + b"9" * 5000 + b"}}",
        b"[1, 2]",
        b'{"event": {"nested": true}, "data": 5}',
    ],
)
def test_what_nobody_understands_is_stored_too_for_a_repeat_could_not_help(client, school, body):
    answer = post(client, address(school), body)
    assert answer.json() == {"error_code": 0}
    assert Callback.objects.count() == 1


def test_a_zero_byte_in_a_text_is_stored_as_something_a_database_holds(client, school):
    answer = post(client, address(school), {"event": "class\x00begin", "data": {"class_id": 1}})
    assert answer.json() == {"error_code": 0}
    assert Callback.objects.get().event == "class\ufffdbegin"


def test_a_body_over_the_cap_is_refused(client, school):
    answer = post(client, address(school), b"x" * (1024 * 1024 + 1))
    assert answer.status_code == 413
    assert not Callback.objects.exists()


def test_no_cookie_or_content_type_is_needed(client, school):
    client.logout()
    answer = client.generic("POST", address(school), json.dumps(EVENT), content_type="text/plain")
    assert answer.json() == {"error_code": 0}


def test_a_get_tells_nothing(client, school):
    assert client.get(address(school)).status_code in (403, 405)


def test_storing_costs_at_most_three_queries_and_a_repeat_two(client, school, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        post(client, address(school), EVENT)
    with django_assert_max_num_queries(2):
        post(client, address(school), EVENT)
