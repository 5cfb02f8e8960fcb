"""App messages: to single people, with a token, once each; what the provider answers is kept."""

from datetime import datetime

import pytest
import time_machine
from django.utils import translation

from console.notifications.channels.queue import send_again
from console.notifications.channels.sending import MAX_ATTEMPTS, deliver_due_messages
from console.notifications.models import Message, MessagingAddress, NotificationPreference
from console.notifications.services import notify
from console.outbox.models import Gate
from console.ui.date_words import in_words
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db
PROVIDERS = ("wecom", "dingtalk", "feishu")
ARGS = {"topic": "Hats", "at": "2026-12-01 10:00", "zone": "Asia/Shanghai"}


@pytest.fixture
def bob(bob):
    bob.phone_no, bob.language = "+86 138 0000 0002", "en"
    bob.save(update_fields=["phone_no", "language"])
    return bob


def invite(*people, key="a"):
    return notify("lesson.invited", people=people, key=key, args=ARGS, link="/classes/1/")


def answers():
    return list(Message.objects.order_by("id").values_list("delivery", "answer"))


@pytest.mark.parametrize("provider", ["wecom", "dingtalk"])
def test_a_person_is_found_by_phone_and_told_once(provider, bob, make_app, providers):
    make_app(provider)
    invite(bob)
    invite(bob)
    assert deliver_due_messages() == 1
    (told,) = providers.delivered()
    assert told["to"] == "bob-id"
    with translation.override("en"):
        moment = in_words(datetime(2026, 12, 1, 10))
    assert told["text"].startswith(f"New lesson: “Hats”, {moment}\n")
    row = MessagingAddress.objects.get()
    assert (row.is_found, row.address.reveal()) == (True, "bob-id")
    invite(bob, key="b")
    deliver_due_messages()
    asked = [call for call in providers.control()["calls"] if "user/get" in call]
    assert len(asked) == 1, "the ID is remembered"


def test_feishu_finds_a_person_by_e_mail(alice, make_app, providers):
    alice.e_mail = "alice@example.org"
    alice.save(update_fields=["e_mail"])
    make_app("feishu")
    invite(alice)
    deliver_due_messages()
    assert [one["to"] for one in providers.delivered()] == ["alice-id"]


@pytest.mark.parametrize("provider", ["wecom", "dingtalk"])
def test_an_id_that_was_found_for_other_contacts_is_looked_up_again(
    provider, alice, bob, make_app, providers
):
    make_app(provider)
    MessagingAddress.objects.create(
        enterprise=bob.enterprise,
        person=bob,
        provider=provider,
        address="somebody-else",
        is_found=True,
        found_for="contacts of before",
    )
    invite(bob)
    deliver_due_messages()
    assert MessagingAddress.objects.get().address.reveal() == "bob-id"
    assert [one["to"] for one in providers.delivered()] == ["bob-id"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_is_not_known_there_is_named_with_the_reason(provider, alice, make_app, providers):
    make_app(provider)
    invite(alice)
    deliver_due_messages()
    message = Message.objects.get()
    assert (message.delivery, message.reason) == ("refused", "no_address")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_entered_id_goes_before_a_lookup_and_a_wrong_one_is_refused(provider, bob, make_app, providers):
    make_app(provider)
    row = MessagingAddress.objects.create(
        enterprise=bob.enterprise, person=bob, provider=provider, address="dina-id"
    )
    invite(bob, key="a")
    deliver_due_messages()
    row.address = "nobody"
    row.save(update_fields=["address"])
    invite(bob, key="b")
    deliver_due_messages()
    assert [one["to"] for one in providers.delivered()] == ["dina-id"]
    assert [state for state, _words in answers()] == ["delivered", "refused"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_token_serves_many_messages_and_is_renewed_when_it_ends(provider, bob, make_app, providers):
    make_app(provider)
    MessagingAddress.objects.create(
        enterprise=bob.enterprise, person=bob, provider=provider, address="bob-id"
    )
    before = providers.control()["issued"]
    for key in ("a", "b", "c"):
        notify("lesson.invited", people=[bob], key=key, args={**ARGS, "topic": key})
    deliver_due_messages()
    assert providers.control(expire_tokens=True)["issued"] == before + 1
    invite(bob, key="d")
    deliver_due_messages()
    assert providers.control()["issued"] == before + 2
    assert [state for state, _words in answers()] == ["delivered"] * 4


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("wecom", "40001 invalid credential, secret: ***"),
        ("dingtalk", "40089 不合法的corpid或corpsecret"),
        ("feishu", "10014 app secret invalid"),
    ],
)
def test_wrong_credentials_are_told_without_the_secret(provider, words, bob, make_app, providers):
    make_app(provider, secret="not-the-secret")
    invite(bob)
    deliver_due_messages()
    assert answers() == [("refused", words)]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_too_many_calls_are_tried_again_later(provider, bob, make_app, providers):
    make_app(provider)
    MessagingAddress.objects.create(
        enterprise=bob.enterprise, person=bob, provider=provider, address="bob-id"
    )
    providers.control(limited=2)
    invite(bob)
    assert deliver_due_messages() == 3
    assert answers() == [("delivered", "")]


def test_a_provider_that_is_away_is_given_up_and_never_touches_iclass(bob, make_app, providers):
    make_app("wecom")
    providers.control(status=500)
    invite(bob)
    assert deliver_due_messages() == MAX_ATTEMPTS
    assert Message.objects.get().delivery == "refused"
    assert not Gate.objects.exists(), "no breaker of the calls to iclass was opened"
    providers.control(status=0)
    send_again(Message.objects.all())
    deliver_due_messages()
    assert Message.objects.get().delivery == "delivered"


def test_what_a_person_chose_goes_before_the_choice_of_the_school(alice, bob, make_app, providers):
    app = make_app("wecom")
    NotificationPreference.objects.create(person=bob, topic="lessons", mail="never", wecom=False)
    NotificationPreference.objects.create(person=alice, topic="lessons", mail="never")
    invite(alice, bob)
    assert list(Message.objects.values_list("notice__person", flat=True)) == [alice.pk]
    app.topics = []
    app.save(update_fields=["topics"])
    invite(alice, key="b")
    assert Message.objects.count() == 1


def test_an_app_that_is_turned_off_sends_nothing(bob, make_app, providers):
    app = make_app("wecom")
    invite(bob)
    app.is_on = False
    app.save(update_fields=["is_on"])
    deliver_due_messages()
    invite(bob, key="b")
    assert Message.objects.get().reason == "off"
    assert providers.delivered() == []


def test_who_is_deactivated_is_told_nothing(bob, make_app, providers):
    make_app("wecom")
    invite(bob)
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    deliver_due_messages()
    assert Message.objects.get().reason == "inactive"


def test_a_secret_link_leaves_by_e_mail_alone(bob, make_app, providers):
    make_app("wecom", topics=["security"])
    notify("password.link", people=[bob], key="link", args={"day": "2026-12-01"})
    notify("school.key_dropped", people=[bob], key="key")
    assert list(Message.objects.values_list("kind", flat=True)) == ["school.key_dropped"]


def test_a_thousand_people_take_as_many_queries_as_two(school, make_app, django_assert_max_num_queries):
    make_app("wecom")
    people = [create_person(school, f"p{number}", "student") for number in range(50)]
    with django_assert_max_num_queries(12):
        invite(*people)
    assert Message.objects.count() == 50


def lookups(providers):
    """How often it was asked for the ID of a person."""
    paths = ("user/getuserid", "get_userid_by_email", "getbymobile", "batch_get_id")
    return sum(any(path in call for path in paths) for call in providers.control()["calls"])


@pytest.fixture
def stranger(alice):
    """Somebody whom no messenger knows."""
    alice.phone_no, alice.language = "+86 139 0000 0009", "en"
    alice.save(update_fields=["phone_no", "language"])
    return alice


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_was_not_found_is_not_looked_up_again_on_that_day(provider, stranger, make_app, providers):
    make_app(provider)
    with time_machine.travel("2026-12-01T02:00:00+00:00", tick=False) as clock:
        for key in "abc":
            invite(stranger, key=key)
        deliver_due_messages()
        assert {one.reason for one in Message.objects.all()} == {"no_address"}
        assert lookups(providers) == 1
        clock.move_to("2026-12-02T02:00:00+00:00")
        invite(stranger, key="d")
        deliver_due_messages()
    assert lookups(providers) == 2


@pytest.mark.parametrize("provider", ["wecom", "dingtalk"])
def test_who_was_not_found_is_looked_up_at_once_under_other_contacts(provider, stranger, make_app, providers):
    make_app(provider)
    invite(stranger, key="a")
    deliver_due_messages()
    stranger.phone_no = "13800000001"
    stranger.save(update_fields=["phone_no"])
    invite(stranger, key="b")
    deliver_due_messages()
    assert [state for state, _words in answers()] == ["refused", "delivered"]


def test_a_lookup_that_was_refused_is_not_remembered(stranger, make_app, providers):
    make_app("wecom")
    providers.control(status=403)
    invite(stranger, key="a")
    deliver_due_messages()
    assert not MessagingAddress.objects.exists()
