"""Password links for many people: as cards or by e-mail, for all of them or for none."""

import re
import time
from collections import Counter
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.bulk import views
from accounts.bulk.job import MAX_IN_REQUEST
from accounts.bulk.services import LINKS_AT_A_TIME, create_password_links
from accounts.models import Enterprise, PasswordLink, Role, User
from accounts.sign_in.password_links import find_link, unused_links
from console.audit.models import AuditEntry
from console.jobs.runner import run_due_jobs
from console.notifications.email_delivery import send_due_emails
from console.policy.tokens import token_digest
from tests.faults.goals import goal
from tests.faults.sizes import size
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


def test_links_of_many_people_need_few_queries(alice: User, school: Enterprise) -> None:
    people = [create_person(school, f"s{number}", Role.STUDENT) for number in range(LINKS_AT_A_TIME + 1)]
    for renewed in (0, len(people)):
        with CaptureQueriesContext(connection) as asked:
            issued = create_password_links(people=people, by=alice, delivery="card")
        assert [one.link.person for one in issued] == people
        assert AuditEntry.objects.filter(action="person.password_link_revoked").count() == renewed
        assert len(asked) <= 30, "for each set of people, not for each of them"
    assert PasswordLink.objects.filter(revoked_at=None).count() == len(people)


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


def next_form(answer: Any) -> dict[str, Any]:
    """The form of the page that goes on; empty on the last one."""
    found = re.search(r'<form class="card form narrow no-print".*?</form>', page_text(answer), re.DOTALL)
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', found[0]) if found else []
    form: dict[str, Any] = {
        name: value for name, value in fields if name not in ("chosen", "csrfmiddlewaretoken")
    }
    return form | {"chosen": [value for name, value in fields if name == "chosen"]} if form else {}


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_cards_of_a_whole_school_are_shown_in_parts(
    alice: User, school: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = size(full=MAX_IN_REQUEST, ci=20)
    monkeypatch.setattr(views, "MAX_IN_REQUEST", at_once)
    number = size(full=2000, ci=2 * at_once + 1)
    rows = [
        User(
            enterprise=school,
            user_id=f"s{n}",
            login=f"s{n}@{school.sdkappid}",
            role=Role.STUDENT,
            nickname="S",
        )
        for n in range(number)
    ]
    people = User.objects.bulk_create(rows)
    client, shown, longest, began = client_for(alice), Counter[str](), 0.0, time.monotonic()
    form: dict[str, Any] = {"chosen": [one.pk for one in people], "sure": "yes", "delivery": "card"}
    while form:
        asked = time.monotonic()
        answer = client.post(ADDRESS, form)
        longest = max(longest, time.monotonic() - asked)
        text = page_text(answer)
        assert f" of {number}" in text
        shown.update(re.findall(r"/password/([a-z0-9]+)/", text))
        assert len(shown) <= PasswordLink.objects.count()
        form = next_form(answer)
    goal(
        "password cards", people=number, longest_s=round(longest, 1), all_s=round(time.monotonic() - began, 1)
    )
    assert len(shown) == number
    assert {one.person_id for one in PasswordLink.objects.all()} == {one.pk for one in people}
    assert AuditEntry.objects.filter(action="person.password_link_many").count() == -(-number // at_once)


def test_more_people_than_a_request_takes_get_their_emails_from_a_job(
    alice: User, school: Enterprise, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_IS_SET_UP = True
    monkeypatch.setattr(views, "MAX_IN_REQUEST", 5)
    names = range(6)
    people = [create_person(school, f"many-{number}", Role.STUDENT) for number in names]
    User.objects.filter(pk__in=[one.pk for one in people]).update(e_mail="all@wonderland.example")
    answer = post(alice, people, "email")
    assert answer["Location"].startswith("/people/bulk/results/")
    run_due_jobs()
    assert PasswordLink.objects.count() == len(people)
    send_due_emails()
    assert len(mail.outbox) == len(people)


def test_links_of_many_are_revoked_and_the_act_is_on_record(alice: User, students: list[User]) -> None:
    post(alice, students)
    posted = {"chosen": [one.pk for one in students], "sure": "yes"}
    client_for(alice).post("/people/bulk/password_revoke/", posted)
    assert not PasswordLink.objects.filter(revoked_at=None).exists()
    assert AuditEntry.objects.filter(action="person.password_revoked_many").exists()


def test_the_list_finds_people_by_password_and_link(
    alice: User, students: list[User], clock_of_links: Any
) -> None:
    with_password, with_link, with_expired, *_others = students
    with_password.set_password("cheshire-cat-grins")
    with_password.save(update_fields=["password"])
    post(alice, [with_link, with_expired])
    clock_of_links(with_expired)

    def found(choice: str) -> set[str]:
        page = client_for(alice).get("/people/", {"link": choice, "role": "student"})
        return {person.user_id for person in page.context["keyset"].rows}

    link, expired, has = with_link.user_id, with_expired.user_id, with_password.user_id
    assert has in found("has")
    assert not found("has") & {link, expired}
    assert {link, expired} <= found("none")
    assert found("waiting") == {link, expired}
    assert found("expired") == {expired}
    assert found("nothing") == {expired}
    page = page_text(client_for(alice).get("/people/password-links/"))
    assert "expired on" in page
    assert "works until" in page


@pytest.fixture
def clock_of_links() -> Any:
    """Let the link of a person be over."""

    def expire(person: User) -> None:
        PasswordLink.objects.filter(person=person).update(expires_at=timezone.now())

    return expire
