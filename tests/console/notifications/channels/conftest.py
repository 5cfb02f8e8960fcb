"""A stand-in of the providers, and a school that writes through it."""

from collections.abc import Iterator
from typing import Any

import pytest

from console.notifications.models import MessagingApp, MessagingBot
from tests.support.messaging_providers import APP_ID, APP_SECRET, SIGNING, Providers, running_providers


@pytest.fixture(scope="session")
def service() -> Iterator[Providers]:
    with running_providers() as started:
        yield started


@pytest.fixture
def providers(service: Providers, settings: Any) -> Providers:
    """The stand-in without what earlier tests left in its controls; its address is an allowed one."""
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.1/32"]
    settings.OUTBOX_BACKOFF_S = 0
    service.control(limited=0, hang_s=0, status=0, forget=True)
    return service


@pytest.fixture
def make_app(school: Any, providers: Providers) -> Any:
    def make(provider: str, **fields: Any) -> MessagingApp:
        values = {"app_id": APP_ID, "agent_id": "1000002", "secret": APP_SECRET, "topics": ["lessons"]}
        values |= {"api_url": providers.api(provider)}
        return MessagingApp.objects.create(enterprise=school, provider=provider, **values | fields)

    return make


@pytest.fixture
def make_bot(school: Any, providers: Providers) -> Any:
    def make(provider: str, **fields: Any) -> MessagingBot:
        values = {"name": provider, "url": providers.bot(provider), "topics": ["trouble"], "language": "en"}
        if provider != "wecom":
            values["secret"] = SIGNING
        return MessagingBot.objects.create(enterprise=school, provider=provider, **values | fields)

    return make
