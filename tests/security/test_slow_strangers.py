"""A slow stranger stops nobody: pages, sign-in, commands, webhooks and e-mail of one school do not wait for
the hosts that another school names.

The hosts accept connections and then send nothing, a byte now and then, or bytes without end. Charlie's
school asks them in every way there is, while Alice's works.
"""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from django.core.management import call_command

from accounts.imports.one_roster.service.runs import start_run
from accounts.models import Enterprise, IdentityProvider, RosterConnection, User
from console.celery import app
from console.jobs.models import Job
from console.notifications.models import MailServer, Message, MessagingBot, Notification
from console.notifications.services import notify
from console.outbox.states import SyncState
from console.webhooks.models import WebhookDelivery
from console.webhooks.services import add_endpoint
from tests.classes.factories import create_planned_lesson
from tests.faults.goals import goal
from tests.faults.sizes import size
from tests.support.iclass_service import create_lesson
from tests.support.programs import Console, Worker
from tests.support.waiting import wait_until
from tests.support.webhook_receiver import Message as Received
from tests.support.webhook_receiver import Reply, running_receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(200)]
ALLOWED = {"ALLOWED_PRIVATE_NETWORKS": "127.0.0.0/8", "SWEEP_EVERY_S": "1", "REQUIRE_TWO_FACTOR": "false"}
#: Requests that wait for the slow hosts at the same time: in all longer than Alice's take together.
SIGN_INS, TESTS = size(full=24, ci=9), size(full=8, ci=3)
#: Django's validator accepts it, and no e-mail can be sent to it.
UNUSABLE = f"a@{'é' * 63}.com"


class Stranger:
    """A host that is slow in one way; `held` counts the connections that it took."""

    def __init__(self, kind: str) -> None:
        self.kind, self.held, self.over = kind, 0, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _address = self._listener.accept()
                self.held += 1
                threading.Thread(target=self._hold, args=[line], daemon=True).start()

    def _hold(self, line: socket.socket) -> None:
        pauses = {"hanging": None, "trickling": 0.2, "endless": 0.001}
        with line, contextlib.suppress(OSError):
            if self.kind != "hanging":
                line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.over.wait(pauses[self.kind]):
                line.sendall(b"x" if self.kind == "trickling" else b"x" * 100 + b"\r\nX-Slow: ")

    def close(self) -> None:
        self.over.set()
        self._listener.close()


@pytest.fixture
def strangers() -> Iterator[list[Stranger]]:
    found = [Stranger(kind) for kind in ("trickling", "hanging", "endless")]
    yield found
    for one in found:
        one.close()


class _Mailbox(threading.Thread):
    """A mail server that takes every e-mail; `recipients` are those of the envelopes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.recipients = self.listener.getsockname()[1], list[str]()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _address = self.listener.accept()
                threading.Thread(target=self._serve, args=[line], daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, line.makefile("rwb") as stream, contextlib.suppress(OSError):
            answer = b"220 ready"
            in_data = False
            while stream.write(answer + b"\r\n") and not stream.flush() and (text := stream.readline()):
                while in_data and text.strip() != b".":
                    text = stream.readline()
                in_data = text[:4].upper() == b"DATA"
                if text[:7].upper() == b"RCPT TO":
                    self.recipients.append(text.decode().partition("<")[2].partition(">")[0])
                answer = b"354 go on" if in_data else b"250 ok"


def _good_provider(issuer: str) -> Callable[[Received], Reply]:
    description = {"issuer": issuer} | {
        name: f"{issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    }
    return lambda message: Reply(200, json.dumps(description), headers={"Content-Type": "application/json"})


def _provider(school: Enterprise, issuer: str) -> str:
    values = {"kind": "oidc", "name": f"{school}", "client_id": "a", "client_secret": "b", "issuer": issuer}
    return IdentityProvider.objects.create(enterprise=school, **values).slug


def _token(person: User, capsys: Any) -> dict[str, str]:
    capsys.readouterr()
    call_command("apitoken", person.login)
    return {"Authorization": f"Token {capsys.readouterr().out.strip().splitlines()[-1]}"}


def test_pages_and_sign_in_of_a_school_do_not_wait_for_the_hosts_of_another(
    start_console: Callable[..., Console],
    strangers: list[Stranger],
    good_provider: str,
    school: Enterprise,
    alice: User,
    other_school: Enterprise,
    charlie: User,
    capsys: Any,
) -> None:
    slow, fast = _provider(other_school, strangers[0].url), _provider(school, good_provider)
    bots = [
        MessagingBot.objects.create(
            enterprise=other_school, provider="webhook", name=one.kind, url=one.url, secret="s", topics=[]
        )
        for one in strangers
    ]
    mine, theirs = _token(alice, capsys), _token(charlie, capsys)
    console = start_console(**ALLOWED)

    def sign_in(slug: str) -> int:
        url = f"{console.url}/sign-in/with/{slug}/"
        return requests.get(url, allow_redirects=False, timeout=100).status_code

    def test_bot(number: int) -> int:
        url = f"{console.url}/api/v1/channels/bots/{bots[number % len(bots)].pk}/test/"
        return requests.post(url, headers=theirs, timeout=100).status_code

    users, took = f"{console.url}/api/v1/users/", dict[str, float]()
    with ThreadPoolExecutor(SIGN_INS + TESTS) as threads:
        waiting = [threads.submit(sign_in, slow) for _ in range(SIGN_INS)]
        waiting += [threads.submit(test_bot, number) for number in range(TESTS)]
        wait_until(lambda: sum(one.held for one in strangers) >= 3)
        for name, ask in {
            "page": lambda: requests.get(users, headers=mine, timeout=60).status_code,
            "sign_on": lambda: sign_in(fast),
        }.items():
            began = time.monotonic()
            assert ask() == {"page": 200, "sign_on": 302}[name]
            took[f"{name}_s"] = round(time.monotonic() - began, 3)
        left = sum(not one.done() for one in waiting)
        goal("slow strangers of pages", requests=len(waiting), left=left, **took)
        assert left, "Alice was answered while Charlie's school still waited"
        statuses = {one.result() for one in waiting}
    assert statuses <= {200, 302, 503}, "each ends within its time, with a sentence"


@pytest.fixture
def good_provider() -> Iterator[str]:
    with running_receiver() as receiver:
        issuer = receiver.url.removesuffix("/events")
        receiver.choose = _good_provider(issuer)
        yield issuer


def _ask_everybody(school: Enterprise, charlie: User, strangers: list[Stranger]) -> None:
    """Let a school call the slow hosts in every way that workers know, with e-mails that cannot leave."""
    url = strangers[0].url
    service = RosterConnection.objects.create(
        enterprise=school, url=url, token_url=url, client_id="a", client_secret="b", by=charlie
    )
    start_run(connection=service, by=charlie)
    for number in range(8):
        at = strangers[number % 3].url
        add_endpoint(school=school, by=charlie, name=f"{number}", url=at, events=["lesson.changed"])
    for stranger in strangers:
        MessagingBot.objects.create(
            enterprise=school, provider="webhook", name=stranger.kind, url=stranger.url, secret="s",
            topics=["trouble"],
        )  # fmt: skip
    for number in range(5):
        notify("alarm.ghost", people=[charlie], key=f"alarm {number}", args={"lesson": "Hats", "number": 0})
    User.objects.filter(pk=charlie.pk).update(e_mail=UNUSABLE)
    Notification.objects.filter(person=charlie).update(mail="waiting")
    app.send_task("console.notifications.tasks.send_emails")
    lesson = create_planned_lesson(charlie)
    for number in range(20):
        type(lesson).objects.filter(pk=lesson.pk).update(topic=f"Hats {number}")


def test_commands_webhooks_and_emails_of_a_school_do_not_wait_for_the_hosts_of_another(
    connected: Enterprise,
    start_worker: Callable[..., Worker],
    strangers: list[Stranger],
    alice: User,
    bob: User,
    other_school: Enterprise,
    charlie: User,
    settings: Any,
) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    mailbox = _Mailbox()
    mailbox.start()
    MailServer.objects.create(host="127.0.0.1", port=mailbox.port, encryption="none", sender="c@example.org")
    workers = [
        start_worker(queues="celery", beat=True, wait=False, **ALLOWED),
        start_worker(queues="messages", wait=False, **ALLOWED),
    ]
    for worker in workers:
        worker.wait_until_ready()
    _ask_everybody(other_school, charlie, strangers)
    sending = Message.objects.filter(delivery="sending")
    wait_until(lambda: sending.exists() and Job.objects.filter(state="running").exists())
    with running_receiver() as receiver:
        add_endpoint(school=connected, by=alice, name="Portal", url=receiver.url, events=["lesson.changed"])
        began, took = time.monotonic(), {}
        lesson = create_lesson(bob, alice)
        User.objects.filter(pk=alice.pk).update(e_mail="alice@example.org")
        notify("alarm.ghost", people=[alice], key="alarm", args={"lesson": "Tea", "number": 0})
        Notification.objects.filter(person=alice).update(mail="waiting")
        # Not `wake_worker`: it drops a second call within a second, and the first may find no e-mail yet.
        app.send_task("console.notifications.tasks.send_emails")
        type(lesson).objects.filter(pk=lesson.pk).update(topic="Tea")
        waited: dict[str, Callable[[], object]] = {
            "command_s": lambda: type(lesson).objects.get(pk=lesson.pk).sync_state == SyncState.IN_SYNC,
            "webhook_s": lambda: receiver.accepted,
            "mail_s": lambda: "alice@example.org" in mailbox.recipients,
        }
        for name, has_come in waited.items():
            wait_until(has_come)
            took[name] = round(time.monotonic() - began, 2)
    held = sum(one.held for one in strangers)
    poisoned = Notification.objects.filter(person=charlie)
    goal("slow strangers of workers", connections=held, **took)
    wait_until(lambda: set(poisoned.values_list("mail", flat=True)) == {"failed"})
    assert WebhookDelivery.objects.filter(endpoint__enterprise=other_school).exclude(state="done").exists()
    mailbox.listener.close()
