"""The client itself: its address, its clock, what it tells of each try."""

import time
from email.utils import formatdate

import pytest

from console.iclass import (
    Client,
    Exchange,
    IClassError,
    NotReached,
    OutcomeUnknown,
    Refused,
    SignatureRefused,
    Unsendable,
    sign,
)
from tests.console.iclass.conftest import NOW, OK, TIC_KEY, Handler, Script, StubService


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000", "https://iclass.api.qcloud.com/", "http://[::1]:9000"]
)
def test_an_address_is_scheme_and_host(url: str) -> None:
    assert repr(Client(url, 1, "k")) == f"Client({url.rstrip('/')}/paas/v1/)"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "iclass.api.qcloud.com",
        "ftp://host",
        "http://",
        "http://host/paas/v1",
        "http://host?x=1",
        "http://host#x",
        "http://user:password@host",
        "http://[::1",
    ],
)
def test_another_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the standard library has words of its own for some
        Client(url, 1, "k")


def test_an_enterprise_without_a_key_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="tic_key"):
        Client("http://127.0.0.1:9", 1, "")


def test_every_call_is_signed_for_its_enterprise(client: Client, service: StubService) -> None:
    client.classes.start(7)
    query = service.last.query
    assert (query["sdkappid"], query["expire_time"]) == ("1400127140", "1548247837")
    assert query["sign"] == "28374bd8cff400ac4906414780fbe387"
    assert service.last.body["expire_time"] == 1548247837


def test_a_shorter_life_and_a_moving_clock(service: StubService) -> None:
    now = [float(NOW)]
    client = Client(service.url, 1, TIC_KEY, clock=lambda: now[0], signature_life=30)
    client.classes.start(7)
    now[0] += 100.9
    client.classes.start(7)
    assert [seen.query["expire_time"] for seen in service.seen] == [str(NOW + 30), str(NOW + 130)]


def test_nothing_leaves_once_the_right_to_speak_has_ended(service: StubService) -> None:
    now = [float(NOW)]
    client = Client(service.url, 1, TIC_KEY, clock=lambda: now[0], until=NOW + 60.0)
    client.classes.start(7)
    assert service.last.query["expire_time"] == str(NOW + 60), "a signature outlives the right to speak"
    now[0] += 60
    with pytest.raises(NotReached, match="too late"):
        client.classes.start(7)
    assert len(service.seen) == 1


def test_an_answer_is_not_waited_for_beyond_the_right_to_speak(service: StubService) -> None:
    def silent(handler: Handler) -> None:
        service.released.wait(5)

    service.answer(silent)
    client = Client(service.url, 1, TIC_KEY, until=time.time() + 0.2)
    with pytest.raises(OutcomeUnknown):
        client.classes.start(7)
    service.released.set()


def dated(moment: float, *, error_code: int = 0) -> Script:
    def answer(handler: Handler) -> None:
        body = f'{{"error_code":{error_code}}}'.encode()
        handler.send_response_only(200)
        handler.send_header("Date", formatdate(moment, usegmt=True))
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_the_skew_of_the_latest_answer_is_known_to_every_client_of_the_address(service: StubService) -> None:
    client = Client(service.url, 1, TIC_KEY, clock=lambda: NOW)
    service.answer(dated(NOW + 300), dated(NOW - 40))
    assert client.skew == 0
    client.classes.start(7)
    assert client.skew == pytest.approx(300, abs=1)
    client.classes.start(7)
    assert Client(service.url, 2, "other").skew == pytest.approx(-40, abs=1)


@pytest.mark.parametrize(("correct", "ahead"), [(False, 120), (True, 420)])
def test_a_signature_follows_the_clock_of_the_service_only_where_told_to(
    service: StubService, correct: bool, ahead: int
) -> None:
    client = Client(service.url, 1, TIC_KEY, clock=lambda: NOW, correct_skew=correct)
    service.answer(dated(NOW + 300))
    client.classes.start(7)
    client.classes.start(7)
    expire_time = int(service.last.query["expire_time"])
    assert expire_time - NOW == pytest.approx(ahead, abs=1)
    assert service.last.query["sign"] == sign(TIC_KEY, expire_time)


def test_a_signature_refused_while_the_clocks_stand_apart_is_made_anew_once(service: StubService) -> None:
    client = Client(service.url, 1, TIC_KEY, clock=lambda: NOW, correct_skew=True)
    service.answer(dated(NOW + 600, error_code=10217), dated(NOW + 600))
    client.classes.start(7)
    first, second = (int(seen.query["expire_time"]) - NOW for seen in service.seen)
    assert (first, second) == (120, pytest.approx(720, abs=1))


def test_a_refused_key_is_not_tried_again_where_the_clocks_agree(service: StubService) -> None:
    client = Client(service.url, 1, TIC_KEY, clock=lambda: NOW, correct_skew=True)
    service.answer(dated(NOW + 2, error_code=10217))
    with pytest.raises(SignatureRefused):
        client.classes.start(7)
    assert len(service.seen) == 1


@pytest.mark.parametrize(("ahead", "added"), [(15, 0), (90_000, 0), (-3000, -3000), (86_000, 86_000)])
def test_small_differences_and_impossible_ones_are_left_alone(
    service: StubService, ahead: int, added: int
) -> None:
    client = Client(service.url, 1, TIC_KEY, clock=lambda: NOW, correct_skew=True)
    service.answer(dated(NOW + ahead))
    client.classes.start(7)
    client.classes.start(7)
    assert int(service.last.query["expire_time"]) - NOW == pytest.approx(120 + added, abs=1)


def test_an_assumed_difference_holds_until_an_answer_tells_the_true_one(service: StubService) -> None:
    client = Client(service.url, 1, TIC_KEY, clock=lambda: NOW, correct_skew=True)
    client.assume_skew(500)
    service.answer(dated(NOW + 300))
    client.classes.start(7)
    assert int(service.seen[0].query["expire_time"]) - NOW == 620
    client.assume_skew(500)
    assert client.skew == pytest.approx(300, abs=1)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 0000 99:99:99 GMT", "0"])
def test_a_date_that_is_none_changes_nothing(service: StubService, date: str) -> None:
    client = Client(service.url, 1, TIC_KEY, clock=lambda: NOW)

    def answer(handler: Handler) -> None:
        handler.send_response_only(200)
        handler.send_header("Date", date)
        handler.send_header("Content-Length", "16")
        handler.end_headers()
        handler.wfile.write(b'{"error_code":0}')

    service.answer(answer)
    client.classes.start(7)
    assert client.skew == 0


def test_every_try_is_told_once(service: StubService) -> None:
    told: list[Exchange] = []
    client = Client(service.url, 1, TIC_KEY, on_exchange=told.append)
    service.answer(
        OK,
        {"error_code": 10223},
        lambda handler: handler.reply("<html>", 502),
        lambda handler: time.sleep(0.05) or handler.reply("{}"),  # type: ignore[func-returns-value]
    )
    client.classes.start(7)
    for _ in range(3):
        with pytest.raises(IClassError):
            client.classes.start(7)
    assert [(one.endpoint, one.http_status, one.error_code, one.outcome) for one in told] == [
        ("class/start", 200, 0, ""),
        ("class/start", 200, 10223, "InProgress"),
        ("class/start", 502, None, "OutcomeUnknown"),
        ("class/start", 200, None, "Unreadable"),
    ]
    assert {one.request_bytes for one in told} == {len('{"class_id":7,"expire_time":1548247837}')}
    assert 50 <= told[-1].milliseconds < 5000


def test_a_try_that_did_not_arrive_is_told_and_one_that_was_not_sent_is_not() -> None:
    told: list[Exchange] = []
    client = Client("https://nobody.invalid", 1, TIC_KEY, on_exchange=told.append)
    with pytest.raises(NotReached):
        client.classes.start(7)
    with pytest.raises(Unsendable):
        client.classes.start(-7)
    assert [(one.http_status, one.error_code, one.outcome) for one in told] == [(None, None, "NotReached")]


def test_a_refusal_inside_a_register_is_told_too(service: StubService) -> None:
    told: list[Exchange] = []
    client = Client(service.url, 1, TIC_KEY, on_exchange=told.append)
    service.answer({"error_code": 10217})
    with pytest.raises(Refused):
        client.users.info("bob")
    assert [one.outcome for one in told] == ["SignatureRefused"]
