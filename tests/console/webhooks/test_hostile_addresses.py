"""Addresses that lead inside: refused in the form, or when something is sent, without a connection."""

import socket
from typing import Any

import pytest

from console.webhooks.forms import EndpointForm
from console.webhooks.models import WebhookAttempt, WebhookEndpoint
from console.webhooks.sending import deliver_due
from console.webhooks.services import add_endpoint, send_test

pytestmark = pytest.mark.django_db
HOSTS = [
    *("127.0.0.1", "127.1.2.3", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0"),
    *("10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.5", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("localhost", "localhost.", "LOCALHOST", "ip6-localhost", "metadata.google.internal", "printer.local"),
    *("[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd12::1]", "[ff02::1]", "[2001:db8::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::7f00:1]"),
]
URLS = [
    *("http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/"),
    *("https://user:password@example.org/", "https://", "//example.org/", "https://[::1"),
    *("javascript:alert(1)", "https://exa mple.org/", "https:///events", "https://example"),
]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Connections that are tried; none is made."""
    tried: list[Any] = []

    def connect(address: Any, *more: Any, **options: Any) -> Any:
        tried.append(address)
        raise OSError("no connection in this test")

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


def errors_of(school: Any, url: str) -> Any:
    data = {"name": "Portal", "url": url, "events": ["lesson.changed"]}
    return EndpointForm(data, instance=WebhookEndpoint(enterprise=school)).errors


def test_there_are_at_least_forty():
    assert len({*HOSTS, *URLS}) >= 40


@pytest.mark.parametrize("url", [*(f"https://{host}/events" for host in HOSTS), *URLS])
def test_a_hostile_address_is_called_by_nothing(school, alice, connections, url):
    refused = bool(errors_of(school, url))
    endpoint = add_endpoint(school=school, by=alice, name="Portal", url=url, events=["lesson.changed"])
    send_test(endpoint=endpoint, by=alice)
    deliver_due(limit=1)
    attempt = WebhookAttempt.objects.get()
    names_inside = not url.startswith(("http://example.org", "https://user", "https://exa", "ftp"))
    assert attempt.outcome == "not_sent"
    assert connections == [] if names_inside else refused
    assert refused, "the form says it at once"


def test_an_address_in_a_network_that_the_operator_lists_is_accepted(school, settings):
    settings.ALLOWED_PRIVATE_NETWORKS = ["10.20.0.0/16"]
    assert not errors_of(school, "http://10.20.1.2:8080/events")
    assert errors_of(school, "http://10.21.1.2/events")
    assert not errors_of(school, "https://portal.school.example/events")
