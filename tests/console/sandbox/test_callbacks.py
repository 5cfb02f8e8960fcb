"""事件回调: what is sent, how it is signed, and how it is repeated."""

import hashlib
import time
from typing import Any

import pytest

from tests.console.sandbox.conftest import KEY, SandboxSchool
from tests.support.callback_receiver import CallbackReceiver, Delivery


def send(school: SandboxSchool, event: str = "class_begin", **data: Any) -> int:
    return int(
        school.sandbox.control("callbacks", {"sdkappid": school.app, "event": event, "data": data})["id"]
    )


def state_of(school: SandboxSchool, number: int) -> dict[str, Any]:
    return dict(school.sandbox.control("callbacks", after=number - 1)["callbacks"][0])


def is_signed(delivery: Delivery, key: str = KEY) -> bool:
    told = delivery.signed
    assert [name for name, _ in delivery.query][-4:] == ["sdkappid", "random", "expire_time", "sign"]
    return told["sign"] == hashlib.md5(f"{key}{told['expire_time']}".encode()).hexdigest()


def test_a_start_and_end_in_the_class_client_are_called_back_signed(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    teacher = school.person("teacher")
    class_id = school.lesson(teacher_id=teacher)
    client = school.client(teacher)
    client.ok("member/join", class_id=class_id)
    client.ok("class/start", class_id=class_id)
    client.ok("class/stop", class_id=class_id)
    begin, over = receiver.wait_for(2)
    told = school.info(class_id)
    assert begin.body == {
        "event": "class_begin", "data": {"class_id": class_id, "real_start_time": told["real_start_time"]},
    }  # fmt: skip
    assert over.body == {
        "event": "class_over", "data": {"class_id": class_id, "real_stop_time": told["real_stop_time"]},
    }  # fmt: skip
    assert is_signed(begin)
    assert 60 < int(begin.signed["expire_time"]) - time.time() <= 120


def test_a_start_and_end_through_the_api_are_not(
    school: SandboxSchool, receiver: CallbackReceiver, remote: dict[str, Any]
) -> None:
    class_id = school.lesson(**remote)
    school.knobs(recording_pace="immediate")
    school.ok("class/start", class_id=class_id)
    school.ok("class/stop", class_id=class_id)
    assert [one.event for one in receiver.wait_for(2)] == ["online_record_start", "online_record_stop"]


def test_an_address_with_a_query_gets_the_parameters_after_an_ampersand(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    school.ok("business/modify", call_back_url=f"{receiver.url}?a=1&b=2")
    send(school)
    delivery = receiver.wait_for(1)[0]
    assert delivery.query[:2] == [("a", "1"), ("b", "2")]
    assert is_signed(delivery)


@pytest.mark.parametrize(
    "refusal",
    [(200, '{"error_code": 5}'), (200, "no json"), (500, '{"error_code": 0}'), (200, '{"error_code": false}'),
     (200, "{}"), (302, ""), None],
)  # fmt: skip
def test_anything_but_error_code_0_is_repeated(
    school: SandboxSchool, receiver: CallbackReceiver, refusal: tuple[int, str] | None
) -> None:
    receiver.script.extend([refusal, refusal])
    number = send(school, class_id=7)
    first, second, third = receiver.wait_for(3)
    assert first.body == second.body == third.body
    assert second.at - first.at > 0.25
    receiver.until(lambda: state_of(school, number)["state"] == "delivered", 5)
    assert state_of(school, number)["attempts"] == 3


def test_after_ten_repeats_it_is_given_up(school: SandboxSchool, receiver: CallbackReceiver) -> None:
    school.knobs(callback_retry_s=0)
    receiver.script.extend([(200, '{"error_code": 1}')] * 20)
    number = send(school)
    receiver.until(lambda: state_of(school, number)["state"] == "given_up", 20)
    assert state_of(school, number)["attempts"] == 11
    assert len(receiver.deliveries) == 11


def test_repeats_are_signed_anew_or_not_by_the_knob(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    for resigned in (True, False):
        receiver.deliveries.clear()
        school.knobs(callback_resign=resigned, callback_retry_s=60, sign_clock="moved")
        receiver.script.append((200, '{"error_code": 1}'))
        number = send(school)
        receiver.until(lambda: state_of(school, number)["attempts"] == 1, 30)  # noqa: B023
        school.sandbox.control("clock", {"move": 60})
        first, second = receiver.wait_for(2)
        assert (first.signed["expire_time"] != second.signed["expire_time"]) is resigned


def test_the_interval_is_a_minute_by_the_services_own_clock(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    school.knobs(callback_retry_s=60)
    receiver.script.append((200, '{"error_code": 1}'))
    number = send(school)
    receiver.until(lambda: state_of(school, number)["attempts"] == 1, 5)
    school.sandbox.control("clock", {"move": 59})
    time.sleep(0.4)
    assert len(receiver.deliveries) == 1
    school.sandbox.control("clock", {"move": 1})
    receiver.wait_for(2)


def test_what_waits_is_sent_after_a_restart_even_a_hard_one(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    school.knobs(callback_retry_s=60)
    receiver.script.append((200, '{"error_code": 1}'))
    number = send(school, class_id=1)
    receiver.until(lambda: state_of(school, number)["attempts"] == 1, 30)
    school.sandbox.kill()
    school.sandbox.restart()
    assert len(receiver.deliveries) == 1
    school.sandbox.control("clock", {"move": 60})
    first, second = receiver.wait_for(2)
    assert first.body == second.body


def test_events_come_in_the_order_in_which_they_happened(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    for n in range(12):
        send(school, class_id=n)
    assert [one.data["class_id"] for one in receiver.wait_for(12)] == list(range(12))


def test_a_school_without_an_address_is_owed_nothing(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    school.ok("business/modify", call_back_url="")
    number = send(school)
    assert state_of(school, number)["state"] == "no_address"
    school.ok("business/modify", call_back_url="not an address")
    number = send(school)
    receiver.until(lambda: state_of(school, number)["attempts"] > 0, 5)
    assert (state_of(school, number)["state"], state_of(school, number)["last_status"]) == ("waiting", None)


def test_joining_and_leaving_are_called_back_behind_a_switch(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    student = school.person()
    class_id = school.lesson(student)
    school.ok("member/join", class_id=class_id, user_id=student)
    school.ok("member/quit", class_id=class_id, user_id=student)
    school.knobs(join_quit_callbacks=True)
    school.ok("member/join", class_id=class_id, user_id=student)
    school.ok("member/quit", class_id=class_id, user_id=student)
    joined, left = receiver.wait_for(2)
    assert set(joined.data) == {"class_id", "join_time", "user_id", "role"}
    assert (joined.event, left.event) == ("join_class", "quit_class")
    assert left.data | {"quit_time": 0} == {
        "class_id": class_id,
        "user_id": student,
        "role": "student",
        "quit_time": 0,
    }


def test_an_event_of_before_can_be_sent_again(school: SandboxSchool, receiver: CallbackReceiver) -> None:
    number = send(school, class_id=3)
    receiver.wait_for(1)
    school.sandbox.control("callbacks", {"again": number})
    first, second = receiver.wait_for(2)
    assert first.body == second.body


def test_no_signed_url_is_kept_where_one_could_read_it(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    receiver.script.append(None)
    send(school)
    receiver.wait_for(2)
    told = repr(school.sandbox.control("callbacks")) + repr(school.sandbox.ledger())
    assert "sign=" not in told
    assert KEY not in told
