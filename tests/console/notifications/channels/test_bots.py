"""Bots: a group is told once what the school chose for it, in the words that the provider wants."""

import json

import pytest

from console.notifications.channels.queue import send_again
from console.notifications.channels.sending import MAX_ATTEMPTS, deliver_due_messages
from console.notifications.channels.signatures import sign_body
from console.notifications.models import Message, MessagingSettings
from console.notifications.services import notify
from tests.support.messaging_providers import BOT_KEY, SIGNING

pytestmark = pytest.mark.django_db
KINDS = ("wecom", "dingtalk", "feishu", "webhook")


def raise_alarm(*people, kind="teacher_out", key="alarm 1", lesson="Hats"):
    return notify(
        f"alarm.{kind}", people=people, key=key, args={"lesson": lesson, "number": 2}, link="/classes/1/"
    )


@pytest.mark.parametrize("provider", KINDS)
def test_a_group_is_told_once_for_all_people(provider, alice, bob, make_bot, providers):
    make_bot(provider)
    raise_alarm(alice)
    raise_alarm(alice, bob)
    assert deliver_due_messages() == 1
    assert deliver_due_messages() == 0
    told = providers.delivered()
    assert [one["to"] for one in told] == ["group"]
    assert "“Hats”: the teacher is not in the room" in told[0]["text"]
    assert "/classes/1/" in told[0]["text"]
    assert Message.objects.get().delivery == "delivered"


def test_a_webhook_gets_facts_and_a_signature(alice, make_bot, providers, school):
    make_bot("webhook")
    raise_alarm(alice)
    deliver_due_messages()
    told = providers.delivered()[0]
    headers = told.pop("headers")
    assert (told["kind"], told["school"]) == ("alarm.teacher_out", school.sdkappid)
    body = json.dumps(
        {name: told[name] for name in ("id", "kind", "school", "title", "url", "at", "text")},
        ensure_ascii=False,
    )
    second = int(headers["X-Console-Timestamp"])
    assert headers["X-Console-Signature"] == f"sha256={sign_body(SIGNING, body.encode(), second)}"


def test_a_bot_may_be_sent_one_type_of_a_topic_alone(alice, make_bot, providers):
    make_bot("wecom", topics=["alarm.teacher_out"])
    raise_alarm(alice, kind="ghost", key="alarm 2")
    raise_alarm(alice, key="alarm 3")
    assert deliver_due_messages() == 1


def test_what_concerns_single_people_reaches_no_group(alice, make_bot, providers):
    make_bot("wecom", topics=["marks", "security", "leave"])
    notify("leave.requested", people=[alice], key="leave", args={"start": "1", "end": "2"})
    assert not Message.objects.exists()


def test_another_schools_bot_is_told_nothing(charlie, make_bot, providers):
    make_bot("wecom")
    raise_alarm(charlie)
    assert not Message.objects.exists()


@pytest.mark.parametrize("provider", ["wecom", "dingtalk", "feishu"])
def test_too_many_calls_make_the_whole_channel_wait(provider, alice, make_bot, providers, settings):
    make_bot(provider)
    settings.OUTBOX_BACKOFF_S = 60
    providers.control(limited=1)
    raise_alarm(alice, key="alarm 1")
    raise_alarm(alice, key="alarm 2")
    assert deliver_due_messages() == 1, "the second one waits with the first"
    assert {one.delivery for one in Message.objects.all()} == {"waiting"}
    assert Message.objects.filter(delivery_attempts=0).count() == 1


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("wecom", "93000 invalid webhook url, hint: ***"),
        ("dingtalk", "300001 token is not exist"),
        ("feishu", "19001 param invalid: incoming webhook access token invalid"),
    ],
)
def test_a_refusal_is_kept_without_the_key_and_sent_again_on_request(
    provider, words, alice, make_bot, providers
):
    bot = make_bot(provider, url=providers.bot(provider).replace(BOT_KEY, "wrong-key-9"))
    raise_alarm(alice)
    deliver_due_messages()
    message = Message.objects.get()
    assert (message.delivery, message.answer) == ("refused", words)
    bot.url = providers.bot(provider)
    bot.save(update_fields=["url"])
    assert send_again(Message.objects.all()) == 1
    assert send_again(Message.objects.all()) == 0, "it waits already"
    deliver_due_messages()
    assert [one["to"] for one in providers.delivered()] == ["group"]


@pytest.mark.parametrize("provider", ["dingtalk", "feishu"])
def test_a_wrong_signing_secret_is_refused_with_its_reason(provider, alice, make_bot, providers):
    make_bot(provider, secret="SEC-another")
    raise_alarm(alice)
    deliver_due_messages()
    assert "sign" in Message.objects.get().answer
    assert providers.delivered() == []


def test_a_bot_that_is_not_reached_is_tried_a_bounded_number_of_times(alice, make_bot, providers):
    make_bot("wecom", url="http://127.0.0.1:1/")
    raise_alarm(alice)
    assert deliver_due_messages() == MAX_ATTEMPTS
    message = Message.objects.get()
    assert (message.delivery, message.reason) == ("refused", "unreachable")


def test_an_address_that_is_not_public_is_refused(alice, make_bot, providers, settings):
    make_bot("webhook")
    settings.ALLOWED_PRIVATE_NETWORKS = []
    raise_alarm(alice)
    deliver_due_messages()
    assert Message.objects.get().reason == "private"
    assert providers.delivered() == []


def test_a_server_error_may_have_come_after_the_message(alice, make_bot, providers):
    make_bot("webhook")
    providers.control(status=502)
    raise_alarm(alice)
    assert deliver_due_messages() == 1, "it is not repeated by the machine"
    assert Message.objects.get().delivery == "unknown"


def test_a_redirect_is_not_followed(alice, make_bot, providers):
    make_bot("webhook")
    providers.control(status=302)
    raise_alarm(alice)
    deliver_due_messages()
    assert Message.objects.get().answer == "HTTP 302"


def test_a_topic_of_a_lesson_mentions_nobody_and_fills_in_nothing(alice, make_bot, providers):
    make_bot("feishu")
    raise_alarm(alice, lesson='<at user_id="all">all</at> {link}')
    deliver_due_messages()
    text = providers.delivered()[0]["text"]
    assert "<" not in text
    assert '＜at user_id="all"＞all＜/at＞ {link}' in text


def test_a_school_may_word_its_messages(alice, make_bot, providers, school):
    make_bot("wecom")
    MessagingSettings.objects.create(enterprise=school, text_en="[{school}] {title}\n{link}")
    raise_alarm(alice)
    deliver_due_messages()
    text = providers.delivered()[0]["text"]
    assert text.startswith("[Wonderland] “Hats”: the teacher")


def test_a_long_text_is_cut_within_the_limit_of_the_provider(alice, make_bot, providers):
    make_bot("wecom")
    raise_alarm(alice, lesson="帽" * 3000)
    deliver_due_messages()
    assert 1900 < len(providers.delivered()[0]["text"].encode()) <= 2048
