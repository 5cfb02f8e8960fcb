"""Pages of the channels: secrets are never shown again, tests say what was answered, all is on record."""

import pytest
from django.urls import reverse

from accounts.models import Role
from console.audit.models import AuditEntry
from console.notifications.models import (
    Message,
    MessagingAddress,
    MessagingApp,
    MessagingBot,
    MessagingSettings,
    Notification,
    NotificationPreference,
    QuietHours,
)
from console.notifications.services import notify
from tests.support.cast import create_person
from tests.support.messaging_providers import APP_ID, APP_SECRET, BOT_KEY, SIGNING
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
LIST = "/channels/"


@pytest.fixture
def office(alice):
    client = client_for()
    client.force_login(alice)
    return client


def text_of(answer):
    return answer.content.decode()


def add_bot(office, url, **fields):
    data = {"name": "Office", "provider": "wecom", "url": url, "language": "en", "is_on": "on"}
    data |= {"topics": ["alarm.teacher_out"], "secret": ""}
    return office.post(reverse("accounts:bot_add"), data | fields, follow=True)


def test_a_bot_is_added_tested_and_its_address_never_shown(office, providers):
    answer = add_bot(office, providers.bot("wecom"))
    assert "only: teacher not in the room" not in text_of(answer)
    assert "teacher not in the room" in text_of(answer)
    bot = MessagingBot.objects.get()
    tested = office.post(reverse("accounts:bot_test", args=[bot.pk]), follow=True)
    assert "Office: It was accepted." in text_of(tested)
    assert providers.delivered()[0]["text"].startswith("Test message")
    for address in (LIST, reverse("accounts:bot_edit", args=[bot.pk])):
        assert BOT_KEY not in text_of(office.get(address))
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert [one for one in actions if one.startswith("channel.")] == ["channel.add", "channel.test"]
    assert BOT_KEY not in str(list(AuditEntry.objects.values_list("after", flat=True)))


def test_a_test_says_what_was_answered(office, make_bot, providers):
    bot = make_bot("dingtalk", secret="SEC-another")
    answer = office.post(reverse("accounts:bot_test", args=[bot.pk]), follow=True)
    assert "The answer was: 310000 sign not match" in text_of(answer)


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "ftp://example.org/", "https:///x", "nonsense", "http://10.0.0.1/"]
)
def test_an_address_without_tls_is_refused_at_its_field(office, url):
    answer = add_bot(office, url)
    assert "Enter an address that begins with https://." in text_of(answer)
    assert not MessagingBot.objects.exists()


def test_two_bots_do_not_share_a_name(office, providers):
    add_bot(office, providers.bot("wecom"))
    answer = add_bot(office, providers.bot("wecom"))
    assert "Your school has a bot of this name." in text_of(answer)
    assert MessagingBot.objects.count() == 1


def test_an_empty_secret_is_kept_and_a_new_one_replaces_it(office, make_bot, providers):
    bot = make_bot("feishu")
    change = {"name": "Staff", "provider": "feishu", "language": "en", "url": "", "secret": ""}
    office.post(reverse("accounts:bot_edit", args=[bot.pk]), change)
    bot.refresh_from_db()
    assert (bot.name, bot.is_on, bot.secret.reveal()) == ("Staff", False, SIGNING)
    office.post(reverse("accounts:bot_edit", args=[bot.pk]), change | {"secret": "SEC-new-secret"})
    bot.refresh_from_db()
    assert bot.secret.reveal() == "SEC-new-secret"


def test_an_app_is_set_up_tested_and_deleted(office, alice, providers):
    alice.phone_no = "13800000001"
    alice.save(update_fields=["phone_no"])
    address = reverse("accounts:channel_app", args=["wecom"])
    data = {"app_id": APP_ID, "agent_id": "x", "secret": APP_SECRET, "api_url": providers.api("wecom")}
    assert "Enter the number of the app." in text_of(office.post(address, data))
    office.post(address, data | {"agent_id": "7", "topics": ["trouble"], "is_on": "on"})
    tested = office.post(reverse("accounts:channel_app_test", args=["wecom"]), follow=True)
    assert "Test message to you: It was accepted." in text_of(tested)
    assert providers.delivered()[0]["to"] == "alice-id"
    assert APP_SECRET not in text_of(office.get(address))
    office.post(address, {"app_id": APP_ID, "agent_id": "8", "secret": "wrong-one", "is_on": "on"})
    assert MessagingApp.objects.get().token is None, "the token of the former secret is not used"
    office.post(reverse("accounts:channel_app_remove", args=["wecom"]))
    assert not MessagingApp.objects.exists()


@pytest.mark.parametrize("role", [Role.TEACHER, Role.STUDENT, Role.SUPERVISOR])
def test_only_administrators_open_the_page(role, school):
    client = client_for()
    client.force_login(create_person(school, "someone", role))
    assert client.get(LIST).status_code == 403


def test_another_schools_bot_does_not_exist(charlie, make_bot):
    client = client_for()
    client.force_login(charlie)
    bot = make_bot("wecom")
    for name in ("bot_edit", "bot_remove"):
        assert client.get(reverse(f"accounts:{name}", args=[bot.pk])).status_code == 404
    assert client.post(reverse("accounts:bot_test", args=[bot.pk])).status_code == 404
    assert f'<th scope="row">{bot.name}<' not in text_of(client.get(LIST))


def test_what_was_not_delivered_is_listed_and_sent_again(office, alice, make_bot, providers):
    bot = make_bot("wecom")
    notify("alarm.ghost", people=[alice], key="a", args={"lesson": "Secret tea", "number": 0})
    Message.objects.update(delivery="refused", answer="93000 invalid webhook url")
    shown = text_of(office.get(LIST))
    assert "refused: 93000 invalid webhook url" in shown
    assert "Secret tea" not in shown
    office.post(reverse("accounts:message_again", args=[Message.objects.get(bot=bot).pk]))
    assert Message.objects.get().delivery == "waiting"
    again = office.post(reverse("accounts:message_again", args=[Message.objects.get().pk]), follow=True)
    assert "It is being sent already." in text_of(again)


def test_the_notice_says_how_it_left_and_its_person_tries_again(office, alice, make_app, providers):
    make_app("wecom", topics=["trouble"])
    notify("alarm.ghost", people=[alice], key="a", args={"lesson": "Hats", "number": 0})
    Message.objects.update(delivery="refused", answer="81013 user & party & tag all invalid")
    shown = text_of(office.get(reverse("notices:notices")))
    assert "refused: 81013 user &amp; party" in shown
    office.post(reverse("notices:again", args=[Notification.objects.get().pk]))
    assert Message.objects.get().delivery == "waiting"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"quiet_from": "22:00"}, "Enter both times, or none."),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "The quiet hours end when they begin."),
        ({"text_en": "<b>{title}</b>"}, "Enter plain text without &lt; and &gt;."),
        ({"text_zh": "{name}"}, "is not known"),
    ],
)
def test_wording_and_hours_are_checked_at_their_fields(office, fields, error):
    answer = office.post(reverse("accounts:channel_wording"), fields)
    assert error in text_of(answer)


def test_wording_and_hours_are_saved(office):
    fields = {"quiet_from": "22:00", "quiet_until": "07:00", "text_en": "{title} {link}", "text_zh": ""}
    office.post(reverse("accounts:channel_wording"), fields)
    assert MessagingSettings.objects.get().text_en == "{title} {link}"
    assert "22:00–07:00" in text_of(office.get(LIST))


def test_an_id_is_entered_for_a_person_and_looked_up_again(office, bob, make_app):
    make_app("wecom")
    address = reverse("accounts:person_addresses", args=[bob.pk])
    office.post(address, {"wecom": "bob.builder"})
    assert MessagingAddress.objects.get().address.reveal() == "bob.builder"
    assert "bob.builder" not in text_of(office.get(address))
    office.post(address, {"wecom": ""})
    assert MessagingAddress.objects.exists(), "an empty field keeps it"
    office.post(address, {"wecom": "", "forget_wecom": "on"})
    assert not MessagingAddress.objects.exists()


def test_people_choose_the_app_by_topic_and_their_quiet_hours(office, alice, make_app):
    make_app("feishu", topics=["trouble"])
    mine = reverse("accounts:my_sign_in")
    shown = text_of(office.get(mine))
    assert 'name="feishu-trouble"' in shown
    assert 'name="wecom-trouble"' not in shown
    choice = {"quiet_from": "21:00", "quiet_until": "06:00", "feishu-leave": "on", "mail-leave": "never"}
    office.post(reverse("accounts:my_mails"), choice)
    chosen = {one.topic: one.feishu for one in NotificationPreference.objects.filter(person=alice)}
    assert (chosen["trouble"], chosen["leave"]) == (False, True)
    assert QuietHours.objects.get().person == alice
    office.post(reverse("accounts:my_mails"), choice | {"quiet_until": ""})
    assert QuietHours.objects.exists(), "half an entry changes nothing"
    office.post(reverse("accounts:my_mails"), choice | {"quiet_from": "", "quiet_until": ""})
    assert not QuietHours.objects.exists()


def test_the_pages_say_that_no_e_mail_leaves(office, settings):
    settings.EMAIL_IS_SET_UP = False
    for address in (LIST, reverse("accounts:my_sign_in")):
        assert "no e-mail leaves it" in text_of(office.get(address))
    settings.EMAIL_IS_SET_UP = True
    assert "no e-mail leaves it" not in text_of(office.get(LIST))
