"""Notices: told once, read by their own person, mailed once in the reader's language."""

from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.roles import Role
from console.notifications import email_delivery
from console.notifications.models import Notification
from console.notifications.services import notify
from console.notifications.topics import EmailFrequency, Topic, register_topic
from console.notifications.types import NotificationType, register_type
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db

register_topic(Topic("tests", _("Today"), list(Role), EmailFrequency.NOW))
register_type(NotificationType("tests.tea", _("Today"), "%(cups)s cups\nof tea", "tests", tone="warn"))


class Broken(EmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected("gone")


@pytest.fixture
def client():
    """A browser whose reader speaks English."""
    return client_for()


@pytest.fixture(autouse=True)
def mail_is_set_up(settings):
    settings.EMAIL_IS_SET_UP = True
    settings.OUTBOX_BACKOFF_S = 0


def _tea(*people, key="tea-1"):
    return notify("tests.tea", people=people, key=key, args={"cups": 3}, link="/lessons/")


def test_nobody_is_told_the_same_thing_twice(alice, bob):
    assert _tea(alice) == 1
    assert _tea(alice, bob) == 1
    assert Notification.objects.count() == 2


def test_the_bell_counts_what_is_new_and_opening_leads_to_where_one_acts(client, alice):
    _tea(alice)
    client.force_login(alice)
    page = client.get(reverse("notices:notices")).content.decode()
    assert client.get("/menu-counts/").json()["notices"] == {"number": 1, "text": "1 new notification"}
    assert "3 cups" in page
    notice = Notification.objects.get()
    answer = client.post(reverse("notices:open", args=[notice.pk]))
    assert answer.headers["Location"] == "/lessons/"
    assert client.get("/menu-counts/").json() == {}


def read_all(client, page=None):
    """Press the button of the page, by default of one that is drawn now."""
    page = page or client.get(reverse("notices:notices"))
    client.post(reverse("notices:read"), {"until": page.context["drawn_at"]})


def test_all_are_marked_as_read_at_once(client, alice, bob):
    for key in ("a", "b"):
        _tea(alice, bob, key=key)
    client.force_login(alice)
    read_all(client)
    assert Notification.objects.filter(read_at=None, person=alice).count() == 0
    assert Notification.objects.filter(read_at=None, person=bob).count() == 2


def test_a_notice_that_came_after_the_page_stays_unread(client, alice):
    _tea(alice, key="shown")
    client.force_login(alice)
    page = client.get(reverse("notices:notices"))
    _tea(alice, key="later")
    read_all(client, page)
    assert Notification.objects.get(read_at=None).key == "later"


@pytest.mark.parametrize("reader", ["bob", "charlie"])
def test_a_notice_is_its_persons_alone(client, alice, request, reader):
    _tea(alice)
    client.force_login(request.getfixturevalue(reader))
    notice = Notification.objects.get()
    assert client.post(reverse("notices:open", args=[notice.pk])).status_code in (403, 404)
    assert "3 cups" not in client.get(reverse("notices:notices")).content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_list_is_narrowed_to_what_is_new_and_to_a_topic(client, alice):
    _tea(alice, key="old")
    client.force_login(alice)
    read_all(client)
    notify("import.pushed", people=[alice], key="done", args={"file": "people.csv", "done": 1})
    everything = {"": (1, 1), "?show=new": (0, 1), "?topic=tests": (1, 0), "?topic=nonsense": (1, 1)}
    for query, told in everything.items():
        page = client.get(reverse("notices:notices") + query).content.decode()
        assert (page.count("cups"), page.count("sent to iclass")) == told


def test_a_link_that_leaves_the_console_is_not_followed(client, alice):
    notify("tests.tea", people=[alice], key="x", args={"cups": 1}, link="https://elsewhere.example/")
    client.force_login(alice)
    answer = client.post(reverse("notices:open", args=[Notification.objects.get().pk]))
    assert answer.headers["Location"] == reverse("notices:notices")


@pytest.mark.parametrize(("language", "subject"), [("zh-hans", "今天"), ("en", "Today")])
def test_a_mail_leaves_once_in_the_readers_language(alice, language, subject):
    alice.e_mail, alice.language = "alice@example.org", language
    alice.save(update_fields=["e_mail", "language"])
    _tea(alice)
    assert email_delivery.send_due_emails() == 1
    assert email_delivery.send_due_emails() == 0
    assert [letter.subject for letter in mail.outbox] == [subject]
    assert mail.outbox[0].to == ["alice@example.org"]
    assert "/lessons/" in mail.outbox[0].body
    assert Notification.objects.get().mail == "sent"


def test_a_mail_that_did_not_leave_is_tried_again_and_then_given_up(alice, settings):
    alice.e_mail = "alice@example.org"
    alice.save(update_fields=["e_mail"])
    _tea(alice)
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    assert email_delivery.send_due_emails() == email_delivery.MAX_ATTEMPTS
    assert Notification.objects.get().mail == "failed"


def test_who_has_no_address_is_told_in_the_console_alone(alice):
    alice.e_mail = ""
    alice.save(update_fields=["e_mail"])
    _tea(alice)
    assert Notification.objects.get().mail == "none"
    assert email_delivery.send_due_emails() == 0


def test_the_language_that_a_person_chooses_is_kept_for_their_mail(client, alice):
    client.force_login(alice)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    alice.refresh_from_db()
    assert alice.language == "en"
    client.post(reverse("set_language"), {"language": "xx", "next": "/"})
    alice.refresh_from_db()
    assert alice.language == "en"
