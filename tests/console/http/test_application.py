"""The application around Django's: what is read of whom, and what becomes of large answers."""

import asyncio
import selectors
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from io import BytesIO
from typing import Any

import pytest

from accounts.models import User
from console.http.admission import (
    CALLBACK_BODY_BYTES,
    CALLBACK_THREADS,
    CALLING_SLOTS,
    CALLING_THREADS,
    PAGE_THREADS,
    SIGN_IN_THREADS,
    SMALL_BODY_BYTES,
    UPLOAD_SLOTS,
    UPLOAD_THREADS,
    accepts_anonymous_body,
    limits_for,
)
from console.http.application import ThreadedApplication
from console.http.response import IN_MEMORY_BYTES
from console.policy.tokens import issue_token
from tests.console.http.test_wsgi_environ import scope

SENT = b"name=Tea+party"
#: How much faster than the machine's the clock of QuickLoop runs.
TIMES = 20


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Says which body it got, or answers with what the address asks for."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/large":
        return [b"x" * IN_MEMORY_BYTES, b"y"]
    if environ["PATH_INFO"] == "/file":
        return environ["wsgi.file_wrapper"](BytesIO(b"of a file"))
    refused = environ.get("console.refused_body", "")
    return [f"{refused}|{environ.get('CONTENT_LENGTH')}|".encode(), environ["wsgi.input"].read()]


class QuickSelector(selectors.DefaultSelector):
    """Waits as long as QuickLoop says, on the clock of others."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout and timeout / TIMES)


class QuickLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock runs fast."""

    def __init__(self) -> None:
        super().__init__(QuickSelector())

    def time(self) -> float:
        return super().time() * TIMES


def ask(path: str, *, method: str = "POST", length: int | None = None, **headers: str) -> bytes:
    """The content of the answer."""
    size = len(SENT) if length is None else length
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    if method == "POST":
        named.append((b"content-length", str(size).encode()))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": SENT, "more_body": False}

    return answer_to(scope(method=method, raw_path=path.encode(), headers=named), receive)


def answer_to(
    asked: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    make_loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> bytes:
    """The content of the answer to a request whose body comes by `receive`."""
    told: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(ThreadedApplication(echo)(asked, receive, send))
    assert told[0]["status"] == 200
    assert not told[-1].get("more_body")
    return b"".join(message.get("body", b"") for message in told)


def test_a_stranger_sends_a_form_where_strangers_may_and_nothing_elsewhere() -> None:
    assert ask("/sign-in/") == b"|14|" + SENT
    assert ask("/people/new/") == b"|0|"
    assert ask("/sign-in/", length=SMALL_BODY_BYTES + 1) == b"413|65537|"


def test_a_callback_is_read_from_anybody_up_to_what_its_view_refuses_itself() -> None:
    assert ask("/callbacks/iclass/x/") == b"|14|" + SENT
    assert ask("/callbacks/iclass/x/", length=CALLBACK_BODY_BYTES + 1).startswith(b"413|")


def test_a_small_body_that_is_there_at_once_is_read_without_asking_whose_it_is() -> None:
    assert ask("/people/new/", cookie="sessionid=x") == b"|14|" + SENT
    assert ask("/api/v1/lessons/", authorization="Token x") == b"|14|" + SENT


def test_a_body_that_drips_for_ten_seconds_is_refused_as_too_slow() -> None:
    came = bytearray()

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.5)
        came.extend(b"a")
        return {"type": "http.request", "body": b"a", "more_body": True}

    headers = [(b"content-length", b"3000")]
    asked = scope(method="POST", raw_path=b"/sign-in/", headers=headers)
    assert answer_to(asked, receive, QuickLoop).startswith(b"408|")
    assert 10 < len(came) < 30


def test_chunks_have_the_length_that_came() -> None:
    assert ask("/sign-in/", length=0, transfer_encoding="chunked") == b"|14|" + SENT


@pytest.mark.parametrize(("path", "size"), [("/large", IN_MEMORY_BYTES + 1), ("/file", 9)])
def test_a_large_answer_and_a_file_are_sent_whole_and_not_at_all_where_only_headers_are_asked_for(
    path: str, size: int
) -> None:
    assert len(ask(path, method="GET")) == size
    assert ask(path, method="HEAD") == b""


def test_callbacks_and_signing_in_have_threads_of_their_own() -> None:
    kinds = {
        "/callbacks/iclass/x/": CALLBACK_THREADS,
        "/healthz": CALLBACK_THREADS,
        "/sign-in/": SIGN_IN_THREADS,
        "/sign-in/with/": SIGN_IN_THREADS,
        "/sign-in/with/abc/": CALLING_THREADS,
        "/sign-in/with/abc/callback/": CALLING_THREADS,
        "/": PAGE_THREADS,
        "/courseware/new/": PAGE_THREADS,
        "/channels/bots/1/test/": CALLING_THREADS,
    }
    for path, threads in kinds.items():
        assert limits_for({"PATH_INFO": path, "REQUEST_METHOD": "GET"}).threads is threads, path


@pytest.mark.parametrize(
    ("path", "type_", "threads"),
    [
        ("/people/imports/new/", "multipart/form-data; boundary=x", UPLOAD_THREADS),
        ("/courseware/uploads/0a-1/", "application/octet-stream", UPLOAD_THREADS),
        ("/people/new/", "application/x-www-form-urlencoded", PAGE_THREADS),
        ("/school/providers/1/edit/", "multipart/form-data; boundary=x", CALLING_THREADS),
    ],
)
def test_files_are_parsed_in_threads_of_their_own(path: str, type_: str, threads: Any) -> None:
    asked = {"PATH_INFO": path, "REQUEST_METHOD": "POST", "CONTENT_TYPE": type_}
    assert limits_for(asked).threads is threads


@pytest.mark.django_db(transaction=True)
def test_a_school_that_fills_its_share_keeps_no_other_waiting(alice: User, charlie: User) -> None:
    theirs, mine = issue_token(charlie), issue_token(alice)
    over, running, most = threading.Event(), list[int](), list[int]()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [])
        if environ["HTTP_AUTHORIZATION"].endswith(mine):
            over.set()
            return [b"mine"]
        running.append(1)
        most.append(len(running))
        assert over.wait(20)
        running.pop()
        return [b"theirs"]

    ask_at_once(application, [*[theirs] * 10, mine], b"/channels/bots/1/test/")
    assert max(most) == CALLING_SLOTS[0]
    assert len(most) == 10


def ask_at_once(application: Any, tokens: Sequence[str], path: bytes, **headers: str) -> None:
    """Send a request with each token at the same time. The clock for waiting runs fast."""
    shared = ThreadedApplication(application)

    async def ask_with(token: str) -> None:
        sent = {"authorization": f"Token {token}", **headers}
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]

        async def ignore(_message: Any = None) -> dict[str, Any]:
            return {"type": "http.request", "body": SENT, "more_body": False}

        await shared(scope(method="POST", raw_path=path, headers=named), ignore, ignore)

    async def ask_all() -> None:
        await asyncio.gather(*map(ask_with, tokens))

    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(ask_all())


@pytest.mark.django_db(transaction=True)
def test_an_upload_without_a_turn_in_time_is_refused(alice: User) -> None:
    over, running, refused = threading.Event(), list[int](), list[int]()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [])
        status = environ.get("console.refused_body")
        if status:
            refused.append(status)
            if len(refused) == 3:
                over.set()
        else:
            running.append(1)
            assert over.wait(20)
        return [b""]

    own = issue_token(alice)
    number = UPLOAD_SLOTS[0] + 3
    sent = {"content_type": "multipart/form-data; boundary=x", "content_length": str(len(SENT))}
    ask_at_once(application, [own] * number, b"/people/imports/new/", **sent)
    assert (len(running), refused) == (UPLOAD_SLOTS[0], [503] * 3)


def test_what_is_open_to_strangers_is_there() -> None:
    for path in ("/sign-in/", "/sign-in/code/", "/i18n/setlang/", "/admin/login/", "/notices/mails/x/"):
        assert accepts_anonymous_body({"PATH_INFO": path}), path
    for path in ("/", "/people/new/", "/api/v1/lessons/", "/no-such-page/"):
        assert not accepts_anonymous_body({"PATH_INFO": path}), path
