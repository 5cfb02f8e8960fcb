"""Two connections at once: a create that commits while its lesson's event is handled, and repeats."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.inbound.handlers import find_callback_lesson
from classes.mirror.upsert import record_created
from classes.models import Lesson
from console.audit.models import AuditEntry
from console.inbox import ingestion, processing
from console.inbox.models import Callback
from console.inbox.replay import replay_callback
from tests.support.concurrent_calls import call_while_other_waits
from tests.support.iclass_service import create_lesson as scheduled

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 10


class Meanwhile:
    """A handler that stops after it has looked for its lesson, until the test lets it go on."""

    def __init__(self) -> None:
        self.looked, self.go_on = threading.Event(), threading.Event()

    def __call__(self, callback: Callback) -> str | None:
        found = find_callback_lesson(callback)
        if not self.looked.is_set():
            self.looked.set()
            assert self.go_on.wait(PATIENCE_S)
        if found is None:
            raise processing.EventParked(processing.UNKNOWN_CLASS)
        return None


@pytest.fixture
def meanwhile() -> Meanwhile:
    return processing.register_handler("a_slow_event")(Meanwhile())  # type: ignore[return-value]


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def row(school: Enterprise) -> Callback:
    ingestion.store_event(school.pk, b'{"event": "a_slow_event", "data": {"class_id": 77}}', timezone.now())
    return Callback.objects.get()


def test_an_event_that_saw_no_lesson_is_woken_by_the_create_that_commits_meanwhile(
    alice: User, bob: User, row: Callback, meanwhile: Meanwhile
) -> None:
    lesson = scheduled(bob, alice)
    worker = in_thread(processing.process_due_callbacks)
    assert meanwhile.looked.wait(PATIENCE_S)
    creating = in_thread(lambda: transaction.atomic(record_created)(Lesson.objects.get(pk=lesson.pk), 77))
    committed = threading.Event()
    for _ in range(200):
        if Lesson.objects.filter(remote_id="77").exists():
            committed.set()
            break
        threading.Event().wait(0.02)
    assert committed.is_set(), "the create waits for the event"
    meanwhile.go_on.set()
    worker.join(PATIENCE_S)
    creating.join(PATIENCE_S)
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert row.state == "done"


def test_a_repeat_that_comes_while_its_event_is_handled_is_handled_after_it(
    school: Enterprise, alice: User, bob: User, row: Callback, meanwhile: Meanwhile
) -> None:
    lesson = scheduled(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    worker = in_thread(processing.process_due_callbacks)
    assert meanwhile.looked.wait(PATIENCE_S)
    again = in_thread(
        lambda: ingestion.store_event(
            school.pk, b'{"event": "a_slow_event", "data": {"class_id": 77}}', timezone.now()
        )
    )
    meanwhile.go_on.set()
    worker.join(PATIENCE_S)
    again.join(PATIENCE_S)
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert (row.state, row.deliveries, row.attempts) == ("done", 2, 2)


def test_an_event_that_waits_for_a_free_row_blocks_no_create(
    alice: User, bob: User, row: Callback, meanwhile: Meanwhile
) -> None:
    """A parked event is in a worker's hands: the transaction of the create does not wait for it."""
    Callback.objects.update(state="parked", reason="unknown_class")
    lesson = scheduled(bob, alice)
    worker = in_thread(processing.process_due_callbacks)
    assert meanwhile.looked.wait(PATIENCE_S)
    with transaction.atomic():
        lesson.remote_id = "77"
        lesson.save_mirrored(["remote_id"])
        assert processing.release_parked(lesson.enterprise_id, "77") == 0
        meanwhile.go_on.set()
    worker.join(PATIENCE_S)
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert row.state == "done"


def test_of_two_replays_at_once_the_second_begins_with_the_end_of_the_first(row: Callback) -> None:
    processing.register_handler("a_slow_event")(lambda callback: None)
    Callback.objects.update(state="parked")
    outcome = call_while_other_waits(
        lambda: replay_callback(callback=row, by=None),
        lambda: replay_callback(callback=row, by=None),
    )
    assert outcome.error is None
    replays = AuditEntry.objects.filter(action="callback.replay").order_by("pk")
    assert [one.before["state"] for one in replays] == ["parked", "done"]
