"""Signing in as a guardian: attempts, sessions, and how access ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Enterprise, Guardian, GuardianAccount, GuardianPasswordRequest, User
from accounts.people.guardians.services import delete_guardian
from accounts.people.services import deactivate_person
from accounts.sign_in.guardians import mails, names
from accounts.sign_in.guardians.names import find_account, normal_name
from console.audit.models import AuditEntry
from console.http.admission import has_valid_credential
from tests.support.guardians import PASSWORD, create_account, create_guardian, guardian_client
from tests.support.page_client import client_for, page_says, page_text

pytestmark = pytest.mark.usefixtures("english")
WRONG = "The sign-in name or password is incorrect."


@pytest.fixture
def account(ada: Guardian) -> GuardianAccount:
    return create_account(ada)


def try_sign_in(client: Client, account: GuardianAccount, **typed: str) -> Any:
    known = {
        "name": "ada@wonderland.example",
        "password": PASSWORD,
        "school_name": str(account.enterprise.sdkappid),
    }
    return client.post("/guardian/sign-in/", known | typed)


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "nobody@wonderland.example"},
        {"password": "wrong"},
        {"school_name": "9999999"},
        {"school_name": "no-such-school"},
        {"name": "dina@1400000001"},
    ],
)
def test_unknown_names_schools_and_wrong_passwords_get_one_answer(
    account: GuardianAccount, typed: dict[str, str]
) -> None:
    answer = try_sign_in(Client(headers={"accept-language": "en"}), account, **typed)
    assert answer.status_code == 200
    assert WRONG in page_text(answer)
    assert not AuditEntry.objects.filter(action="guardian.sign_in").exists()


def test_too_many_attempts_lock_the_name_for_everybody(account: GuardianAccount, clock: Any) -> None:
    clients = [Client(REMOTE_ADDR=f"10.0.0.{number}") for number in range(1, 40)]
    answers = [try_sign_in(client, account, password="wrong").status_code for client in clients]
    assert 429 in answers
    right = try_sign_in(Client(REMOTE_ADDR="10.0.1.1"), account)
    assert right.status_code == 429
    assert right["Retry-After"]
    unknown = [
        try_sign_in(client, account, name="nobody", password="wrong").status_code for client in clients
    ]
    assert unknown == answers
    clock.shift(timedelta(days=2))
    assert try_sign_in(Client(REMOTE_ADDR="10.0.1.1"), account).status_code == 302


def test_the_attempts_of_a_guardian_do_not_lock_a_user(
    account: GuardianAccount, alice: User, settings: Any
) -> None:
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    for number in range(1, 30):
        try_sign_in(Client(REMOTE_ADDR=f"10.0.0.{number}"), account, name=alice.login, password="wrong")
    answer = Client(REMOTE_ADDR="10.0.2.1").post("/sign-in/", {"username": alice.login, "password": PASSWORD})
    assert answer.status_code == 302


def test_the_session_key_changes_and_holds_nothing_of_before(account: GuardianAccount) -> None:
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = client.cookies["sessionid"].value
    assert try_sign_in(client, account).status_code == 302
    assert client.cookies["sessionid"].value != before
    assert "planted" not in client.session


def test_a_guardian_is_nobody_to_all_other_pages(account: GuardianAccount, ada: Guardian) -> None:
    client = guardian_client(account)
    assert client.get("/people/")["Location"].startswith("/sign-in/")
    assert client.get("/api/v1/users/").status_code in (401, 403)
    assert client.get("/").status_code == 302
    assert client.get(f"/guardian/{ada.pk}/").wsgi_request.user.is_anonymous


def test_a_browser_is_signed_in_as_one_of_both(account: GuardianAccount, alice: User, ada: Guardian) -> None:
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    client = guardian_client(account)
    assert client.post("/sign-in/", {"username": alice.login, "password": PASSWORD}).status_code == 302
    assert client.get(f"/guardian/{ada.pk}/")["Location"] == "/guardian/sign-in/"
    assert try_sign_in(client, account).status_code == 302
    assert client.get("/people/")["Location"].startswith("/sign-in/")
    assert client.get(f"/guardian/{ada.pk}/").status_code == 200


@pytest.mark.parametrize("limit", ["SESSION_IDLE_S", "SESSION_ABSOLUTE_S"])
def test_a_session_ends_by_itself(
    account: GuardianAccount, ada: Guardian, clock: Any, settings: Any, limit: str
) -> None:
    settings.SESSION_IDLE_S = settings.SESSION_ABSOLUTE_S = 7200
    setattr(settings, limit, 600)
    client = guardian_client(account)
    clock.shift(timedelta(seconds=500))
    assert client.get(f"/guardian/{ada.pk}/").status_code == 200
    clock.shift(timedelta(seconds=500 if limit == "SESSION_ABSOLUTE_S" else 601))
    assert client.get(f"/guardian/{ada.pk}/")["Location"] == "/guardian/sign-in/"


def test_signing_out_ends_one_session_and_everywhere_all(account: GuardianAccount, ada: Guardian) -> None:
    path, clients = f"/guardian/{ada.pk}/", [guardian_client(account) for _ in range(3)]
    clients[0].post("/guardian/sign-out/")
    assert [one.get(path).status_code for one in clients] == [302, 200, 200]
    clients[1].post("/guardian/account/end/")
    assert [one.get(path).status_code for one in clients] == [302, 302, 302]
    assert clients[0].get("/guardian/sign-out/").status_code == 405


def test_the_account_page_says_where_to_sign_in_from_another_browser(
    account: GuardianAccount, settings: Any
) -> None:
    page = page_text(guardian_client(account).get("/guardian/account/"))
    assert f"{settings.PUBLIC_URL}/guardian/sign-in/?school={account.enterprise.sdkappid}" in page


def test_access_ends_at_once_when_the_office_deletes_the_guardian(
    account: GuardianAccount, ada: Guardian, alice: User
) -> None:
    client = guardian_client(account)
    path = f"/guardian/{ada.pk}/"
    delete_guardian(guardian=ada, by=alice)
    answer = client.get(path)
    assert answer.status_code == 403
    assert page_says(answer, "Your access has ended")
    assert not GuardianAccount.objects.exists()
    assert WRONG in page_text(try_sign_in(Client(headers={"accept-language": "en"}), account))


def test_access_ends_with_the_student_but_not_for_a_sibling(
    account: GuardianAccount, ada: Guardian, dina: User, eddie: User, alice: User
) -> None:
    second = create_guardian(eddie, account=account)
    client = guardian_client(account)
    deactivate_person(person=dina, by=alice, reason="left")
    assert client.get(f"/guardian/{ada.pk}/").status_code == 404
    assert client.get(f"/guardian/{second.pk}/").status_code == 200
    deactivate_person(person=eddie, by=alice, reason="left")
    assert page_says(client.get(f"/guardian/{second.pk}/"), "Your access has ended")


def test_other_children_do_not_exist(
    account: GuardianAccount, ada: Guardian, eddie: User, other_school: Enterprise
) -> None:
    zoe = User.objects.create(enterprise=other_school, user_id="zoe", role="student", nickname="Zoe")
    client = guardian_client(account)
    for row in (create_guardian(eddie), create_guardian(zoe)):
        for page in ("", "attendance/", "leave/", "leave/new/"):
            assert client.get(f"/guardian/{row.pk}/{page}").status_code == 404


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/people/", "/guardian@evil.example/", "\\\\evil"]
)
def test_signing_in_leads_to_pages_of_guardians_alone(account: GuardianAccount, wanted: str) -> None:
    client = Client()
    typed = {"name": "ada@wonderland.example", "password": PASSWORD}
    typed["school_name"] = str(account.enterprise.sdkappid)
    answer = client.post(f"/guardian/sign-in/?next={wanted}", typed)
    assert answer["Location"] == "/guardian/"


def test_forms_refuse_a_request_of_another_site(account: GuardianAccount) -> None:
    client = Client(enforce_csrf_checks=True)
    assert try_sign_in(client, account).status_code == 403
    assert client.post("/guardian/sign-in/forgotten/", {"name": "ada"}).status_code == 403


def test_a_forgotten_password_is_answered_alike_and_by_e_mail_to_who_has_one(
    account: GuardianAccount, ada: Guardian, eddie: User, settings: Any
) -> None:
    settings.EMAIL_IS_SET_UP = True
    create_account(create_guardian(eddie, e_mail=None, relation="father"), name="no-address")
    texts = set()
    for name in ("ada@wonderland.example", "no-address", "nobody"):
        client = Client(headers={"accept-language": "en"})
        typed = {"name": name, "school_name": str(account.enterprise.sdkappid)}
        answer = client.post("/guardian/sign-in/forgotten/", typed, follow=True)
        assert page_says(answer, "Another school") or "Received." in page_text(answer)
        texts.add(answer.status_code)
    assert texts == {200}
    assert GuardianPasswordRequest.objects.count() == 3
    assert mails.answer_requests() == 3
    assert mails.send_due_invitations() == 1
    assert [message.to for message in mail.outbox] == [["ada@wonderland.example"]]
    assert not GuardianPasswordRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_session_may_send_files_and_a_dead_one_may_not(account: GuardianAccount) -> None:
    client = guardian_client(account)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/guardian/1/leave/new/", "HTTP_COOKIE": cookie}
    assert has_valid_credential(environ)
    client.post("/guardian/account/end/")
    assert not has_valid_credential(environ)
    assert not has_valid_credential({**environ, "HTTP_COOKIE": "sessionid=guessed"})


def test_names_are_compared_without_case_and_phone_numbers_without_spaces(
    account: GuardianAccount, school: Enterprise, other_school: Enterprise
) -> None:
    assert normal_name(" +86 138-0013-8000 ") == "+8613800138000"
    assert find_account(school, "ADA@Wonderland.example") == account
    assert find_account(other_school, "ada@wonderland.example") is None


def test_a_rotation_of_keys_keeps_the_names(
    account: GuardianAccount, school: Enterprise, settings: Any
) -> None:
    settings.FIELD_KEYS = ["Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MDEyMzQ1Njc=", *settings.FIELD_KEYS]
    assert find_account(school, "ada@wonderland.example") == account
    before = account.name_digest
    assert names.renew_digests(print) == (1, 0)
    account.refresh_from_db()
    assert account.name_digest != before
    assert find_account(school, "ada@wonderland.example") == account


def test_a_user_gets_nothing_of_the_pages_of_guardians(
    account: GuardianAccount, ada: Guardian, alice: User, dina: User
) -> None:
    for reader in (alice, dina):
        for page in ("", f"{ada.pk}/", f"{ada.pk}/attendance/", f"{ada.pk}/leave/", "account/"):
            answer = client_for(reader).get(f"/guardian/{page}")
            assert answer["Location"] == "/guardian/sign-in/", page
