"""An operator enters a school: with a reason, for a while, on record, and the school sees it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, User, Visit
from accounts.operator import enter_school
from console.audit.models import AuditEntry
from console.policy import may
from tests.support.pages import reader, says, text

WHY = "Lessons are not pushed, ticket 4711"


def enter(olga: User, school: Enterprise, reason: str = WHY):
    client = reader(olga)
    response = client.post(reverse("accounts:school_enter", args=[school.pk]), {"reason": reason})
    return client, response


def test_outside_an_operator_sees_the_names_of_schools_and_no_page_of_one(
    olga: User, alice: User, other_school: Enterprise
) -> None:
    client = reader(olga)
    schools = client.get(reverse("accounts:schools"))
    assert "Wonderland" in text(schools)
    assert "Looking-Glass" in text(schools)
    assert "Looking-Glass" not in text(client.get(reverse("accounts:schools"), {"q": "1400000001"}))
    assert client.get("/").url == reverse("accounts:schools")
    for name in ("accounts:people", "classes:lessons", "accounts:school", "accounts:visits"):
        assert client.get(reverse(name)).status_code == 403


def test_inside_they_see_that_school_alone_and_a_banner_says_so(
    olga: User, alice: User, charlie: User
) -> None:
    client, response = enter(olga, alice.enterprise)
    assert response.url == "/"
    people = client.get(reverse("accounts:people"))
    assert "Alice" in text(people)
    assert "Charlie" not in text(people)
    assert "Wonderland" in text(people)
    assert WHY in text(people)
    assert "30 minutes are left" in text(people)
    assert client.get(reverse("classes:person", args=[charlie.pk])).status_code == 404
    assert client.get(reverse("classes:home")).status_code == 200


def test_the_school_reads_who_came_when_and_why(olga: User, alice: User, charlie: User) -> None:
    enter(olga, alice.enterprise)
    for name in ("classes:home", "accounts:school", "accounts:visits"):
        page = text(reader(alice).get(reverse(name)))
        assert "olga" in page
        assert WHY in page
        assert WHY not in text(reader(charlie).get(reverse(name)))
    entry = AuditEntry.objects.get(action="visit.enter")
    assert (entry.enterprise, entry.actor, entry.reason) == (alice.enterprise, olga, WHY)


def test_what_they_do_stands_on_the_trail_of_the_school(olga: User, alice: User) -> None:
    client, _ = enter(olga, alice.enterprise)
    client.post(reverse("accounts:person_pull", args=[alice.pk]))
    entry = AuditEntry.objects.get(action="person.pull")
    assert (entry.enterprise, entry.actor) == (alice.enterprise, olga)
    assert "olga" in text(reader(alice).get(reverse("outbox:operations"))) or entry.actor_label == "olga"


def test_a_visit_needs_a_reason(olga: User, school: Enterprise) -> None:
    client, response = enter(olga, school, "  ")
    assert response.status_code == 200
    assert not Visit.objects.exists()
    assert client.get(reverse("accounts:people")).status_code == 403


def test_a_visit_ends_by_itself(olga: User, alice: User) -> None:
    client, _ = enter(olga, alice.enterprise)
    visit = Visit.objects.get()
    with time_machine.travel(visit.ends_at + timedelta(seconds=1)):
        client.force_login(olga)
        session = client.session
        session["visit"] = visit.pk
        session.save()
        assert client.get(reverse("accounts:people")).status_code == 403
        assert "visit" not in client.session
        assert WHY not in text(reader(alice).get("/"))


def test_they_may_leave_early(olga: User, alice: User) -> None:
    client, _ = enter(olga, alice.enterprise)
    response = client.post(reverse("accounts:school_leave"))
    assert response.url == reverse("accounts:schools")
    assert client.get(reverse("accounts:people")).status_code == 403
    assert Visit.objects.get().left_at <= timezone.now()
    assert AuditEntry.objects.filter(action="visit.leave", enterprise=alice.enterprise).count() == 1
    assert client.post(reverse("accounts:school_leave")).status_code == 302
    assert AuditEntry.objects.filter(action="visit.leave").count() == 1


def test_nobody_takes_over_the_visit_of_another(olga: User, alice: User, charlie: User) -> None:
    enter(olga, alice.enterprise)
    paul = User.objects.create_operator("paul", "queen-of-hearts")
    for stranger in (paul, charlie):
        client = reader(stranger)
        session = client.session
        session["visit"] = Visit.objects.get().pk
        session.save()
        assert "Alice" not in text(client.get(reverse("accounts:people")))


def test_only_operators_enter_schools(alice: User, charlie: User, bob: User) -> None:
    for person in (alice, bob, charlie):
        _, response = enter(person, charlie.enterprise)
        assert response.status_code == 403
    assert not Visit.objects.exists()


def test_inside_they_open_no_contacts_no_tokens_and_enter_no_other_school(
    olga: User, alice: User, bob: User, charlie: User
) -> None:
    User.objects.filter(pk=bob.pk).update(phone_no="13812345678", remote_id="bob")
    client, _ = enter(olga, alice.enterprise)
    assert "138****5678" in text(client.get(reverse("classes:person", args=[bob.pk])))
    for act in ("contacts", "card", "edit"):
        page = client.post(reverse(f"accounts:person_{act}", args=[bob.pk]), {"reason": WHY})
        assert page.status_code == 403, act
        assert "13812345678" not in text(page)
    assert client.get(reverse("accounts:school_enter", args=[charlie.enterprise_id])).status_code == 403


def test_a_visit_is_never_stored_in_the_operator(olga: User, school: Enterprise) -> None:
    olga.visit(school)
    assert may(olga, "list", "person")
    olga.nickname = "Olga"
    olga.save()
    olga.save(update_fields=["nickname"])
    assert olga.enterprise == school
    stored = User.objects.get(pk=olga.pk)
    assert (stored.enterprise, stored.login, stored.nickname) == (None, "olga", "Olga")


def test_people_of_a_school_visit_none(alice: User, other_school: Enterprise) -> None:
    with pytest.raises(ValueError, match="Only operators"):
        alice.visit(other_school)


def test_the_end_of_a_visit_is_a_setting(olga: User, school: Enterprise, settings) -> None:
    settings.VISIT_S = 60
    visit = enter_school(school=school, by=olga, reason=WHY)
    assert visit.ends_at - visit.entered_at == timedelta(minutes=1)
    assert says(reader(olga).get(reverse("accounts:schools")), "Enter")
