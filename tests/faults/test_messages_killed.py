"""Workers are killed while messages leave: each is delivered once, or shown as perhaps delivered."""

from collections import Counter
from typing import Any

import pytest

from console.notifications.models import Message, MessagingAddress, MessagingApp, MessagingBot
from console.notifications.services import notify
from tests.faults.goals import goal
from tests.faults.processes import ForkRunner
from tests.faults.sizes import dice, size
from tests.support.messaging_providers import APP_ID, APP_SECRET, Providers, running_providers

DELIVER = "console.notifications.channels.sending:deliver_due_messages"
POINTS = ("messages.claimed", "messages.answered")
pytestmark = pytest.mark.timeout(size(full=3600, ci=300))


def notify_person(person: Any, providers: Providers, messages: int) -> None:
    """Queue messages to a person through every kind of app, and to a group."""
    school = person.enterprise
    for provider in ("wecom", "dingtalk", "feishu"):
        MessagingApp.objects.create(
            enterprise=school,
            provider=provider,
            app_id=APP_ID,
            agent_id="1",
            secret=APP_SECRET,
            api_url=providers.api(provider),
            topics=["trouble"],
        )
        MessagingAddress.objects.create(
            enterprise=school, person=person, provider=provider, address="alice-id"
        )
    MessagingBot.objects.create(
        enterprise=school,
        name="Office",
        provider="wecom",
        url=providers.bot("wecom"),
        topics=["trouble"],
        language="en",
    )
    for number in range(messages):
        args = {"lesson": f"lesson-{number:04}", "number": 0}
        notify("alarm.ghost", people=[person], key=f"alarm {number}", args=args)


def test_no_kill_loses_or_doubles_a_message(forge: ForkRunner, alice: Any, settings: Any) -> None:
    kills, chosen = size(full=500, ci=8), dice("messages")
    # A lease of no length: a dead worker's rows are free at once.
    values = {"ALLOWED_PRIVATE_NETWORKS": ["127.0.0.1/32"], "LEASE_S": 0, "OUTBOX_BACKOFF_S": 0}
    with running_providers() as providers:
        notify_person(alice, providers, kills)
        killed = sum(
            forge.killed(DELIVER, at=chosen.choice(POINTS), nth=chosen.randint(1, 4), settings=values)
            for _ in range(kills)
        )
        while forge.run(DELIVER, settings=values):  # some hundreds at a time
            pass
        delivered = Counter((one["provider"], one["to"], one["text"]) for one in providers.delivered())
    doubled = [one for one, number in delivered.items() if number > 1]
    groups = {text for provider, to, text in delivered if to == "group"}
    states = Counter(Message.objects.filter(bot=None).values_list("delivery", flat=True))
    bots = Counter(Message.objects.exclude(bot=None).values_list("delivery", flat=True))
    goal("messages killed", kills=killed, messages=4 * kills, doubled=len(doubled), unknown=bots["unknown"])
    assert killed == kills, "some were not killed"
    assert doubled == []
    assert states == {"delivered": 3 * kills}, "an app's message is sent again until it is known to be there"
    assert len(delivered) - len(groups) == 3 * kills
    assert bots["delivered"] + bots["unknown"] == kills, "what a group may have got is shown as such"
    assert bots["delivered"] <= len(groups) <= kills
