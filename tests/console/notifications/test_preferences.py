"""What people choose to be told where: on their own page, and by the address in their mails."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from console.notifications import email_delivery, preferences, unsubscribe_tokens
from console.notifications.models import Notification, NotificationPreference
from console.notifications.services import notify
from console.notifications.topics import topics_for
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_is_set_up(settings):
    settings.EMAIL_IS_SET_UP = True


@pytest.fixture
def alice(alice):
    alice.e_mail, alice.language = "alice@example.org", "en"
    alice.save(update_fields=["e_mail", "language"])
    return alice


def way(person, topic):
    found = next(one.channels for one in preferences.preferences_of(person) if one.topic.name == topic)
    return found.console, found.mail


def invite(person, key="a"):
    args = {"topic": "Croquet", "at": "2026-12-01 09:00", "zone": "Asia/Shanghai", "lessons": []}
    notify("lesson.invited", people=[person], key=key, args=args, link="/lessons/1/")
    return Notification.objects.get(key=key, person=person)


class TestOwnPage:
    def test_each_topic_of_the_role_has_a_line(self, alice, bob):
        page = page_text(client_for(alice).get(reverse("accounts:my_sign_in")))
        assert 'name="mail-licence" aria-label="The school\'s licence: By e-mail" disabled' in page
        assert "mail-marks" not in page
        assert "mail-licence" not in page_text(client_for(bob).get(reverse("accounts:my_sign_in")))

    def test_a_choice_is_kept_and_shown(self, alice):
        answer = client_for(alice).post(
            reverse("accounts:my_mails"), {"mail-lessons": "weekly", "mail-reminders": "nonsense"}
        )
        assert answer.status_code == 302
        assert way(alice, "lessons") == (False, "weekly")
        assert way(alice, "reminders") == (False, "now")

    def test_what_is_fixed_says_why_and_cannot_be_chosen(self, alice):
        page = page_text(client_for(alice).get(reverse("accounts:my_sign_in")))
        assert "Always sent: no lessons can be held after the licence expires." in page
        client_for(alice).post(reverse("accounts:my_mails"), {"mail-licence": "never"})
        assert way(alice, "licence") == (True, "now")
        assert not NotificationPreference.objects.filter(topic="licence").exists()

    def test_what_is_not_wanted_in_the_console_does_not_stand_there(self, alice):
        preferences.save_preferences(alice, {"mail-lessons": "now"})
        notice = invite(alice)
        assert (notice.shown, notice.mail) == (False, "waiting")
        assert "Croquet" not in page_text(client_for(alice).get(reverse("notices:notices")))
        assert client_for(alice).get("/menu-counts/").json() == {}

    def test_the_choice_of_one_is_nobody_elses(self, alice, bob, charlie):
        preferences.save_preferences(alice, {"mail-lessons": "never"}, console=False)
        assert way(bob, "lessons") == way(charlie, "lessons") == (True, "now")

    def test_no_topic_is_for_everybody_or_nobody(self, alice, bob):
        assert 0 < len(topics_for(bob)) < len(topics_for(alice))


class TestAddressInTheMail:
    """For those who do not sign in: the address is the permission."""

    @pytest.fixture
    def kid(self, bob):
        """Somebody with a mail address and no way to sign in."""
        bob.e_mail, bob.language = "bob@example.org", "en"
        bob.set_unusable_password()
        bob.save(update_fields=["e_mail", "language", "password"])
        return bob

    @pytest.fixture
    def address(self, kid, settings):
        invite(kid)
        email_delivery.send_due_emails()
        headers = mail.outbox[0].message()
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        return headers["List-Unsubscribe"].strip("<>").removeprefix(settings.PUBLIC_URL)

    def test_a_mail_program_turns_it_off_by_one_post(self, kid, address):
        answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not answer.cookies
        assert way(kid, "lessons") == (True, "never")
        assert invite(kid, "b").mail == "none"

    def test_looking_changes_nothing_and_a_button_does(self, kid, address):
        client = Client()
        page = page_text(client.get(address))
        assert (
            "Unsubscribe from these e-mails: New, changed and cancelled lessons, for your calendar?"
        ) in page
        assert "b***@example.org" in page
        assert "bob@example.org" not in page
        assert way(kid, "lessons") == (True, "now")
        page = page_text(client.post(address, follow=True))
        assert "You no longer receive these e-mails." in page
        assert way(kid, "lessons")[1] == "never"

    def test_one_chooses_again_on_the_same_page(self, kid, address):
        page = reverse("notices:mails", args=[unsubscribe_tokens.make_token(kid)])
        Client().post(address)
        Client().post(page, {"mail-lessons": "daily"})
        assert way(kid, "lessons") == (True, "daily")

    def test_it_speaks_the_language_of_its_person(self, kid, address):
        User.objects.filter(pk=kid.pk).update(language="zh-hans")
        assert "邮件设置" in page_text(Client(headers={"accept-language": "en"}).get(address))

    def test_nothing_but_the_whole_address_opens_it(self, kid, address):
        other = address.replace("/mails/", "/mails/x")
        changed = re.sub(r"mails/(.)", lambda found: "mails/" + ("A" if found[1] != "A" else "B"), address)
        for wrong in (other, changed, address.replace("lessons", "licence"), address.replace("lessons", "x")):
            assert Client().get(wrong).status_code == 404
            assert Client().post(wrong).status_code == 404

    @pytest.mark.parametrize("end", [{"e_mail": "new@example.org"}, {"e_mail": ""}, {"is_active": False}])
    def test_it_ends_with_the_mail_address_and_with_its_person(self, kid, address, end):
        User.objects.filter(pk=kid.pk).update(**end)
        assert Client().get(address).status_code == 404

    def test_who_is_signed_in_at_another_school_changes_nothing_of_their_own(self, kid, charlie, address):
        client_for(charlie).post(address)
        assert way(kid, "lessons")[1] == "never"
        assert way(charlie, "lessons")[1] == "now"

    def test_what_is_fixed_names_no_way_out(self, alice):
        notify("school.licence_soon", people=[alice], key="x", args={"day": "2026-12-01", "days": 3})
        email_delivery.send_due_emails()
        (letter,) = mail.outbox
        assert "List-Unsubscribe" not in letter.extra_headers
        assert "Always sent: no lessons can be held after the licence expires." in letter.body
