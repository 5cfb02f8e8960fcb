"""How long a thread waits for other hosts, how much of a pool a school gets, and who calls out at all."""

import ast
import threading
from collections.abc import Sequence

import pytest

from console.call_limits import SLOTS_OF_SCHOOL, CallsNotAllowed, Slots, at_most, limit_calls, seconds_left
from console.celery import app
from console.http.admission import CALLING_THREADS, limits_for
from tests.architecture import repository

#: What sends a request, an e-mail or a call of the API.
CALLS = {"fetch", "send_request", "guarded_session", "send_email", "connection_to", "client"}
#: The modules that call out: the addresses of their pages, or the task in which they run.
PLACES: dict[str, str | tuple[str, ...]] = {
    "accounts/school/connection_check.py": ("/school/test/", "/schools/test/", "/schools/new/"),
    "accounts/school/identity/check.py": ("/school/providers/1/test/",),
    "accounts/school/identity/guarded_session.py": ("/sign-in/with/abc/callback/",),
    "accounts/school/identity/adapter.py": ("/sign-in/with/abc/", "/sign-in/with/abc/callback/"),
    "accounts/school/identity/back_channel.py": ("/sign-in/with/abc/back-channel/",),
    "accounts/school/identity/saml/check.py": ("/school/providers/1/test/",),
    "accounts/school/identity/saml/metadata.py": ("/school/providers/new/saml/", "/school/providers/1/edit/"),
    "accounts/school/channels/testing.py": ("/mail-server/test/", "/channels/bots/1/test/"),
    "accounts/imports/one_roster/service/client.py": "console.jobs.tasks.run_calling_jobs",
    "accounts/sign_in/guardians/mails.py": "accounts.tasks.answer_password_requests",
    "accounts/people/guardian_notices/sending.py": "accounts.tasks.deliver_guardian_notices",
    "classes/attendance/reports/schedules/delivery.py": "classes.tasks.send_scheduled_reports",
    "classes/recordings/url_guard.py": "console.jobs.tasks.run_calling_jobs",
    "console/notifications/channels/calls.py": "console.notifications.tasks.deliver_messages",
    "console/notifications/email_delivery.py": "console.notifications.tasks.send_emails",
    "console/webhooks/calls.py": "console.webhooks.tasks.deliver",
}
#: Calls of iclass alone, whose queue nothing else uses, and the clients themselves.
OF_ICLASS = {
    *("classes/mirror/polling.py", "console/outbox/send_attempt.py", "console/mirror/reconciliation.py"),
    *("documents/mirror/reconcile.py", "classes/demo/simulation.py", "accounts/models/enterprise.py"),
    "console/iclass/pagination.py",
}
CLIENTS = {"console/guarded_client.py", "console/notifications/channels/mail_server.py"}


def calls_out(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in CALLS
        for node in ast.walk(tree)
    )


def test_each_place_that_calls_out_has_threads_or_a_queue_of_its_own() -> None:
    words = rf"\b({'|'.join(CALLS)})\("
    found = {
        repository.name(path) for path, tree in repository.parsed(repository.code(), words) if calls_out(tree)
    }
    ours = {one for one in found if not one.startswith(("bench/", "console/sandbox/", "console/storage/"))}
    assert ours - OF_ICLASS - CLIENTS == set(PLACES)
    for place in PLACES.values():
        if isinstance(place, str):
            assert app.amqp.Router().route({}, place)["queue"].name == "messages"
        else:
            assert {limits_for({"PATH_INFO": path}).threads for path in place} == {CALLING_THREADS}


def test_what_goes_to_iclass_has_the_other_queue() -> None:
    for name in ("console.outbox.tasks.relay", "console.inbox.tasks.process", "console.jobs.tasks.run_jobs"):
        assert app.amqp.Router().route({}, name)["queue"].name == "celery"
    assert list(app.amqp.queues.consume_from) == ["celery"], "who does not ask for the other gets none of it"


def test_calls_share_the_shortest_limit_around_them() -> None:
    assert seconds_left(7) == 7
    with limit_calls(5):
        assert 4 < seconds_left(7) <= 5
        with limit_calls(60):
            assert 4 < seconds_left(60) <= 5
        with limit_calls(0), pytest.raises(CallsNotAllowed):
            seconds_left(60)
    assert seconds_left(7) == 7


def test_a_school_takes_its_slots_and_no_more() -> None:
    rows, slots = [(number, 1) for number in range(4)] + [(9, 2)], Slots()

    def claim(without: Sequence[int]) -> tuple[int, int] | None:
        row = next((one for one in rows if one[1] not in without), None)
        if row:
            rows.remove(row)
        return row

    def take(depth: int) -> list[int | None]:
        with slots.take(claim) as row:
            return [row, *(take(depth - 1) if depth else [])]

    assert SLOTS_OF_SCHOOL == 2
    assert take(3) == [0, 1, 9, None]
    assert take(0) == [2], "a slot is free again"


def test_a_task_beyond_its_threads_ends_at_once() -> None:
    begun, go_on, runs_of = threading.Event(), threading.Event(), list[int]()

    @at_most(1)
    def task() -> None:
        runs_of.append(1)
        begun.set()
        assert go_on.wait(20)

    thread = threading.Thread(target=task)
    thread.start()
    assert begun.wait(20)
    task()
    assert len(runs_of) == 1
    go_on.set()
    thread.join()
    task()
    assert len(runs_of) == 2
