"""A receiver, and a school whose events it is sent."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import User
from console.webhooks.events import all_events
from console.webhooks.models import WebhookEndpoint
from console.webhooks.services import add_endpoint
from tests.support.webhook_receiver import Receiver, running_receiver


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver in an allowed network. A run makes one attempt of what is refused."""
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.1/32"]
    settings.OUTBOX_BACKOFF_S = 100_000
    settings.OUTBOX_BREAKER_S = 0
    with running_receiver() as started:
        yield started


@pytest.fixture
def make_endpoint(alice: User, bob: User, receiver: Receiver) -> Callable[..., WebhookEndpoint]:
    """Make a webhook of Alice's school that receives every event. Bob was there before."""

    def make(**fields: Any) -> WebhookEndpoint:
        values = {"name": "Portal", "url": receiver.url, "events": [one.name for one in all_events()]}
        return add_endpoint(school=alice.enterprise, by=alice, **values | fields)

    return make


@pytest.fixture
def endpoint(make_endpoint: Callable[..., WebhookEndpoint]) -> WebhookEndpoint:
    return make_endpoint()
