"""Channels and messages over REST: secrets go in and never come out, tests as on the pages."""

from typing import Any

import pytest

from accounts.models import User
from console.audit.models import AuditEntry
from console.notifications.models import Message, MessagingApp, MessagingBot
from console.policy.tokens import issue_token
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
APPS, BOTS, MESSAGES = "/api/v1/channels/apps/", "/api/v1/channels/bots/", "/api/v1/messages/"
URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx"
BOT = {"name": "Office", "provider": "wecom", "url": URL, "language": "en", "topics": ["alarm.teacher_out"]}
APP = {"provider": "wecom", "app_id": "ww1", "agent_id": "1000002", "secret": "quite-secret", "topics": []}


def ask(person: User, method: str, path: str, data: Any = None, scopes: Any = ("channels:write",)) -> Any:
    headers = {"authorization": f"Token {issue_token(person, scopes=scopes)}"}
    return getattr(client_for(), method)(path, data, content_type="application/json", headers=headers)


@pytest.fixture
def bot(alice: User) -> MessagingBot:
    assert ask(alice, "post", BOTS, BOT).status_code == 201
    return MessagingBot.objects.get()


def test_a_bot_is_added_changed_and_deleted(alice: User, bot: MessagingBot) -> None:
    page = f"{BOTS}{bot.pk}/"
    found = ask(alice, "get", page)
    assert found.json() == {
        "id": bot.pk,
        "name": "Office",
        "provider": "wecom",
        "language": "en",
        "topics": ["alarm.teacher_out"],
        "is_on": True,
    }
    changed = ask(alice, "patch", page, {"is_on": False})
    assert (changed.status_code, changed.json()["is_on"]) == (200, False)
    bot.refresh_from_db()
    assert bot.url.reveal() == URL
    assert ask(alice, "delete", page).status_code == 204
    assert "693a91f6" not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_an_app_is_added_once_and_its_secret_is_never_returned(alice: User) -> None:
    made = ask(alice, "post", APPS, APP)
    assert made.status_code == 201
    assert "secret" not in made.json()
    assert ask(alice, "post", APPS, APP).status_code == 409
    page = f"{APPS}{made.json()['id']}/"
    assert ask(alice, "patch", page, {"topics": ["lessons"], "provider": "feishu"}).status_code == 200
    app = MessagingApp.objects.get()
    assert (app.provider, app.topics, app.secret.reveal()) == ("wecom", ["lessons"], "quite-secret")
    elsewhere = ask(alice, "patch", page, {"api_url": "https://elsewhere.example"})
    assert (elsewhere.status_code, list(elsewhere.json()["errors"])) == (400, ["secret"])


@pytest.mark.parametrize(
    ("path", "data", "field"),
    [
        (BOTS, BOT | {"url": "http://example.org/x"}, "url"),
        (BOTS, BOT | {"topics": ["nonsense"]}, "topics"),
        (BOTS, BOT | {"language": "tlh"}, "language"),
        (BOTS, {**BOT, "url": ""}, "url"),
        (APPS, APP | {"agent_id": "many"}, "agent_id"),
        (APPS, APP | {"provider": "webhook"}, "provider"),
        (APPS, APP | {"api_url": "ftp://example.org"}, "api_url"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(alice: User, path: str, data: Any, field: str) -> None:
    answer = ask(alice, "post", path, data)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_messages_show_their_state_and_are_sent_again(alice: User, bot: MessagingBot) -> None:
    message = Message.objects.create(
        enterprise=alice.enterprise, bot=bot, kind="alarm.ghost", key="1", delivery="refused", reason="off"
    )
    [row] = ask(alice, "get", f"{MESSAGES}?delivery=refused").json()["results"]
    assert (row["id"], row["state"], row["detail"]) == (
        message.pk,
        "refused",
        "refused: The channel is not in use.",
    )
    assert "args" not in row
    again = ask(alice, "post", f"{MESSAGES}{message.pk}/again/")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    assert ask(alice, "post", f"{MESSAGES}{message.pk}/again/").status_code == 409


def test_a_test_says_what_was_answered(alice: User, bot: MessagingBot) -> None:
    bot.url = "http://127.0.0.1:1/"
    bot.save(update_fields=["url"])
    answer = ask(alice, "post", f"{BOTS}{bot.pk}/test/")
    assert (answer.status_code, answer.json()["succeeded"]) == (200, False)
    assert "The address is not public." in answer.json()["message"]


def test_scopes_roles_and_schools_are_kept_apart(
    alice: User, bob: User, charlie: User, bot: MessagingBot
) -> None:
    page = f"{BOTS}{bot.pk}/"
    assert ask(alice, "get", page, scopes=["channels:read"]).status_code == 200
    assert ask(alice, "patch", page, {"name": "x"}, scopes=["channels:read"]).status_code == 403
    assert ask(alice, "get", page, scopes=["lessons:write"]).status_code == 403
    assert ask(bob, "get", BOTS, scopes=["all:write"]).status_code == 403
    assert ask(charlie, "get", page).status_code == 404
    assert ask(charlie, "get", BOTS).json()["results"] == []
