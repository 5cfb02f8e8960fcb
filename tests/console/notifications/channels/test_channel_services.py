"""Changes of apps, bots and the mail server: no secret leaves, no message reaches somebody else."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Enterprise, User
from accounts.school.channels.forms import AddressesForm
from accounts.school.channels.services import edit_bot, remove_channel, save_app, save_mail_server
from console.notifications.channels.providers.base import text_in
from console.notifications.models import MessagingAddress
from console.vault.secret import Secret

pytestmark = pytest.mark.django_db


def test_a_secret_is_entered_again_before_it_goes_to_another_address(
    alice: User, school: Enterprise, make_app: Any
) -> None:
    app = make_app("wecom")
    with pytest.raises(ValidationError) as refused:
        save_app(school=school, provider="wecom", by=alice, api_url="https://own.example", secret=app.secret)
    assert list(refused.value.message_dict) == ["secret"]
    save_app(school=school, provider="wecom", by=alice, topics=[])
    save_app(
        school=school, provider="wecom", by=alice, api_url="https://own.example", secret=Secret("entered")
    )
    app.refresh_from_db()
    assert app.api_url == "https://own.example"


def test_the_password_of_the_mail_server_is_entered_again_for_another_host(olga: User) -> None:
    values = {
        "host": "mail.example",
        "port": 587,
        "encryption": "starttls",
        "sender": "console@school.example",
    }
    save_mail_server(by=olga, **values, username="console", password=Secret("of-the-mailbox"))
    for change in ({"host": "own.example"}, {"encryption": "none"}, {"port": 25}):
        with pytest.raises(ValidationError) as refused:
            save_mail_server(by=olga, **change)
        assert list(refused.value.message_dict) == ["password"]
    save_mail_server(by=olga, host="other.example", password=Secret("of-the-mailbox"))


def test_ids_of_another_app_are_forgotten(alice: User, bob: User, school: Enterprise, make_app: Any) -> None:
    app = make_app("feishu")
    for change in (
        lambda: save_app(school=school, provider="feishu", by=alice, app_id="x", secret=Secret("new")),
        lambda: remove_channel(channel=app, by=alice),
    ):
        MessagingAddress.objects.create(person=bob, provider="feishu", enterprise=school, address="ou_1")
        change()
        assert not MessagingAddress.objects.exists()


def test_a_bot_keeps_out_of_the_name_of_another(alice: User, make_bot: Any) -> None:
    make_bot("wecom")
    other = make_bot("dingtalk")
    with pytest.raises(ValidationError) as refused:
        edit_bot(bot=other, by=alice, name="wecom")
    assert list(refused.value.message_dict) == ["name"]


@pytest.mark.parametrize("several", ["@all", "a|b", "a,b", "a b", "a;b"])
def test_an_id_names_one_person(several: str) -> None:
    assert text_in(several) == ""
    form = AddressesForm({"wecom": several}, stored={}, offered=["wecom"])
    assert list(form.errors) == ["wecom"]
    assert text_in("bob@school.example") == "bob@school.example"
