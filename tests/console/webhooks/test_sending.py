"""Deliveries: signed, in order per object, tried again for three days, and no school call is touched."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from classes.models import Lesson
from console.audit.models import AuditEntry
from console.notifications.models import Notification
from console.outbox.models import Gate
from console.outbox.states import OperationState
from console.webhooks.models import DELIVERY_STATES, WebhookAttempt, WebhookDelivery, WebhookGate
from console.webhooks.sending import deliver_due
from tests.classes.factories import create_planned_lesson
from tests.support.webhook_receiver import Reply, is_signed

pytestmark = pytest.mark.django_db
LEGAL = {
    ("ready", "sending"),
    ("ready", "parked"),
    ("sending", "ready"),
    ("sending", "done"),
    ("done", "ready"),
    ("parked", "ready"),
}


def refuse_first(times: int, status: int = 500, **reply: Any) -> Any:
    """Return a choice that refuses so many messages and accepts the others."""
    left = [times]

    def choose(message: Any) -> Reply:
        left[0] -= 1
        return Reply(status, **reply) if left[0] >= 0 else Reply()

    return choose


def deliver_all(runs: int = 5) -> None:
    """Deliver what is due, and what was refused once more each time, for so many runs."""
    for _ in range(runs):
        WebhookDelivery.objects.filter(state="ready").update(due_at=timezone.now())
        deliver_due()


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("id").values_list("state", flat=True))


def test_a_lesson_is_told_once_signed_with_ids_alone(endpoint, receiver, bob):
    lesson = create_planned_lesson(bob, topic="Croquet with Bob")
    assert (deliver_due(), deliver_due()) == (1, 0)
    [message] = receiver.messages
    assert is_signed(message, [endpoint.secret.reveal()])
    assert message.headers["content-type"] == "application/json"
    assert message.id == WebhookDelivery.objects.get().message_id
    body = message.json
    assert (body["type"], body["data"]["lesson"]) == ("lesson.scheduled", lesson.pk)
    assert (body["data"]["school"], body["data"]["teacher"]) == (1400000001, bob.user_id)
    assert lesson.topic not in message.body.decode()
    assert bob.nickname not in message.body.decode()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.outcome, attempt.http_status) == ("delivered", 204)


def test_a_webhook_marked_for_personal_data_is_told_topic_and_names(make_endpoint, receiver, bob):
    make_endpoint(personal_data=True)
    create_planned_lesson(bob, topic="Croquet")
    deliver_due()
    details = receiver.messages[0].json["data"]["details"]
    assert details == {"topic": "Croquet", "teacher_nickname": bob.nickname}


def test_a_later_event_of_an_object_waits_for_the_earlier_and_others_do_not(endpoint, receiver, bob):
    first, other = create_planned_lesson(bob), create_planned_lesson(bob)
    Lesson.objects.filter(pk=first.pk).update(topic="Moved")
    receiver.choose = lambda message: Reply(500 if message.json["data"]["lesson"] == first.pk else 204)
    deliver_due()
    assert states() == ["ready", "done", "ready"]
    assert {one.json["type"] for one in receiver.messages} == {"lesson.scheduled"}
    receiver.choose = lambda message: Reply()
    deliver_all()
    told = [one.json["type"] for one in receiver.accepted if one.json["data"]["lesson"] == first.pk]
    assert told == ["lesson.scheduled", "lesson.changed"]
    assert {one.json["data"]["lesson"] for one in receiver.accepted} == {first.pk, other.pk}


@pytest.mark.parametrize("status", [500, 503, 429, 404, 302, 0])
def test_a_message_that_is_not_accepted_is_sent_again_with_the_same_id(endpoint, receiver, bob, status):
    receiver.choose = refuse_first(2, status, headers={"Location": receiver.url})
    create_planned_lesson(bob)
    deliver_all()
    assert states() == ["done"]
    assert len(receiver.messages) == 3
    assert len({one.id for one in receiver.messages}) == 1
    outcomes = list(WebhookAttempt.objects.order_by("id").values_list("outcome", flat=True))
    failed = "refused" if status else "no_answer"
    assert outcomes == [failed, failed, "delivered"]


def test_the_wait_that_the_program_asks_for_is_kept(endpoint, receiver, bob, settings):
    receiver.choose = refuse_first(1, 503, headers={"Retry-After": "120"})
    settings.OUTBOX_BACKOFF_S = 1
    create_planned_lesson(bob)
    deliver_due()
    wait = WebhookDelivery.objects.get().due_at - timezone.now()
    assert timedelta(seconds=110) < wait < timedelta(seconds=123)
    with time_machine.travel(timezone.now() + timedelta(seconds=123)):
        deliver_due()
    assert states() == ["done"]


def test_a_late_answer_ends_the_attempt(endpoint, receiver, bob, settings):
    settings.WEBHOOK_TIMEOUT_S = 0.2
    receiver.choose = refuse_first(1, 204, after_s=0.6)
    create_planned_lesson(bob)
    deliver_due()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.outcome, attempt.reason, attempt.milliseconds < 600) == ("no_answer", "timeout", True)


def test_an_answer_is_kept_as_text_and_not_in_whole(endpoint, receiver, bob):
    receiver.choose = lambda message: Reply(500, "\0<b>no</b>\x1b" + "x" * 5000)
    create_planned_lesson(bob)
    deliver_due()
    answer = WebhookAttempt.objects.get().answer
    assert answer.startswith(" <b>no</b> x")
    assert len(answer) == 500


def test_after_three_days_the_webhook_is_paused_and_the_administrators_are_told(
    endpoint, receiver, alice, bob
):
    receiver.choose = lambda message: Reply(500)
    create_planned_lesson(bob)
    deliver_due()
    WebhookDelivery.objects.update(first_sent_at=timezone.now() - timedelta(days=3, minutes=1))
    deliver_all(1)
    assert WebhookGate.objects.get().paused_for == "failing"
    assert Notification.objects.get(kind="webhook.paused").person == alice
    assert AuditEntry.objects.get(action="webhook.pause").after == {"reason": "failing"}
    create_planned_lesson(bob)
    asked = len(receiver.messages)
    assert (deliver_due(), len(receiver.messages)) == (0, asked)
    assert states() == ["ready", "ready"], "events are kept while a webhook is paused"


def test_an_address_that_says_it_is_gone_is_paused_at_once(endpoint, receiver, bob):
    receiver.choose = lambda message: Reply(410)
    create_planned_lesson(bob)
    deliver_due()
    assert WebhookGate.objects.get().paused_for == "gone"


def test_a_failing_program_is_asked_less_and_iclass_as_ever(endpoint, receiver, bob, settings):
    settings.OUTBOX_BREAKER_S = 3600
    receiver.choose = lambda message: Reply(500)
    for _ in range(30):
        create_planned_lesson(bob)
    deliver_all()
    assert len(receiver.messages) < 30, "the break began before all were tried"
    assert WebhookGate.objects.get().open_until is not None
    assert not Gate.objects.exclude(failures=0, open_until=None, held_for=[]).exists()


def test_a_program_has_at_most_eight_calls_at_a_time(endpoint, receiver, bob):
    running, most = [0], [0]

    def choose(message: Any) -> Reply:
        running[0] += 1
        most[0] = max(most[0], running[0])
        return Reply(after_s=0.05)

    receiver.choose = choose
    for _ in range(12):
        create_planned_lesson(bob)
    deliver_due(limit=8)
    assert most[0] <= 8
    deliver_all()
    assert set(states()) == {"done"}


def test_what_a_dead_worker_was_sending_is_sent_again(endpoint, receiver, bob):
    create_planned_lesson(bob)
    past = timezone.now() - timedelta(minutes=1)
    WebhookDelivery.objects.update(state="sending", fence=7, lease_until=past)
    deliver_due()
    assert states() == ["done"]
    assert WebhookDelivery.objects.get().fence == 9, "the lease ended, then another claim"


def test_what_a_living_worker_is_sending_is_left_to_it(endpoint, receiver, bob):
    create_planned_lesson(bob)
    future = timezone.now() + timedelta(minutes=1)
    WebhookDelivery.objects.update(state="sending", fence=7, lease_until=future)
    assert (deliver_due(), receiver.messages) == (0, [])


@pytest.mark.parametrize("origin", DELIVERY_STATES)
def test_the_database_accepts_exactly_the_legal_steps(endpoint, bob, origin):
    create_planned_lesson(bob)
    row = WebhookDelivery.objects.get()
    accepted = set()
    for to in OperationState.values:
        WebhookDelivery.objects.filter(pk=row.pk).delete()
        row.state = origin
        row.save(force_insert=True)
        try:
            with transaction.atomic():
                WebhookDelivery.objects.filter(pk=row.pk).update(state=to)
        except IntegrityError:
            continue
        accepted.add((origin, to))
    assert accepted - {(origin, origin)} == {step for step in LEGAL if step[0] == origin}
