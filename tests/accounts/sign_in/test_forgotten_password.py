"""Forgotten passwords: by e-mail where the address is verified, else through the office, and never a hint."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import PasswordLink, PasswordRequest, User
from accounts.people.erasure import erase_person
from accounts.people.services import deactivate_person, edit_person
from accounts.people.views.password_links import MAX_REQUESTS
from accounts.sign_in import forgotten_passwords, password_links
from accounts.sign_in.password_links import Delivery
from accounts.sign_in.services import delete_expired, set_password_by_link
from accounts.sign_in.verified_addresses import is_verified
from console.notifications.email_delivery import send_due_emails
from tests.accounts.sign_in.sign_in_helpers import audit_actions
from tests.support.page_client import client_for, page_says, page_text

pytestmark = pytest.mark.usefixtures("english")
PASSWORD = "croquet at half past four"


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Any, dina: User) -> None:
    settings.EMAIL_IS_SET_UP = True
    dina.e_mail, dina.language = "dina@wonderland.example", "en"
    dina.save_mirrored(["e_mail", "language"])


@pytest.fixture
def verified(alice: User, dina: User) -> User:
    """Dina, who came by a link that was sent to her address."""
    issued = password_links.issue_link(person=dina, by=alice, delivery=Delivery.EMAIL)
    send_due_emails()
    assert set_password_by_link(link=issued.link, password=PASSWORD)
    mail.outbox.clear()
    dina.refresh_from_db()
    assert is_verified(dina)
    return dina


def ask(login: str, client: Client | None = None, **more: Any) -> Any:
    return (client or client_for()).post("/password/forgotten/", {"login": login}, **more)


def ask_and_answer(login: str) -> None:
    assert ask(login).status_code == 302
    forgotten_passwords.answer_requests()
    send_due_emails()


def test_a_verified_address_gets_a_link_that_sets_the_password(verified: User) -> None:
    ask_and_answer(verified.login)
    [message] = mail.outbox
    assert message.to == ["dina@wonderland.example"]
    assert "If it was not you" in message.body
    address = next(line for line in str(message.body).splitlines() if "/password/" in line)
    client = client_for()
    client.get(f"/password/{address.rstrip('/').rpartition('/')[2]}/")
    typed = "the queen of hearts, she made some tarts"
    assert (
        client.post("/password/", {"new_password1": typed, "new_password2": typed}).headers["Location"] == "/"
    )
    assert not PasswordRequest.objects.exists()
    assert "person.password_forgotten" in audit_actions()


def test_who_asks_again_and_again_gets_one_link_that_stays_valid(verified: User) -> None:
    ask_and_answer(verified.login)
    first = PasswordLink.objects.latest("pk")
    ask_and_answer(verified.login)
    assert len(mail.outbox) == 1
    assert password_links.find_link(PasswordLink.objects.get(pk=first.pk).digest) is not None
    PasswordLink.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    ask_and_answer(verified.login)
    assert len(mail.outbox) == 2


def test_a_card_of_the_office_stays_valid_whoever_asks(alice: User, verified: User) -> None:
    card = password_links.issue_link(person=verified, by=alice, delivery=Delivery.CARD).link
    PasswordLink.objects.filter(pk=card.pk).update(created_at=timezone.now() - timedelta(days=1))
    ask_and_answer(verified.login)
    assert mail.outbox == []
    assert password_links.find_link(card.digest) is not None
    assert PasswordRequest.objects.get().person == verified, "the office decides"


def test_the_present_password_works_until_a_new_one_is_set(verified: User) -> None:
    ask_and_answer(verified.login)
    verified.refresh_from_db()
    assert verified.check_password(PASSWORD)


def test_without_a_verified_address_the_request_is_on_the_list_of_the_office(alice: User, dina: User) -> None:
    ask_and_answer(dina.login)
    assert not mail.outbox
    assert not PasswordLink.objects.exists()
    [request] = forgotten_passwords.requests_to_answer(alice)
    assert (request.person, request.login) == (dina, "")
    page = page_text(client_for(alice).get("/people/password-links/"))
    assert "Forgotten passwords" in page
    assert "dina" in page
    assert page_says(client_for(alice).get("/"), "1 forgotten password")


def test_requests_that_the_page_has_no_room_for_are_announced(alice: User) -> None:
    people = User.objects.bulk_create(
        User(enterprise=alice.enterprise, user_id=f"hare{n}", login=f"hare{n}")
        for n in range(MAX_REQUESTS + 1)
    )
    PasswordRequest.objects.bulk_create(
        PasswordRequest(enterprise=alice.enterprise, person=one) for one in people
    )
    page = client_for(alice).get("/people/password-links/")
    assert page_says(page, f"Only the first {MAX_REQUESTS} are shown.")
    assert page_says(page, "The others appear when these have an answer.")
    PasswordRequest.objects.filter(person=people[0]).delete()
    assert not page_says(client_for(alice).get("/people/password-links/"), "Only the first")


def test_a_new_link_answers_the_request(alice: User, dina: User) -> None:
    ask_and_answer(dina.login)
    client_for(alice).post(f"/people/{dina.pk}/password/", {"delivery": "card"})
    assert not PasswordRequest.objects.exists()


def test_an_administrator_dismisses_a_request(alice: User, dina: User) -> None:
    ask_and_answer(dina.login)
    request = PasswordRequest.objects.get()
    client_for(alice).post(f"/people/password-links/{request.pk}/dismiss/")
    assert not PasswordRequest.objects.exists()
    assert audit_actions()[-1] == "person.password_dismissed"


def test_an_address_that_changed_is_not_verified_whoever_changed_it(alice: User, verified: User) -> None:
    edit_person(person=verified, by=alice, e_mail="new@wonderland.example")
    verified.refresh_from_db()
    assert not is_verified(verified)
    User.objects.filter(pk=verified.pk).update(e_mail="mad@wonderland.example")  # as iclass would
    ask_and_answer(verified.login)
    assert not mail.outbox
    assert forgotten_passwords.requests_to_answer(alice).count() == 1


def test_a_card_does_not_verify_the_address(alice: User, dina: User) -> None:
    issued = password_links.issue_link(person=dina, by=alice, delivery=Delivery.CARD)
    assert set_password_by_link(link=issued.link, password=PASSWORD)
    dina.refresh_from_db()
    assert not is_verified(dina)


def test_known_and_unknown_people_get_the_same_answer_by_the_same_queries(
    alice: User, verified: User, olga: User
) -> None:
    deactivate_person(person=alice, by=None)
    shown, asked = set(), set()
    for login in (verified.login, alice.login, olga.login, "nobody@1400000001", "nobody"):
        client = client_for()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = ask(login, client)
        asked.add(len(queries))
        page = client.get(response["Location"]).content.decode()
        shown.add((response.status_code, response["Location"], "Received. If this login exists" in page))
    assert shown == {(302, "/sign-in/", True)}
    assert len(asked) == 1
    forgotten_passwords.answer_requests()
    send_due_emails()
    assert len(mail.outbox) == 1
    assert not PasswordRequest.objects.exists()


def test_a_login_and_an_address_may_ask_only_so_often(settings: Any, dina: User) -> None:
    settings.SIGN_IN_ACCOUNT_ATTEMPTS, settings.SIGN_IN_ADDRESS_ATTEMPTS = 2, 4
    assert [ask(dina.login).status_code for _ in range(3)] == [302, 302, 429]
    assert [ask(f"nobody{n}@1400000001").status_code for n in range(3)] == [302, 302, 429]
    assert ask("somebody@1400000001")["Retry-After"]
    # Signing in is not blocked by it.
    typed = {"username": dina.login, "password": "wrong"}
    assert client_for().post("/sign-in/", typed).status_code == 200


def test_asking_twice_leaves_one_request(alice: User, dina: User) -> None:
    ask(dina.login)
    ask_and_answer(dina.login)
    assert forgotten_passwords.requests_to_answer(alice).count() == 1


def test_another_school_and_teachers_see_no_request(
    alice: User, bob: User, charlie: User, dina: User
) -> None:
    ask_and_answer(dina.login)
    request = PasswordRequest.objects.get()
    assert not forgotten_passwords.requests_to_answer(charlie).exists()
    assert not forgotten_passwords.requests_to_answer(bob).exists()
    assert client_for(charlie).post(f"/people/password-links/{request.pk}/dismiss/").status_code == 404
    assert client_for(bob).get("/people/password-links/").status_code == 403


def test_requests_end_after_thirty_days_and_with_the_data_of_the_person(
    alice: User, dina: User, clock: Any
) -> None:
    ask_and_answer(dina.login)
    erase_person(person=dina, by=alice, reason="asked")
    assert not PasswordRequest.objects.exists()
    PasswordRequest.objects.create(asked_at=timezone.now() - timedelta(days=31))
    delete_expired()
    assert not PasswordRequest.objects.exists()


def test_what_was_typed_is_stored_encrypted_because_it_may_be_a_password() -> None:
    ask("cheshire-cat-grins")
    assert "cheshire" not in PasswordRequest.objects.get().login
    forgotten_passwords.answer_requests()
    assert not PasswordRequest.objects.exists()
