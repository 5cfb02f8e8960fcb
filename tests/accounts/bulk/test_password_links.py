"""Password links for many people: as cards or by e-mail, for all of them or for none."""

import re
from typing import Any

from django.core import mail

from accounts.bulk.job import MAX_IN_REQUEST
from accounts.models import Enterprise, PasswordLink, Role, User
from accounts.sign_in.password_links import find_link, unused_links
from console.audit.models import AuditEntry
from console.notifications.email_delivery import send_due_emails
from console.policy.tokens import token_digest
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

ADDRESS = "/people/bulk/password/"


def post(by: User, people: list[User], delivery: str = "card", **more: Any) -> Any:
    posted = {"chosen": [one.pk for one in people], "sure": "yes", "delivery": delivery}
    return client_for(by).post(ADDRESS, posted, **more)


def test_the_cards_are_shown_once_with_an_address_that_works(alice: User, students: list[User]) -> None:
    answer = post(alice, students)
    page = page_text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert page.count("data:image/svg") == 3
    tokens = re.findall(r"/password/([a-z0-9]+)/", page)
    links = [find_link(token_digest(token)) for token in tokens]
    assert [link.person for link in links if link] == students
    assert all(student.login in page for student in students)
    for shown in (f"/people/{students[0].pk}/", "/people/", "/audit/"):
        assert not any(token in page_text(client_for(alice).get(shown)) for token in tokens)


def test_each_link_and_the_act_are_on_record(alice: User, students: list[User]) -> None:
    post(alice, students)
    entries = AuditEntry.objects.filter(actor=alice)
    assert entries.filter(action="person.password_link").count() == 3
    assert entries.get(action="person.password_link_many").after == {"people": 3}


def test_one_who_gets_none_stops_all_and_is_named(
    alice: User, school: Enterprise, students: list[User]
) -> None:
    queen = create_person(school, "queen", Role.SUPERADMIN)
    User.objects.filter(pk=students[0].pk).update(is_active=False)
    page = page_text(post(alice, [*students, queen, alice]))
    assert "Nothing has been changed" in page
    assert "(queen): Superadmins do not get password links." in page
    assert "(student-0): This person is deactivated. Reactivate them first." in page
    assert "(alice): Change your own password under “Sign-in and security”." in page
    assert "Continue with the other 2" in page
    assert not PasswordLink.objects.exists()


def test_links_go_out_by_email_if_everybody_has_an_address(
    alice: User, students: list[User], settings: Any
) -> None:
    settings.EMAIL_IS_SET_UP = True
    for student in students[1:]:
        student.e_mail = f"{student.user_id}@wonderland.example"
        student.save_mirrored(["e_mail"])
    page = page_text(post(alice, students, "email"))
    assert "(student-0): This person has no e-mail address." in page
    assert not PasswordLink.objects.exists()
    page = page_text(post(alice, students[1:], "email", follow=True))
    assert "The links of 2 people will be e-mailed within a minute." in page
    assert "testserver/password/" not in page
    assert "data:image" not in page
    send_due_emails()
    assert sorted(one.to[0] for one in mail.outbox) == [one.e_mail for one in students[1:]]
    assert all("/password/" in one.body for one in mail.outbox)


def test_email_is_offered_only_where_the_console_sends_any(
    alice: User, students: list[User], settings: Any
) -> None:
    settings.EMAIL_IS_SET_UP = False
    page = page_text(post(alice, students, "email"))
    assert "Cards to print" in page
    assert "By e-mail." not in page
    assert not PasswordLink.objects.exists()


def test_the_page_of_a_person_tells_of_the_open_link(
    alice: User, bob: User, sue: User, charlie: User, students: list[User]
) -> None:
    client, page_address = client_for(alice), f"/people/{students[0].pk}/"
    assert "not used yet" not in page_text(client.get(page_address))
    card = client.post(f"{page_address}password/", {"delivery": "card"})
    assert "no-store" in card["Cache-Control"]
    page = page_text(client.get(page_address))
    assert "not used yet, works until" in page
    assert "by Alice" in page
    assert "not used yet" not in page_text(client_for(sue).get(page_address))
    for reader, refusal in ((bob, 403), (sue, 403), (charlie, 404)):
        for act in ("password/", "password/revoke/"):
            assert client_for(reader).post(page_address + act, {"delivery": "card"}).status_code == refusal
    assert unused_links(students[0]).count() == 1
    client.post(f"{page_address}password/revoke/")
    assert not unused_links(students[0]).exists()


def test_a_person_who_was_deactivated_meanwhile_gets_a_sentence(alice: User, students: list[User]) -> None:
    User.objects.filter(pk=students[0].pk).update(is_active=False)
    page = client_for(alice).post(f"/people/{students[0].pk}/password/", {"delivery": "card"})
    assert "This person is deactivated. Reactivate them first." in page_text(page)


def test_links_are_made_for_as_many_as_one_request_can_make(alice: User, school: Enterprise) -> None:
    people = [create_person(school, f"many{number}", Role.STUDENT) for number in range(MAX_IN_REQUEST + 1)]
    assert "at most 200 people at a time" in page_text(post(alice, people))
    assert not PasswordLink.objects.exists()
    assert post(alice, people[:-1]).status_code == 200
    assert PasswordLink.objects.count() == MAX_IN_REQUEST
