"""Alarms told to another system: signed, once, over https, to the configured address alone."""

import hashlib
import hmac
import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from classes.live.alarms.webhook import InternalAddress, resolve_public, send_webhooks
from classes.models import Alarm
from console.checks import validate_settings
from tests.classes.factories import create_running_lesson

pytestmark = pytest.mark.django_db

KEY = "k" * 40


class Receiver(BaseHTTPRequestHandler):
    """Keeps what came and answers with the status that the test chose."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


class Quiet(HTTPServer):
    def handle_error(self, request, address):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of localhost that proves itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("hook")
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return folder


@pytest.fixture
def receiver(certificate, settings):
    server = Quiet(("127.0.0.1", 0), Receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.got, server.status = [], 200
    settings.ALARM_WEBHOOK_URL = f"https://localhost:{server.server_port}/in?a=1"
    settings.ALARM_WEBHOOK_KEY = KEY
    settings.ALARM_WEBHOOK_CA = str(certificate / "cert.pem")
    settings.ALARM_WEBHOOK_ALLOW_PRIVATE = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def alarm(bob):
    lesson = create_running_lesson(bob, topic="Croquet")
    return Alarm.objects.create(enterprise=bob.enterprise, lesson=lesson, kind="ghost", hook="waiting")


def state():
    return Alarm.objects.get().hook


def test_an_alarm_is_told_once_and_signed(receiver, alarm, bob):
    assert (send_webhooks(), send_webhooks()) == (1, 0)
    [(path, headers, body)] = receiver.got
    assert path == "/in?a=1"
    signed = f"{headers['X-Console-Timestamp']}.".encode() + body
    expected = hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Console-Signature"] == f"sha256={expected}"
    told = json.loads(body)
    assert (told["kind"], told["sdkappid"], told["lesson"]["topic"]) == ("ghost", 1400000001, "Croquet")
    assert told["url"].endswith(f"/lessons/{alarm.lesson_id}/")
    assert bob.nickname not in body.decode()
    assert state() == "sent"


def test_an_address_of_the_own_network_is_not_called(receiver, alarm, settings):
    settings.ALARM_WEBHOOK_ALLOW_PRIVATE = False
    send_webhooks()
    assert receiver.got == []
    for host in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "localhost"):
        with pytest.raises(InternalAddress):
            resolve_public(host, 443)
    assert resolve_public("93.184.216.34", 443) == "93.184.216.34"


def test_a_redirect_is_no_way_and_no_success(receiver, alarm):
    receiver.status = 302
    send_webhooks()
    assert (len(receiver.got), state()) == (1, "failed")


def test_a_busy_receiver_is_asked_again_later_and_a_broken_one_is_not(receiver, alarm):
    receiver.status = 503
    send_webhooks()
    assert state() == "waiting"
    assert send_webhooks() == 0
    Alarm.objects.update(hook_due_at=alarm.raised_at)
    receiver.status = 500
    send_webhooks()
    assert state() == "failed"


def test_a_certificate_that_nobody_vouches_for_ends_it(receiver, alarm, settings):
    settings.ALARM_WEBHOOK_CA = ""
    send_webhooks()
    assert (receiver.got, state()) == ([], "failed")


def test_without_an_address_nothing_leaves(alarm, settings):
    settings.ALARM_WEBHOOK_URL = ""
    assert send_webhooks() == 0


@pytest.mark.parametrize(
    ("url", "key", "refused"),
    [
        ("", "", False),
        ("https://x.example/", KEY, False),
        ("http://x.example/", KEY, True),
        ("https://x.example/", "short", True),
    ],
)
def test_a_start_with_a_plain_address_or_a_short_key_is_refused(settings, url, key, refused):
    settings.ALARM_WEBHOOK_URL, settings.ALARM_WEBHOOK_KEY = url, key
    assert ("console.E024" in [one.id for one in validate_settings()]) is refused
