"""For each defence of webhooks: its goal in small holds, and without that one defence it fails."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from classes.models import Lesson
from console.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from console.webhooks.sending import deliver_due
from tests.faults import webhook_work as work
from tests.faults.goals import sabotage, without_goal_lines
from tests.faults.processes import ForkRunner, expire_leases
from tests.support.webhook_receiver import Receiver, Reply, running_receiver

Check = Callable[[WebhookEndpoint, Receiver, ForkRunner], None]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    for name, value in work.VALUES.items():
        setattr(settings, name, value)
    with running_receiver() as started:
        yield started


def clear(receiver: Receiver) -> None:
    """Forget what an earlier check left; a change to the same topic would be none."""
    Lesson.objects.update(topic="Croquet")
    WebhookAttempt.objects.all().delete()
    WebhookDelivery.objects.all().delete()
    receiver.messages.clear()
    receiver.choose = lambda message: Reply()


def signed(endpoint: WebhookEndpoint, receiver: Receiver, forge: ForkRunner) -> None:
    """A message is sent."""
    work.change_lessons(range(1))
    work.deliver_everything(seconds=5)
    found = work.judge(endpoint, receiver)
    assert (found["lost"], found["forged"]) == (0, 0)


def in_order(endpoint: WebhookEndpoint, receiver: Receiver, forge: ForkRunner) -> None:
    """The first of four events of one object is refused once."""
    refused: list[str] = []

    def choose(message: Any) -> Reply:
        refused.append(message.id)
        return Reply(500 if len(refused) == 1 else 204)

    receiver.choose = choose
    work.change_lessons(range(0, 4, 1))
    work.deliver_everything(seconds=5)
    found = work.judge(endpoint, receiver)
    assert (found["lost"], found["overtaken"]) == (0, 0)


def stopped_with_an_answer(endpoint: WebhookEndpoint, receiver: Receiver, forge: ForkRunner) -> None:
    """A worker stands still with a refusal, while another one delivers the event; then it goes on."""
    receiver.choose = lambda message: Reply(500)
    work.change_lessons(range(1))
    slow = forge.start(work.DELIVER, faults={"webhooks.answered": "stop@1"}, settings=work.VALUES)
    assert slow.stopped(), "the worker did not come to its point"
    expire_leases(slow.pid)
    receiver.choose = lambda message: Reply()
    work.deliver_everything(seconds=5)
    slow.resume()
    slow.ended()
    state, accepted = WebhookDelivery.objects.get().state, len(receiver.accepted)
    assert (state, accepted) == ("done", 1), "a delivered event was sent again, or waits for it"


def killed_while_sending(endpoint: WebhookEndpoint, receiver: Receiver, forge: ForkRunner) -> None:
    """A worker is killed after its claim."""
    work.change_lessons(range(1))
    assert forge.killed(work.DELIVER, at="webhooks.claimed", settings=work.VALUES)
    deliver_due()
    assert work.judge(endpoint, receiver)["lost"] == 0


CHECKS: dict[str, Check] = {
    "webhooks.fence": stopped_with_an_answer,
    "webhooks.lease_expiry": killed_while_sending,
    "webhooks.order": in_order,
    "webhooks.signature": signed,
}


@pytest.mark.parametrize("defence", CHECKS)
def test_the_goal_fails_without_the_defence(
    defence: str, forge: ForkRunner, alice: Any, bob: Any, receiver: Receiver
) -> None:
    check = CHECKS[defence]
    endpoint = work.create_world(alice, bob, receiver, lessons=1)
    with without_goal_lines():
        check(endpoint, receiver, forge)
    clear(receiver)
    sabotage(defence, lambda: check(endpoint, receiver, forge))
