"""The mail server of the operators' page: guarded, sealed, tested, and before that of the environment."""

import smtplib
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse

from accounts.school.channels.testing import check_mail
from console.audit.models import AuditEntry
from console.call_limits import limit_calls
from console.notifications.channels.mail_server import (
    GuardedSMTP,
    MailServerRefused,
    mail_is_set_up,
    send_email,
)
from console.notifications.delivery import send_due
from console.notifications.email_delivery import send_due_emails
from console.notifications.models import MailServer, Notification
from console.notifications.services import notify
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
PASSWORD = "looking-glass-77"


class MailProgram(threading.Thread):
    """A mail server for one connection; it refuses recipients at refused.example."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lines = []

    def run(self):
        connection, _address = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            self.answer(stream, "220 ready")
            while line := stream.readline().decode().strip():
                self.lines.append(line)
                if line.upper().startswith("DATA"):
                    self.answer(stream, "354 go on")
                    while (part := stream.readline().decode().strip()) != ".":
                        self.lines.append(part)
                refused = "refused.example" in line and line.upper().startswith("RCPT")
                self.answer(stream, "550 no such mailbox" if refused else "250 ok")
                if line.upper() == "QUIT":
                    return

    def answer(self, stream, text):
        stream.write(f"{text}\r\n".encode())
        stream.flush()


@contextmanager
def mail_program():
    program = MailProgram()
    program.start()
    with program.listener:
        yield program


@pytest.fixture
def office(olga, settings):
    settings.EMAIL_IS_SET_UP = False
    client = client_for()
    client.force_login(olga)
    return client


@pytest.fixture
def allowed(settings):
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.1/32"]


def enter(office, **fields):
    data = {"host": "127.0.0.1", "port": 25, "encryption": "none", "username": "", "password": ""}
    data |= {"sender": "console@example.org"}
    return office.post(reverse("accounts:mail_server_edit"), data | fields, follow=True)


def test_an_operator_enters_tests_and_deletes_the_server(office, allowed):
    assert "no e-mail leaves this console" in office.get(reverse("accounts:mail_server")).content.decode()
    with mail_program() as program:
        answer = enter(office, port=program.port, password=PASSWORD)
        assert PASSWORD not in answer.content.decode()
        tested = office.post(
            reverse("accounts:mail_server_test"), {"recipient": "olga@example.org"}, follow=True
        )
        assert "accepted by the mail server" in tested.content.decode()
        assert "mail from:<console@example.org>" in " ".join(program.lines).lower()
    assert mail.outbox == [], "it goes before the server of the environment"
    office.post(reverse("accounts:mail_server_remove"))
    assert not mail_is_set_up()
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"mail_server.change", "mail_server.test", "mail_server.delete"} <= actions
    assert PASSWORD not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_a_test_says_what_the_server_answered(office, allowed, olga):
    with mail_program() as program:
        enter(office, port=program.port)
        result = check_mail("somebody@refused.example", by=olga)
    assert not result.succeeded


def test_an_address_that_is_not_public_is_refused(office, settings, olga):
    settings.ALLOWED_PRIVATE_NETWORKS = []
    enter(office)
    result = check_mail("olga@example.org", by=olga)
    assert result == (False, "The address is not public. An operator can allow private networks.")


def test_a_name_that_leads_elsewhere_by_now_is_checked_at_each_connection(settings):
    settings.ALLOWED_PRIVATE_NETWORKS = []
    with pytest.raises(MailServerRefused):
        GuardedSMTP("localhost", 25, timeout=1)
    assert issubclass(MailServerRefused, OSError), "an e-mail is tried again later"
    assert issubclass(GuardedSMTP, smtplib.SMTP)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"host": "mail example"}, "Enter the name or address of a host."),
        ({"port": 70000}, "Enter a port between 1 and 65535."),
        ({"sender": "nobody"}, "Enter an e-mail address such as name@example.com."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(office, fields, error):
    assert error in enter(office, **fields).content.decode()
    assert not MailServer.objects.exists()


def test_nobody_in_a_school_opens_the_page(alice):
    client = client_for()
    client.force_login(alice)
    for name in ("mail_server", "mail_server_edit"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 403


def test_notifications_leave_through_the_entered_server(office, allowed, alice):
    alice.e_mail = "alice@example.org"
    alice.save(update_fields=["e_mail"])
    with mail_program() as program:
        enter(office, port=program.port)
        notify("school.licence_soon", people=[alice], key="x", args={"day": "2026-12-01", "days": 3})
        assert send_due_emails() == 1
    assert Notification.objects.get().mail == "sent"
    assert any("alice@example.org" in line for line in program.lines)


class SlowProgram(MailProgram):
    """A mail server whose greeting takes a byte now and then, so that no wait for the next byte is long."""

    def run(self):
        connection, _address = self.listener.accept()
        with connection, suppress(OSError):
            while True:
                connection.sendall(b"2")
                time.sleep(0.05)


@pytest.mark.parametrize("entered", [True, False])
def test_a_mail_server_that_trickles_is_cut_off(entered, allowed, settings):
    program = SlowProgram()
    program.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", program.port, False
    settings.EMAIL_USE_SSL = False
    if entered:
        MailServer.objects.create(
            host="127.0.0.1", port=program.port, encryption="none", sender="c@example.org"
        )
    before = time.monotonic()
    with program.listener, limit_calls(0.5), pytest.raises((OSError, smtplib.SMTPException)):
        send_email(mail.EmailMessage("Hats", "Tea", "c@example.org", ["alice@example.org"]))
    assert time.monotonic() - before < 8, "the wait for each byte alone would be 10 seconds"


@pytest.mark.parametrize("address", [f"a@{'é' * 63}.com", "a@b\nBcc: c@example.org"])
def test_an_address_that_cannot_be_written_fails_alone_and_at_once(alice, bob, address):
    for person, e_mail in ((alice, address), (bob, "bob@example.org")):
        type(person).objects.filter(pk=person.pk).update(e_mail=e_mail)
        person.refresh_from_db()
        notify("school.licence_soon", people=[person], key="x", args={"day": "2026-12-01", "days": 3})
    Notification.objects.update(mail="waiting")
    assert send_due_emails() == 2
    states = dict(Notification.objects.values_list("person__user_id", "mail"))
    assert states == {alice.user_id: "failed", bob.user_id: "sent"}
    assert [one.to for one in mail.outbox][-1] == ["bob@example.org"]


def test_a_fault_with_one_e_mail_leaves_the_next_ones(alice, bob):
    sent = list[int]()

    def send(key):
        if not sent.append(key) and len(sent) == 1:
            raise RuntimeError

    for person in (alice, bob):
        notify("school.licence_soon", people=[person], key="x", args={"day": "2026-12-01", "days": 3})
    Notification.objects.update(mail="waiting")
    assert send_due(Notification, "mail", send, failed={"mail": "failed"}) == 2
    assert Notification.objects.get(pk=sent[0]).mail == "failed"


def test_a_domain_that_is_too_long_in_ascii_is_no_address():
    validate_email("a@例子.com")
    with pytest.raises(ValidationError):
        validate_email(f"a@{'é' * 63}.com")
