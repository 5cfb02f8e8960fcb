"""Confirming one's own e-mail address: by a link that was sent there, once, for seven days."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.people.services import edit_person
from accounts.sign_in.verified_addresses import is_verified
from console.notifications.email_delivery import send_due_emails
from tests.accounts.sign_in.sign_in_helpers import audit_actions
from tests.support.page_client import client_for, page_says, page_text

pytestmark = pytest.mark.usefixtures("english")
ACCOUNT, SEND, PAGE = "/account/", "/account/e-mail/send/", "/account/e-mail/"
REFUSED = "This link does not work for your account."


@pytest.fixture(autouse=True)
def dina(settings: Any, dina: User) -> User:
    settings.EMAIL_IS_SET_UP = True
    dina.e_mail, dina.language = "dina@wonderland.example", "en"
    dina.save_mirrored(["e_mail", "language"])
    return dina


def asked(person: User) -> str:
    """The path of the link that was sent; empty if none was."""
    mail.outbox.clear()
    client_for(person).post(SEND)
    send_due_emails()
    found = [re.search(r"/account/e-mail/\?key=\S+", letter.body) for letter in mail.outbox]
    return found[0][0] if found and found[0] else ""


def confirm(person: User, path: str) -> Any:
    return client_for(person).post(path, follow=True)


def test_a_button_sends_a_link_and_the_link_confirms_the_address(dina: User) -> None:
    page = client_for(dina).get(ACCOUNT)
    assert page_says(page, "Confirm this address")
    path = asked(dina)
    assert mail.outbox[0].to == ["dina@wonderland.example"]
    assert page_says(client_for(dina).get(path), "Confirm the address")
    dina.refresh_from_db()
    assert not is_verified(dina), "opening is not enough: e-mail programs open links"
    assert page_says(confirm(dina, path), "Your e-mail address is confirmed.")
    dina.refresh_from_db()
    assert is_verified(dina)
    assert "person.address_verified" in audit_actions()
    assert not page_says(client_for(dina).get(ACCOUNT), "Confirm this address")


def test_a_link_works_once_even_if_the_address_comes_back(dina: User, alice: User) -> None:
    path = asked(dina)
    confirm(dina, path)
    assert page_says(confirm(dina, path), REFUSED)
    for address in ("other@wonderland.example", "dina@wonderland.example"):
        edit_person(person=dina, by=alice, e_mail=address)
        dina.refresh_from_db()
    User.objects.filter(pk=dina.pk).update(verified_e_mail="0" * 64)
    assert page_says(confirm(dina, path), REFUSED)


def test_a_link_ends_after_seven_days(dina: User) -> None:
    path = asked(dina)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert page_says(confirm(dina, path), REFUSED)
    dina.refresh_from_db()
    assert not is_verified(dina)


def test_a_link_is_of_one_person_and_one_address(dina: User, alice: User, charlie: User) -> None:
    path = asked(dina)
    for stranger in (alice, charlie):
        assert page_says(confirm(stranger, path), REFUSED)
    edit_person(person=dina, by=alice, e_mail="other@wonderland.example")
    dina.refresh_from_db()
    assert page_says(confirm(dina, path), REFUSED)
    assert page_says(confirm(dina, f"{PAGE}?key=x:y:z"), REFUSED)
    assert page_says(client_for(dina).get(PAGE), REFUSED)


def test_nobody_fills_a_mailbox(dina: User) -> None:
    client = client_for(dina)
    mail.outbox.clear()
    for _ in range(5):
        client.post(SEND)
    send_due_emails()
    assert len(mail.outbox) == 1


def test_without_an_address_or_a_mail_server_there_is_no_button(dina: User, settings: Any) -> None:
    settings.EMAIL_IS_SET_UP = False
    client = client_for(dina)
    assert "Confirm this address" not in page_text(client.get(ACCOUNT))
    assert page_says(client.post(SEND, follow=True), "No link was sent")
    settings.EMAIL_IS_SET_UP = True
    dina.e_mail = ""
    dina.save_mirrored(["e_mail"])
    assert "Confirm this address" not in page_text(client.get(ACCOUNT))
