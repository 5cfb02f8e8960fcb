"""The callback receiver over the real view and the real database: what is stored, what is refused."""

import hashlib
import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from console.inbox.events import parse_event
from console.inbox.ingestion import clear_sender_cache
from console.inbox.models import Callback, RefusedDelivery
from console.inbox.redaction import TOO_DEEP, redact_body
from console.inbox.refusals import count_refusal, prune_refusals
from tests.support.cast import TIC_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_memory():
    clear_sender_cache()


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
    school.save(update_fields=["tic_key", "tic_key_previous"])
    assert post(client, address(school), EVENT).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"event": "class_begin", "data": {"class_id": 1e999}}',
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


@pytest.mark.parametrize(("levels", "readable"), [(32, True), (33, False)])
def test_a_body_is_read_up_to_the_depth_that_its_page_shows(levels, readable):
    body = b"[" * levels + b"1" + b"]" * levels
    assert (parse_event(body).body is not None) is readable
    assert (TOO_DEEP not in redact_body(json.loads(body))) is readable


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


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"key": "another key"}, "wrong_sign"),
        ({"expire": 1548247837}, "expired"),
        ({"expire": int(time.time()) + 2 * 86400}, "too_far"),
        ({"sdkappid": 1400000002}, "other_school"),
        ({"sign": ""}, "missing"),
    ],
)
def test_a_refusal_is_counted_by_hour_and_reason_and_costs_two_queries(
    client, school, wrong, reason, django_assert_max_num_queries
):
    with django_assert_max_num_queries(2):
        post(client, address(school, **wrong), EVENT)
    post(client, address(school, **wrong), EVENT)
    row = RefusedDelivery.objects.get()
    assert (row.enterprise, row.reason, row.count) == (school, reason, 2)
    assert row.hour == timezone.now().replace(minute=0, second=0, microsecond=0)


def test_a_delivery_to_no_school_and_one_that_is_too_large_are_counted_too(client, school):
    post(client, address(school).replace(school.callback_token, "guessed"), EVENT)
    post(client, address(school), b"x" * (1024 * 1024 + 1))
    counted = RefusedDelivery.objects.values_list("enterprise", "reason", "count")
    assert set(counted) == {(None, "unknown_address", 1), (school.pk, "too_large", 1)}


def test_counts_are_dropped_after_two_weeks(school):
    count_refusal(school.pk, "expired")
    RefusedDelivery.objects.update(hour=timezone.now() - timedelta(days=15))
    count_refusal(school.pk, "expired")
    assert prune_refusals() == 1
    assert RefusedDelivery.objects.count() == 1


def test_a_repeat_asks_for_another_look_and_keeps_when_it_first_came(client, school):
    post(client, address(school), EVENT)
    first = Callback.objects.get().received_at
    Callback.objects.update(state="done")
    post(client, address(school), EVENT)
    row = Callback.objects.get()
    assert (row.state, row.received_at) == ("waiting", first)
    assert row.last_delivery_at > first


def test_the_number_of_a_lesson_is_found_inside_a_local_recording(client, school):
    body = {"event": "local_record_callback", "data": {"record_info": {"class_id": 77}}}
    post(client, address(school), body)
    assert Callback.objects.get().class_id == "77"
