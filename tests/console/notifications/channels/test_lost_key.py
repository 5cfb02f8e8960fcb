"""Secrets whose key is missing: pages say so, messages are refused with the reason, and nothing is lost."""

import base64
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import IdentityProvider, User
from console.notifications.channels.sending import deliver_due_messages
from console.notifications.models import MailServer, Message, MessagingAddress, MessagingApp, MessagingBot
from console.notifications.services import notify
from console.vault import keyring
from console.vault.fields import Ciphertext
from tests.support.cast import create_person
from tests.support.messaging_providers import APP_ID, APP_SECRET
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
LOST = "A stored secret cannot be opened. Enter it again."
ARGS = {"topic": "Hats", "at": "2026-12-01 10:00", "zone": "Asia/Shanghai"}
NEW = "a-new-secret-of-the-app"


@pytest.fixture
def lose_key(settings: Any) -> Any:
    """Call it to go on without the key with which everything so far was sealed."""

    def lose() -> None:
        settings.FIELD_KEYS = [base64.b64encode(b"k" * 32).decode()]

    return lose


@pytest.fixture
def bob(bob: User) -> User:
    bob.phone_no, bob.e_mail = "+86 138 0000 0002", "alice@example.org"
    bob.save(update_fields=["phone_no", "e_mail"])
    return bob


@pytest.fixture
def office(alice: User) -> Client:
    return client_for(alice)


def app_form(**fields: Any) -> dict[str, Any]:
    return {
        "app_id": APP_ID,
        "agent_id": "1000002",
        "secret": "",
        "topics": ["lessons"],
        "is_on": "on",
    } | fields


@pytest.mark.parametrize("provider", ["wecom", "dingtalk", "feishu"])
def test_a_message_is_refused_with_the_reason_and_sent_again_after_the_secret_is_entered(
    provider: str, office: Client, bob: User, make_app: Any, providers: Any, lose_key: Any
) -> None:
    app = make_app(provider)
    notify("lesson.invited", people=[bob], key="a", args=ARGS)
    lose_key()
    deliver_due_messages()
    message = Message.objects.get()
    assert (message.delivery, message.reason) == ("refused", "secret")
    assert LOST in page_text(office.get("/channels/"))
    form = app_form(secret=APP_SECRET, api_url=app.api_url)
    assert office.post(reverse("accounts:channel_app", args=[provider]), form).status_code == 302
    office.post(reverse("accounts:message_again", args=[message.pk]))
    deliver_due_messages()
    assert Message.objects.get().delivery == "delivered"
    assert len(providers.delivered()) == 1


def test_a_secret_that_is_lost_after_the_token_was_fetched_sends_nothing(
    bob: User, make_app: Any, providers: Any, lose_key: Any
) -> None:
    app = make_app("wecom")
    lose_key()
    app.token = "token-of-the-new-key"
    app.save(update_fields=["token"])
    MessagingAddress.objects.create(
        enterprise=bob.enterprise, person=bob, provider="wecom", address="bob", is_found=False
    )
    notify("lesson.invited", people=[bob], key="a", args=ARGS)
    deliver_due_messages()
    assert Message.objects.get().delivery == "refused"
    assert providers.delivered() == []


def test_a_token_that_cannot_be_opened_is_fetched_again(
    alice: User, bob: User, make_app: Any, providers: Any, lose_key: Any
) -> None:
    app = make_app("wecom")
    notify("lesson.invited", people=[bob], key="a", args=ARGS)
    deliver_due_messages()
    lose_key()
    MessagingAddress.objects.all().delete()
    app = MessagingApp.objects.get()
    app.secret = APP_SECRET
    app.save(update_fields=["secret"])
    notify("lesson.invited", people=[bob], key="b", args=ARGS)
    deliver_due_messages()
    assert {one.delivery for one in Message.objects.all()} == {"delivered"}


@pytest.mark.parametrize("provider", ["wecom", "dingtalk", "feishu", "webhook"])
def test_a_bot_says_that_its_address_is_lost_and_takes_a_new_one(
    provider: str, office: Client, make_bot: Any, providers: Any, lose_key: Any
) -> None:
    bot, url = make_bot(provider), reverse
    lose_key()
    tested = office.post(url("accounts:bot_test", args=[bot.pk]), follow=True)
    assert LOST in page_text(tested)
    assert office.get(url("accounts:bot_edit", args=[bot.pk])).status_code == 200
    form = {"name": "Staff", "provider": provider, "language": "en", "url": "", "secret": "", "is_on": "on"}
    assert office.post(url("accounts:bot_edit", args=[bot.pk]), form).status_code == 302
    address = providers.bot(provider)
    office.post(url("accounts:bot_edit", args=[bot.pk]), form | {"url": address, "secret": NEW})
    stored = MessagingBot.objects.get()
    assert (stored.name, stored.url.reveal(), stored.secret.reveal()) == ("Staff", address, NEW)


def test_an_app_says_that_its_secret_is_lost(office: Client, make_app: Any, lose_key: Any) -> None:
    app = make_app("feishu")
    lose_key()
    page = reverse("accounts:channel_app", args=["feishu"])
    assert office.get(page).status_code == 200
    assert office.post(page, app_form(api_url=app.api_url, topics=[])).status_code == 302
    assert LOST in page_text(office.post(reverse("accounts:channel_app_test", args=["feishu"]), follow=True))


def test_the_mail_server_says_that_its_password_is_lost(olga: User, lose_key: Any) -> None:
    fields = {"host": "mail.school.example", "port": 587, "encryption": "starttls", "username": "console"}
    fields |= {"sender": "console@school.example"}
    MailServer.objects.create(password="looking-glass-77", **fields)
    lose_key()
    client = client_for(olga)
    for name in ("mail_server", "mail_server_edit"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 200
    sent = {"recipient": "a@school.example"}
    assert LOST in page_text(client.post(reverse("accounts:mail_server_test"), sent, follow=True))
    page = reverse("accounts:mail_server_edit")
    assert client.post(page, fields | {"username": "other", "password": ""}).status_code == 302
    assert client.post(page, fields | {"password": NEW}).status_code == 302
    assert MailServer.objects.get().password.reveal() == NEW


@pytest.mark.parametrize("kind", ["oidc", "wecom", "dingtalk", "feishu"])
def test_an_identity_provider_says_that_its_secret_is_lost(
    kind: str, alice: User, lose_key: Any, providers: Any
) -> None:
    diana = create_person(alice.enterprise, "diana", "superadmin")
    values = {"kind": kind, "name": "School", "client_id": "console", "tenant": "1", "client_secret": "old"}
    row = IdentityProvider.objects.create(enterprise=alice.enterprise, issuer="http://127.0.0.1:9", **values)
    lose_key()
    client, page = client_for(diana), f"/school/providers/{row.pk}/"
    assert client.get(page).status_code == 200
    assert client.get(f"{page}edit/").status_code == 200
    tested = page_text(client.post(f"{page}test/", follow=True))
    assert kind == "oidc" or LOST in tested
    assert client_for().get(f"/sign-in/with/{row.slug}/")["Location"] == "/sign-in/"
    form = {
        "name": "School",
        "issuer": row.issuer,
        "tenant": "1",
        "client_id": "console",
        "match_by": "user_id",
    }
    assert client.post(f"{page}edit/", form | {"client_secret": NEW}).status_code == 302
    assert IdentityProvider.objects.get().client_secret.reveal() == NEW


def test_an_id_that_cannot_be_opened_is_entered_again(office: Client, bob: User, make_app: Any) -> None:
    make_app("wecom")
    page = reverse("accounts:person_addresses", args=[bob.pk])
    office.post(page, {"wecom": "bob-at-work"})
    elsewhere = keyring.seal(b"bob", keyring.SealedLocation("another", "column", "", ""))
    MessagingAddress.objects.update(address=Ciphertext(elsewhere))
    assert office.get(page).status_code == 200
    assert office.post(page, {"wecom": "bob-again"}).status_code == 302
    assert MessagingAddress.objects.get().address.reveal() == "bob-again"
