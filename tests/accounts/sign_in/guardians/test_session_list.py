"""The list of a guardian's open sessions, and ending them one by one or all."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Guardian, GuardianAccount, GuardianSession, User
from accounts.people.guardians.services import delete_guardian
from accounts.sign_in.guardians import invitations, services
from accounts.sign_in.guardians.session_list import list_sessions
from console.audit.models import AuditEntry
from console.policy.tokens import token_digest
from tests.support.guardians import create_account, create_guardian, guardian_client, guardian_in
from tests.support.page_client import page_says

pytestmark = pytest.mark.usefixtures("english")
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64) Gecko/20100101 Firefox/145.0"
ACCOUNT = "/guardian/account/"


@pytest.fixture
def account(ada: Guardian) -> GuardianAccount:
    return create_account(ada)


def row_of(client: Client) -> GuardianSession:
    return GuardianSession.objects.get(session_key=client.cookies["sessionid"].value)


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_each_browser_is_listed_with_its_device_and_place(account: GuardianAccount) -> None:
    phone = guardian_client(account, HTTP_USER_AGENT=PHONE, REMOTE_ADDR="10.1.2.3")
    guardian_client(account, HTTP_USER_AGENT=DESKTOP, REMOTE_ADDR="8.8.4.4")
    page = phone.get(ACCOUNT)
    for words in ("Safari on iPhone", "Firefox on Windows", "this device", "8.8.4.4 (another network)"):
        assert page_says(page, words), words
    assert page_says(page, "10.1.2.3 (the network that you are in now)")
    assert page_says(page, "A session ends 12 h after signing in, or after 30 min of inactivity.")
    ends = [
        one for one in GuardianSession.objects.all() if f"/sessions/{one.pk}/end/" in page.content.decode()
    ]
    assert [one.ip for one in ends] == ["8.8.4.4"], "the own one is signed out, not ended"


def test_one_session_ends_alone_and_is_recorded(account: GuardianAccount) -> None:
    here, there = guardian_client(account), guardian_client(account)
    answer = here.post(f"{ACCOUNT}sessions/{row_of(there).pk}/end/", follow=True)
    assert page_says(answer, "You have signed out that session.")
    assert (is_in(here), is_in(there)) == (True, False)
    entry = AuditEntry.objects.get(action="guardian.sessions_ended")
    assert (entry.after, entry.actor_label) == ({"sessions": 1}, f"guardian {account.pk}")
    assert here.post(f"{ACCOUNT}sessions/{row_of(here).pk}/end/")["Location"] == "/guardian/sign-in/"
    assert not is_in(here)


def test_nobody_ends_a_session_of_another_account(account: GuardianAccount, eddie: User) -> None:
    victim = guardian_client(account)
    other = create_account(create_guardian(eddie), name="somebody")
    stranger = guardian_client(other)
    path = f"{ACCOUNT}sessions/{row_of(victim).pk}/end/"
    assert stranger.post(path).status_code == 404
    assert Client().post(path)["Location"] == "/guardian/sign-in/"
    assert is_in(victim)
    assert [one.session_key for one in list_sessions(other)] == [stranger.cookies["sessionid"].value]


def test_the_list_forgets_what_was_signed_out_or_has_expired(
    account: GuardianAccount, clock: Any, settings: Any
) -> None:
    settings.SESSION_IDLE_S, settings.SESSION_ABSOLUTE_S = 1800, 7200
    first, second, third = (guardian_client(account) for _ in range(3))
    second.post("/guardian/sign-out/")
    assert {one.pk for one in list_sessions(account)} == {row_of(first).pk, row_of(third).pk}
    clock.shift(timedelta(minutes=20))
    assert is_in(first)
    clock.shift(timedelta(minutes=20))
    assert [one.pk for one in list_sessions(account)] == [row_of(first).pk]
    clock.shift(timedelta(hours=3))
    assert list_sessions(account) == []
    assert GuardianSession.objects.count() == 2
    services.delete_expired()
    assert not GuardianSession.objects.exists()


def test_the_limits_of_the_school_end_sessions_and_the_page_says_them(
    account: GuardianAccount, clock: Any
) -> None:
    account.enterprise.session_idle_minutes = 10
    account.enterprise.save(update_fields=["session_idle_minutes"])
    client = guardian_client(account)
    assert page_says(client.get(ACCOUNT), "after 10 min of inactivity")
    clock.shift(timedelta(minutes=11))
    assert list_sessions(account) == []
    assert not is_in(client)


def test_all_sessions_end_with_sign_out_everywhere_a_new_password_and_the_guardian(
    account: GuardianAccount, ada: Guardian, alice: User
) -> None:
    clients = [guardian_client(account), guardian_client(account)]
    clients[0].post(f"{ACCOUNT}end/")
    assert AuditEntry.objects.get(action="guardian.sessions_ended").after == {"sessions": 2}
    assert [is_in(one) for one in clients] == [False, False]
    account.refresh_from_db()

    client = guardian_client(account)
    ada.refresh_from_db()
    token = invitations.invite(guardian=ada, by=alice, delivery=invitations.Delivery.CARD).token
    found = invitations.find_invitation(token_digest(token))
    assert found is not None
    services.renew_password(invitation=found, password="another one at noon")
    assert not is_in(client)
    assert not GuardianSession.objects.exists()

    client = guardian_in(Client(), GuardianAccount.objects.get())
    assert is_in(client)
    delete_guardian(guardian=ada, by=alice)
    assert client.get(ACCOUNT).status_code == 403
    assert not GuardianSession.objects.exists()


def test_a_session_of_before_the_list_comes_into_it_when_it_is_used(
    account: GuardianAccount, clock: Any
) -> None:
    client = guardian_in(Client(headers={"accept-language": "en"}), account)
    assert page_says(client.get(ACCOUNT), "This session is shown here within a minute.")
    clock.shift(timedelta(minutes=2))
    assert page_says(client.get(ACCOUNT), "this device")
