"""Password links: who gets one, that there is one at a time, and that nothing stored opens anything."""

import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, PasswordLink, Role, User
from accounts.people.erasure import erase_person
from accounts.people.services import deactivate_person, edit_person, reactivate_person
from accounts.sign_in import attempt_limits, password_links
from accounts.sign_in.password_links import Delivery
from accounts.sign_in.services import change_password, delete_expired, set_password_by_link
from console.notifications.email_delivery import send_due_emails
from console.notifications.models import Notification
from console.policy.tokens import token_digest
from tests.accounts.sign_in.sign_in_helpers import audit_actions, audit_values
from tests.support.cast import create_person
from tests.support.database import own_url
from tests.support.lock_waits import wait_until_blocked

pytestmark = pytest.mark.usefixtures("english")
PASSWORD = "croquet at half past four"


def issue(person: User, by: User, delivery: str = Delivery.CARD) -> password_links.IssuedLink:
    return password_links.issue_link(person=person, by=by, delivery=delivery)


def works(issued: password_links.IssuedLink) -> bool:
    return password_links.find_link(token_digest(issued.token)) is not None


@pytest.fixture
def mail_is_set_up(settings: Any, dina: User) -> None:
    settings.EMAIL_IS_SET_UP = True
    dina.e_mail, dina.language = "dina@wonderland.example", "en"
    dina.save_mirrored(["e_mail", "language"])


def mailed_token() -> str:
    """The token in the newest e-mail."""
    lines = str(mail.outbox[-1].body).splitlines()
    address = next(line for line in lines if "/password/" in line)
    return address.rstrip("/").rpartition("/")[2]


def test_a_link_works_for_seven_days_and_is_on_record_without_its_token(
    alice: User, dina: User, clock: Any
) -> None:
    issued = issue(dina, alice)
    assert works(issued)
    assert issued.link.expires_at == timezone.now() + timedelta(days=7)
    [(action, after)] = audit_values("after")
    assert action == "person.password_link"
    assert after["sent_as"] == "card"
    clock.shift(timedelta(days=7))
    assert not works(issued)


def test_no_table_holds_the_token(alice: User, dina: User) -> None:
    issued = issue(dina, alice)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select t::text from "{table}" t')
            assert issued.token not in "\n".join(row[0] for row in cursor.fetchall()), table
    assert issued.token not in repr(issued)


def test_a_new_link_revokes_the_former_one(alice: User, dina: User) -> None:
    first, second = issue(dina, alice), issue(dina, alice)
    assert not works(first)
    assert works(second)
    assert audit_actions() == [
        "person.password_link",
        "person.password_link_revoked",
        "person.password_link",
    ]


def test_a_link_can_be_revoked(alice: User, dina: User) -> None:
    issued = issue(dina, alice)
    password_links.revoke_link(person=dina, by=alice)
    assert not works(issued)
    assert audit_actions()[-1] == "person.password_link_revoked"


def test_some_people_get_no_link(alice: User, school: Enterprise, dina: User) -> None:
    queen = create_person(school, "queen", Role.SUPERADMIN)
    for person, by, reason in (
        (queen, alice, "Superadmins do not get password links."),
        (queen, create_person(school, "king", Role.SUPERADMIN), "Superadmins do not get password links."),
        (alice, alice, "Change your own password"),
        (deactivate_person(person=dina, by=alice), alice, "deactivated"),
    ):
        with pytest.raises(ValidationError, match=reason):
            issue(person, by)
    assert not PasswordLink.objects.exists()


def test_the_link_sets_the_password_once_and_ends_the_former_access(alice: User, dina: User) -> None:
    issued = issue(dina, alice)
    limit = attempt_limits.login_limit(dina.login)
    for _ in range(5):
        attempt_limits.take_attempt(limit)
    attempt_limits.record_failure(limit)
    person = set_password_by_link(link=issued.link, password=PASSWORD)
    assert person == dina
    assert person.check_password(PASSWORD)
    assert attempt_limits.locked_until(limit) is None
    assert not works(issued)
    assert set_password_by_link(link=issued.link, password="another one of those") is None
    dina.refresh_from_db()
    assert dina.check_password(PASSWORD)
    assert ("person.password", {"password": "changed", "by": "link"}) in audit_values("after")


@pytest.mark.parametrize("change", ["password", "role", "e-mail", "deactivated", "erased"])
def test_a_link_ends_with_what_it_was_made_for(alice: User, dina: User, change: str) -> None:
    issued = issue(dina, alice)
    if change == "password":
        change_password(person=dina, password=PASSWORD, by=alice)
    elif change == "role":
        edit_person(person=dina, by=alice, role=Role.TEACHER)
    elif change == "e-mail":
        edit_person(person=dina, by=alice, e_mail="dina@elsewhere.example")
    elif change == "deactivated":
        deactivate_person(person=dina, by=alice)
        reactivate_person(person=dina, by=alice)
    else:
        erase_person(person=dina, by=alice, reason="asked")
        assert not PasswordLink.objects.exists()
    assert not works(issued)


def test_expired_links_are_kept_for_a_month(alice: User, dina: User, clock: Any) -> None:
    issue(dina, alice)
    clock.shift(timedelta(days=36))
    delete_expired()
    assert password_links.unused_links(dina).exists()
    clock.shift(timedelta(days=2))
    delete_expired()
    assert not PasswordLink.objects.exists()


@pytest.mark.usefixtures("mail_is_set_up")
class TestByEmail:
    def test_the_token_exists_only_in_the_email(self, alice: User, dina: User) -> None:
        issued = issue(dina, alice, Delivery.EMAIL)
        send_due_emails()
        assert mail.outbox[-1].to == ["dina@wonderland.example"]
        token = mailed_token()
        assert password_links.find_link(token_digest(token)) == issued.link
        assert not works(issued)  # the one that was stored at first
        assert "once" in mail.outbox[-1].body

    def test_no_email_leaves_for_a_link_that_was_revoked_or_replaced(self, alice: User, dina: User) -> None:
        issue(dina, alice, Delivery.EMAIL)
        password_links.revoke_link(person=dina, by=alice)
        issue(dina, alice, Delivery.EMAIL)
        card = issue(dina, alice)
        send_due_emails()
        assert mail.outbox == []
        assert works(card)

    def test_an_email_that_did_not_leave_comes_later_with_a_link_that_works(
        self, alice: User, dina: User, settings: Any, clock: Any
    ) -> None:
        issued = issue(dina, alice, Delivery.EMAIL)
        backend = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        send_due_emails()
        settings.EMAIL_BACKEND = backend
        clock.shift(timedelta(minutes=10))
        send_due_emails()
        assert password_links.find_link(token_digest(mailed_token())) == issued.link

    def test_somebody_without_an_address_gets_none(self, alice: User, bob: User) -> None:
        with pytest.raises(ValidationError, match="no e-mail address"):
            issue(bob, alice, Delivery.EMAIL)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("mail_is_set_up")
def test_an_email_whose_connection_to_the_database_broke_comes_later(
    alice: User, dina: User, clock: Any
) -> None:
    issue(dina, alice, Delivery.EMAIL)
    worker = threading.Thread(target=_send_in_a_thread)
    with psycopg.connect(own_url()) as somebody_else:
        somebody_else.execute("SELECT 1 FROM accounts_user WHERE id = %s FOR UPDATE", [dina.pk])
        worker.start()
        wait_until_blocked()
        somebody_else.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        worker.join(30)
    assert mail.outbox == []
    assert Notification.objects.get().mail == Notification.Mail.WAITING
    clock.shift(timedelta(minutes=10))
    send_due_emails()
    assert password_links.find_link(token_digest(mailed_token())) is not None


def _send_in_a_thread() -> None:
    send_due_emails()
    connection.close()
