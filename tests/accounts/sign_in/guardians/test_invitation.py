"""Invitations of guardians: made by the office, opened once, worth nothing to anybody else."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from accounts.models import Enterprise, Guardian, GuardianAccount, GuardianInvitation, User
from accounts.people.erasure import erase_person
from accounts.people.guardians.services import delete_guardian, edit_guardian, guardian_digest
from accounts.people.services import deactivate_person
from accounts.sign_in.guardians import invitations
from accounts.sign_in.guardians.invitations import Delivery, invite
from accounts.sign_in.guardians.mails import send_due_invitations
from accounts.sign_in.guardians.services import delete_expired
from accounts.sign_in.password_links import TOKEN_ALPHABET, TOKEN_LENGTH
from console.audit.models import AuditEntry
from tests.support.guardians import PASSWORD, create_account, create_guardian, guardian_client
from tests.support.page_client import client_for, page_says, page_text

pytestmark = pytest.mark.usefixtures("english")
CHOSEN = {"name": "ada@wonderland.example", "password1": PASSWORD, "password2": PASSWORD}


def path_of(token: str) -> str:
    return f"/guardian/invitation/{token}/"


def open_link(token: str) -> Client:
    """A browser that has opened the link."""
    client = Client(headers={"accept-language": "en"})
    assert client.get(path_of(token))["Location"] == "/guardian/invitation/"
    return client


def is_refused(client: Client) -> bool:
    answer = client.get("/guardian/invitation/")
    return answer.status_code == 404 and page_says(answer, "This link does not work")


def test_a_guardian_chooses_a_name_and_a_password_and_sees_the_child(
    alice: User, dina: User, ada: Guardian
) -> None:
    issued = invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    client = open_link(issued.token)
    page = client.get("/guardian/invitation/")
    assert page_says(page, "Your invitation")
    assert "ada@wonderland.example" in page_text(page)
    assert client.post("/guardian/invitation/", CHOSEN)["Location"] == "/guardian/"
    home = client.get("/guardian/", follow=True)
    assert home.request["PATH_INFO"] == f"/guardian/{ada.pk}/"
    assert "Dina" in page_text(home)
    ada.refresh_from_db()
    assert ada.account is not None
    assert ada.account.signed_in_at is not None
    entry = AuditEntry.objects.get(action="guardian.sign_in")
    assert (entry.actor, entry.actor_label) == (None, f"guardian {ada.account_id}")
    assert not User.objects.filter(user_id__contains="ada").exists()


def test_a_link_works_once(alice: User, ada: Guardian) -> None:
    issued = invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    first, second = open_link(issued.token), open_link(issued.token)
    first.post("/guardian/invitation/", CHOSEN)
    assert second.post("/guardian/invitation/", CHOSEN).status_code == 404
    assert is_refused(open_link(issued.token))
    assert GuardianAccount.objects.count() == 1


def test_expired_revoked_replaced_and_changed_links_get_one_answer(
    alice: User, ada: Guardian, clock: Any
) -> None:
    former = invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    newer = invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    assert is_refused(open_link(former.token))
    assert is_refused(open_link(newer.token[:-1] + ("a" if newer.token[-1] != "a" else "b")))
    clock.shift(timedelta(days=7, seconds=1))
    assert is_refused(open_link(newer.token))
    last = invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    invitations.revoke_invitation(guardian=ada, by=alice)
    assert is_refused(open_link(last.token))


def test_a_link_dies_with_the_guardian_and_with_the_student(
    alice: User, dina: User, eddie: User, ada: Guardian
) -> None:
    issued = invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    client = open_link(issued.token)
    delete_guardian(guardian=ada, by=alice)
    assert client.post("/guardian/invitation/", CHOSEN).status_code == 404
    uncle = create_guardian(eddie, relation="other")
    issued = invite(guardian=uncle, by=alice, delivery=Delivery.CARD)
    deactivate_person(person=eddie, by=alice, reason="left")
    assert is_refused(open_link(issued.token))
    with pytest.raises(ValidationError):
        invite(guardian=uncle, by=alice, delivery=Delivery.CARD)


def test_a_link_ends_with_the_address_that_it_may_have_gone_to(alice: User, ada: Guardian) -> None:
    issued = invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    edit_guardian(guardian=ada, by=alice, seen=guardian_digest(ada), phone_no="13700137000")
    assert not is_refused(open_link(issued.token))
    ada.refresh_from_db()
    edit_guardian(guardian=ada, by=alice, seen=guardian_digest(ada), e_mail="ada@elsewhere.example")
    assert is_refused(open_link(issued.token))


def test_a_parent_of_siblings_has_one_account(alice: User, ada: Guardian, eddie: User, dina: User) -> None:
    account = create_account(ada)
    second = create_guardian(eddie)
    client = open_link(invite(guardian=second, by=alice, delivery=Delivery.CARD).token)
    typed = {"name": "ADA@wonderland.example ", "password": PASSWORD}
    answer = client.post("/guardian/invitation/account/", typed, follow=True)
    assert page_says(answer, "Timetable")
    second.refresh_from_db()
    assert second.account_id == account.pk
    assert GuardianAccount.objects.count() == 1
    for one, child in ((ada, dina), (second, eddie)):
        assert child.nickname in page_text(client.get(f"/guardian/{one.pk}/"))


def test_an_account_of_another_school_cannot_take_a_child(
    alice: User, ada: Guardian, charlie: User, other_school: Enterprise
) -> None:
    foreign = User.objects.create(enterprise=other_school, user_id="zoe", role="student", nickname="Zoe")
    create_account(create_guardian(foreign), name="zoes-mother")
    client = open_link(invite(guardian=ada, by=alice, delivery=Delivery.CARD).token)
    answer = client.post("/guardian/invitation/account/", {"name": "zoes-mother", "password": PASSWORD})
    assert page_says(answer, "The sign-in name or password is incorrect.") or answer.status_code == 200
    ada.refresh_from_db()
    assert ada.account is None


def test_two_guardians_do_not_share_a_name(alice: User, ada: Guardian, eddie: User) -> None:
    create_account(ada)
    uncle = create_guardian(eddie, relation="other")
    client = open_link(invite(guardian=uncle, by=alice, delivery=Delivery.CARD).token)
    answer = client.post("/guardian/invitation/", CHOSEN)
    assert page_says(answer, "This name is taken. Choose another one.")
    assert GuardianInvitation.objects.get().used_at is None


@pytest.mark.parametrize("password", ["12345678", "short1", "wonderland", "password1", "ada@-tea-party"])
def test_a_password_that_is_easy_to_guess_is_refused(alice: User, ada: Guardian, password: str) -> None:
    client = open_link(invite(guardian=ada, by=alice, delivery=Delivery.CARD).token)
    answer = client.post("/guardian/invitation/", CHOSEN | {"password1": password, "password2": password})
    assert answer.status_code == 200
    assert not GuardianAccount.objects.exists()


def test_a_link_for_who_has_an_account_sets_a_password_and_ends_all_sessions(
    alice: User, ada: Guardian
) -> None:
    account = create_account(ada)
    before = guardian_client(account)
    client = open_link(invite(guardian=ada, by=alice, delivery=Delivery.CARD).token)
    new = {"password1": "the duchess has a pig", "password2": "the duchess has a pig"}
    assert client.post("/guardian/invitation/", new)["Location"] == "/guardian/"
    assert before.get(f"/guardian/{ada.pk}/")["Location"] == "/guardian/sign-in/"
    assert client.get(f"/guardian/{ada.pk}/").status_code == 200


def test_guesses_at_invitations_stay_in_the_budget_and_find_none(
    alice: User, ada: Guardian, clock: Any
) -> None:
    token = invite(guardian=ada, by=alice, delivery=Delivery.CARD).token
    dice, client, looked_up = Random(20_261_128), Client(), 0
    for number in range(60):
        guess = dice.choices(TOKEN_ALPHABET, k=TOKEN_LENGTH)
        if number % 2:
            guess = list(token)
            place = number % TOKEN_LENGTH
            guess[place] = dice.choice(TOKEN_ALPHABET.replace(guess[place], ""))
        answer = client.get(path_of("".join(guess)))
        looked_up += answer["Location"] == "/guardian/invitation/"
    assert looked_up <= 30
    assert client.get("/guardian/invitation/").status_code == 404


def test_old_invitations_are_deleted_a_month_after_they_expired(
    alice: User, ada: Guardian, clock: Any
) -> None:
    invite(guardian=ada, by=alice, delivery=Delivery.CARD)
    clock.shift(timedelta(days=36))
    assert delete_expired() == 0
    clock.shift(timedelta(days=2))
    assert delete_expired() == 1
    assert not GuardianInvitation.objects.exists()


def test_an_e_mail_has_a_link_that_works_and_no_row_holds_it(
    alice: User, ada: Guardian, settings: Any
) -> None:
    settings.EMAIL_IS_SET_UP = True
    issued = invite(guardian=ada, by=alice, delivery=Delivery.EMAIL)
    assert send_due_invitations() == 1
    assert send_due_invitations() == 0
    [message] = mail.outbox
    assert message.to == ["ada@wonderland.example"]
    line = next(one for one in str(message.body).splitlines() if "/guardian/invitation/" in one)
    token = line.rstrip("/").rpartition("/")[2]
    assert token != issued.token
    assert is_refused(open_link(issued.token))
    assert page_says(open_link(token).get("/guardian/invitation/"), "Your invitation")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select t::text from "{table}" t')
            assert token not in "\n".join(row[0] for row in cursor.fetchall()), table


def test_no_table_holds_a_sign_in_name_in_clear(ada: Guardian) -> None:
    create_account(ada, name="a-name-nobody-else-has")
    with connection.cursor() as cursor:
        cursor.execute("select t::text from accounts_guardianaccount t")
        assert "a-name-nobody-else-has" not in "\n".join(row[0] for row in cursor.fetchall())


def test_erasing_the_student_deletes_the_account(alice: User, dina: User, ada: Guardian) -> None:
    create_account(ada)
    deactivate_person(person=dina, by=alice, reason="left")
    dina.refresh_from_db()
    erase_person(person=dina, by=alice, reason="asked for it")
    assert not GuardianAccount.objects.exists()


def test_the_office_invites_revokes_and_prints(alice: User, bob: User, charlie: User, ada: Guardian) -> None:
    client = client_for(alice)
    path = f"/people/guardians/{ada.pk}/invite/"
    cards = client.post(path, {"delivery": "card"})
    assert page_says(cards, "You see timetable, attendance and leave of your child.")
    assert "no-store" in cards["Cache-Control"]
    listed = client.get(f"/people/{ada.person_id}/guardians/")
    assert page_says(listed, "Invite again")
    client.post(f"/people/guardians/{ada.pk}/revoke/")
    assert page_says(client.get(f"/people/{ada.person_id}/guardians/"), "not invited")
    assert client_for(bob).post(path, {"delivery": "card"}).status_code == 403
    assert client_for(charlie).post(path, {"delivery": "card"}).status_code == 404


def test_all_guardians_of_a_group_are_invited_at_once(
    alice: User, dina: User, eddie: User, ada: Guardian, school: Enterprise
) -> None:
    group = school.groups.create(name="Year 7")
    group.students.add(dina, eddie, through_defaults={})
    create_guardian(eddie, relation="father", e_mail=None)
    client = client_for(alice)
    path = f"/groups/{group.pk}/guardians/"
    page = client.get(path)
    assert page_says(page, "Invite all of them")
    shown = {"delivery": "card", "shown": page.context["form"]["shown"].value()}
    cards = client.post(path, shown)
    assert page_text(cards).count("/guardian/invitation/") >= 2
    assert GuardianInvitation.objects.count() == 2
    create_account(ada)
    client.post(path, shown)
    assert invitations.unused_invitations().count() == 2
    assert GuardianInvitation.objects.filter(guardian=ada).count() == 1


def test_a_guardian_who_was_entered_after_the_page_is_not_invited_with_the_others(
    alice: User, dina: User, eddie: User, ada: Guardian, school: Enterprise
) -> None:
    group = school.groups.create(name="Year 7")
    group.students.add(dina, eddie, through_defaults={})
    client, path = client_for(alice), f"/groups/{group.pk}/guardians/"
    shown = client.get(path).context["form"]["shown"].value()
    later = create_guardian(eddie, relation="father", e_mail=None)
    cards = client.post(path, {"delivery": "card", "shown": shown})
    assert page_says(cards, "1 more entry was not on the page and stays open.")
    assert not GuardianInvitation.objects.filter(guardian=later).exists()
    assert GuardianInvitation.objects.filter(guardian=ada).exists()
