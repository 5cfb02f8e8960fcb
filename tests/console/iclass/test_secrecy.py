"""No signed URL, key, ticket or password in a log, an exception, a traceback or a repr."""

import logging
import traceback
from collections.abc import Callable, Iterator

import pytest

from console.iclass import ApiSecret, Client, Exchange, IClassError, NewClass, NewUser, Unreadable
from tests.console.iclass.conftest import NOW, OK, TIC_KEY, Handler, Script, StubService, free_port

ADMIN_SIG = "eJwtzMEKgjAYwPF3-c7hNrW2hA5REYEdyoO3WG7Jp06GWxFF7546f"
RECORD_SIG = "recorder-signature"
PASSWORD = "open sesame"
ANSWERED = "answered-private-key"

LESSON = NewClass(
    teacher_id="bob", admin_id="admin", admin_sig=ADMIN_SIG, record_user_sig=RECORD_SIG, password=PASSWORD
)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def everything(error: BaseException) -> str:
    """All that an error page, a log or a tracker could show of it, local variables included."""
    told: list[str] = []
    for link in chain(error):
        told += [str(link), repr(link), repr(link.args), repr(vars(link))]
        frames = traceback.TracebackException.from_exception(link, capture_locals=True).stack
        for frame in frames:
            if "/tests/" not in frame.filename:
                told += [frame.line or "", repr(frame.locals)]
    return "\n".join(told)


def outcome(call: Callable[[Client], object], client: Client) -> IClassError | None:
    try:
        call(client)
    except IClassError as error:
        return error
    return None


def cut(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "99")
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.close_connection = True


def echo(handler: Handler) -> None:
    """Tell the whole request back, as a careless service or a debugging proxy does."""
    seen = handler.service.last
    handler.reply({"error_code": 10003, "error_msg": f"bad request {handler.path} {seen.body}"})


CALLS: list[Callable[[Client], object]] = [
    lambda client: client.classes.create(LESSON),
    lambda client: client.classes.modify(1, admin_sig=ADMIN_SIG, password=PASSWORD),
    lambda client: client.classes.modify(1, record_user_sig=RECORD_SIG),
    lambda client: client.members.join(1, "bob", password=PASSWORD),
    lambda client: client.members.visitor_join(1, password=PASSWORD),
    lambda client: client.business.modify(secret_key=PASSWORD),
    lambda client: client.users.register([NewUser(user_id="bob", role="student", password=PASSWORD)]),
]
FAULTS: list[Script] = [
    cut,
    echo,
    "<html>",
    {"error_code": 10217, "error_msg": f"sign of {TIC_KEY} is wrong"},
    {"error_code": 0, "class_id": [ANSWERED], "role": [ANSWERED], "user_list": ANSWERED},
    lambda handler: handler.reply("", 502),
    lambda handler: handler.reply("", 429),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_secret_is_in_an_error_or_its_traceback_or_a_log(
    client: Client,
    service: StubService,
    caplog: pytest.LogCaptureFixture,
    call: Callable[[Client], object],
    fault: Script,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3")
    service.answer(fault)
    error = outcome(call, client)
    assert list(chain(error)) == ([error] if error else []), "the exceptions of requests hold the address"
    told = everything(error) if error else ""
    told += caplog.text + "".join(repr(vars(record)) for record in caplog.records)
    secrets = [service.last.query["sign"], TIC_KEY, ADMIN_SIG, RECORD_SIG, PASSWORD, ANSWERED]
    assert [secret for secret in secrets if secret in told] == []
    assert "POST" in caplog.text, "the log was listened to"


def test_no_secret_is_told_of_a_connection_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client(f"http://127.0.0.1:{free_port()}", 1400127140, TIC_KEY, clock=lambda: NOW)
    with pytest.raises(IClassError) as caught:
        client.classes.create(LESSON)
    told = everything(caught.value) + caplog.text
    assert list(chain(caught.value)) == [caught.value]
    for secret in ("sign=", "28374bd8cff400ac4906414780fbe387", TIC_KEY, ADMIN_SIG, PASSWORD):
        assert secret not in told


def test_a_request_that_is_not_sent_does_not_show_its_secrets(client: Client) -> None:
    with pytest.raises(IClassError) as caught:
        client.classes.create(NewClass(teacher_id="", admin_id="a", admin_sig=ADMIN_SIG, password=PASSWORD))
    told = everything(caught.value)
    assert ADMIN_SIG not in told
    assert PASSWORD not in told
    assert list(chain(caught.value)) == [caught.value]


def test_an_odd_answer_does_not_show_its_values(client: Client, service: StubService) -> None:
    service.answer(OK | {"sdkappid": 1, "tic_key": [ANSWERED], "private_key": ANSWERED})
    with pytest.raises(Unreadable, match="tic_key is no text") as caught:
        client.business.info()
    assert ANSWERED not in everything(caught.value)


def test_the_text_of_the_service_is_kept_short_and_on_one_line(client: Client, service: StubService) -> None:
    service.answer({"error_code": 10003, "error_msg": "课堂 \n\t topic " + "too long " * 100})
    with pytest.raises(IClassError) as caught:
        client.classes.start(1)
    assert caught.value.server_message.startswith("课堂 topic too long too long")
    assert len(caught.value.server_message) == 300


def test_an_exchange_tells_no_secret(service: StubService) -> None:
    told: list[Exchange] = []
    client = Client(service.url, 1, TIC_KEY, clock=lambda: NOW, on_exchange=told.append)
    service.answer(OK | {"class_id": 7}, echo)
    client.classes.create(LESSON)
    with pytest.raises(IClassError):
        client.classes.create(LESSON)
    for secret in (service.last.query["sign"], TIC_KEY, ADMIN_SIG, RECORD_SIG, PASSWORD, "127.0.0.1"):
        assert secret not in repr(told)


def test_the_client_and_its_shapes_do_not_show_secrets(client: Client) -> None:
    shown = repr([client, client.classes, LESSON, NewUser(user_id="b", role="student", password=PASSWORD)])
    shown += repr(LESSON.__rich_repr__())
    for secret in (TIC_KEY, ADMIN_SIG, RECORD_SIG, PASSWORD):
        assert secret not in shown
    assert "teacher_id='bob'" in shown


def test_a_hidden_text_is_told_only_when_asked() -> None:
    hidden = ApiSecret("secret")
    assert (str(hidden), repr(hidden), f"{hidden}", f"{hidden:>9}", str.format("{}", hidden)) == ("***",) * 5
    assert hidden.reveal() == "secret"
    assert hidden == ApiSecret("secret")
    assert hidden != ApiSecret("other")
    assert hidden != "secret"
    assert len({hidden, ApiSecret("secret")}) == 1
    assert not ApiSecret("")
    with pytest.raises(TypeError):
        hidden.__reduce_ex__(4)
