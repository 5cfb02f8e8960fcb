"""An operator enters a school: with a reason, for a while, on record, and the school sees it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, User, Visit
from accounts.school.operator_visits import enter_school, leave_school
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from console.policy import may
from console.policy.models import ApiToken
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text
from tests.support.rest_client import rest_client

WHY = "Lessons are not pushed, ticket 4711"
SECRET = "all-the-kings-horses"


def enter(olga: User, school: Enterprise, reason: str = WHY):
    client = client_for(olga)
    response = client.post(reverse("accounts:school_enter", args=[school.pk]), {"reason": reason})
    return client, response


def test_outside_an_operator_sees_the_names_of_schools_and_no_page_of_one(
    olga: User, alice: User, other_school: Enterprise
) -> None:
    client = client_for(olga)
    schools = client.get(reverse("accounts:schools"))
    assert "Wonderland" in page_text(schools)
    assert "Looking-Glass" in page_text(schools)
    assert "Looking-Glass" not in page_text(client.get(reverse("accounts:schools"), {"q": "1400000001"}))
    assert client.get("/").url == reverse("accounts:schools")
    for name in ("accounts:people", "classes:lessons", "accounts:school", "accounts:visits"):
        assert client.get(reverse(name)).status_code == 403


ENTER_FIRST = (
    "This page belongs to a school that you have not entered. Choose the school in the list "
    "and enter it with a reason."
)
LEAVE_FIRST = (
    "This is only possible outside of a school. Leave this school, then use the list of "
    "schools or “All tables”."
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    [
        "accounts:people",
        "accounts:school",
        "accounts:visits",
        "classes:lessons",
        "classes:timetable",
        "outbox:operations",
        "inbox:callbacks",
        "mirror:differences",
        "admin:classes_lesson_changelist",
    ],
)
def test_outside_a_page_of_a_school_says_to_enter_one_first_and_leads_there(
    olga: User, school: Enterprise, name: str, language: str
) -> None:
    page = client_for(olga, language).get(reverse(name))
    assert page.status_code == 403
    assert page_says(page, ENTER_FIRST, language)
    assert not page_says(page, "platform operator", language)
    assert f'href="{reverse("accounts:schools")}"' in page_text(page)


@pytest.mark.parametrize("name", ["accounts:schools", "accounts:school_add"])
def test_inside_a_page_of_operators_says_to_leave_the_school_first(
    olga: User, school: Enterprise, name: str
) -> None:
    client, _response = enter(olga, school)
    page = client.get(reverse(name))
    assert (page.status_code, page_says(page, LEAVE_FIRST)) == (403, True)
    assert "Leave this school" in page_text(page)


def test_what_operators_may_never_do_names_who_may_inside_and_outside(
    olga: User, bob: User, school: Enterprise
) -> None:
    for client in (client_for(olga), enter(olga, school)[0]):
        page = client.get(reverse("classes:lesson_add"))
        assert page.status_code == 403
        assert "It is allowed for: superadmin, administrator." in page_text(page)


def test_people_of_a_school_are_sent_to_no_list_of_schools(bob: User) -> None:
    page = client_for(bob).get(reverse("accounts:visits"))
    assert (page.status_code, page_says(page, ENTER_FIRST)) == (403, False)
    assert reverse("accounts:schools") not in page_text(page)


def test_inside_they_see_that_school_alone_and_a_banner_says_so(
    olga: User, alice: User, charlie: User
) -> None:
    client, response = enter(olga, alice.enterprise)
    assert response.url == "/"
    people = client.get(reverse("accounts:people"))
    assert "Alice" in page_text(people)
    assert "Charlie" not in page_text(people)
    assert "Wonderland" in page_text(people)
    assert WHY in page_text(people)
    assert "30 minutes are left" in page_text(people)
    assert client.get(reverse("classes:person", args=[charlie.pk])).status_code == 404
    assert client.get(reverse("classes:home")).status_code == 200


def test_the_school_reads_who_came_when_and_why(olga: User, alice: User, charlie: User) -> None:
    enter(olga, alice.enterprise)
    for name in ("classes:home", "accounts:school", "accounts:visits"):
        page = page_text(client_for(alice).get(reverse(name)))
        assert "olga" in page
        assert WHY in page
        assert WHY not in page_text(client_for(charlie).get(reverse(name)))
    entry = AuditEntry.objects.get(action="visit.enter")
    assert (entry.enterprise, entry.actor, entry.reason) == (alice.enterprise, olga, WHY)


def test_what_they_do_stands_on_the_trail_of_the_school(olga: User, alice: User) -> None:
    client, _ = enter(olga, alice.enterprise)
    client.post(reverse("accounts:person_pull", args=[alice.pk]))
    entry = AuditEntry.objects.get(action="person.pull")
    assert (entry.enterprise, entry.actor) == (alice.enterprise, olga)
    assert (
        "olga" in page_text(client_for(alice).get(reverse("outbox:operations")))
        or entry.actor_label == "olga"
    )


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
        assert WHY not in page_text(client_for(alice).get("/"))


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
        client = client_for(stranger)
        session = client.session
        session["visit"] = Visit.objects.get().pk
        session.save()
        assert "Alice" not in page_text(client.get(reverse("accounts:people")))


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
    assert "138****5678" in page_text(client.get(reverse("classes:person", args=[bob.pk])))
    for act in ("contacts", "card", "edit"):
        page = client.post(reverse(f"accounts:person_{act}", args=[bob.pk]), {"reason": WHY})
        assert page.status_code == 403, act
        assert "13812345678" not in page_text(page)
    assert client.get(reverse("accounts:school_enter", args=[charlie.enterprise_id])).status_code == 403


def test_a_visit_is_never_stored_in_the_operator(olga: User, school: Enterprise) -> None:
    olga.enter_school(school)
    assert may(olga, "list", "person")
    olga.nickname = "Olga"
    olga.save(update_fields=["nickname"])
    assert olga.enterprise == school
    stored = User.objects.get(pk=olga.pk)
    assert (stored.enterprise, stored.login, stored.nickname) == (None, "olga", "Olga")


def test_people_of_a_school_visit_none(alice: User, other_school: Enterprise) -> None:
    with pytest.raises(ValueError, match="Only operators"):
        alice.enter_school(other_school)


def test_the_end_of_a_visit_is_a_setting(olga: User, school: Enterprise, settings) -> None:
    settings.OPERATOR_VISIT_S = 60
    visit = enter_school(school=school, by=olga, reason=WHY)
    assert visit.ends_at - visit.entered_at == timedelta(minutes=1)
    assert page_says(client_for(olga).get(reverse("accounts:schools")), "Enter")


NOT_FOR_A_VISIT = (
    ("accounts:person_add", None, {"user_id": "eve", "nickname": "Eve", "role": "admin", "password": SECRET}),
    ("accounts:person_edit", "bob", {"nickname": "Bob", "role": "admin", "password": SECRET}),
    ("accounts:person_deactivate", "bob", {"reason": WHY}),
    ("accounts:person_token", "bob", {}),
    ("accounts:person_factor", "bob", {"reason": WHY}),
    ("accounts:person_erase", "bob", {"reason": WHY}),
    ("accounts:group_add", None, {"name": "Croquet"}),
    ("accounts:import_add", None, {}),
    ("accounts:people_export", None, {}),
    ("accounts:token_add", None, {"name": "mine", "scopes": ["all:write"], "days": "30"}),
    ("accounts:tokens", None, {}),
    ("classes:lesson_add", None, {}),
)


def test_a_visit_gives_nobody_a_role_a_password_a_token_or_a_lesson(
    olga: User, alice: User, bob: User
) -> None:
    client, _ = enter(olga, alice.enterprise)
    before = list(User.objects.order_by("pk").values())
    for name, whom, typed in NOT_FOR_A_VISIT:
        address = reverse(name, args=[bob.pk] if whom else [])
        answers = client.get(address), client.post(address, typed)
        assert [one.status_code for one in answers] == [403, 403], name
    assert list(User.objects.order_by("pk").values()) == before
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("method", "address", "told"),
    [
        ("post", "users/", {"user_id": "eve", "nickname": "Eve", "role": "admin"}),
        ("patch", "users/bob/", {"role": "admin"}),
        ("post", "users/bob/token/", {}),
        ("post", "users/import/", {}),
        ("post", "groups/", {"name": "Croquet"}),
        ("post", "lessons/", {}),
    ],
)
def test_nor_does_it_by_rest(
    olga: User, alice: User, bob: User, method: str, address: str, told: dict[str, object]
) -> None:
    client, _ = enter(olga, alice.enterprise)
    answer = getattr(client, method)(f"/api/v1/{address}", told, content_type="application/json")
    assert answer.status_code == 403, answer.content
    assert User.objects.filter(role="admin", enterprise=alice.enterprise).get() == alice


def test_nor_in_the_tables(olga: User, alice: User, bob: User) -> None:
    client, _ = enter(olga, alice.enterprise)
    people = "/admin/accounts/user/"
    assert "Bob" in page_text(client.get(people))
    assert client.get(f"{people}add/").status_code == 403
    assert client.post(f"{people}add/", {"user_id": "eve", "role": "admin"}).status_code == 403
    assert client.post(f"{people}{bob.pk}/change/", {"role": "admin"}).status_code == 403
    client.post(people, {"action": "new_token", "_selected_action": [bob.pk]})
    school = f"/admin/accounts/enterprise/{alice.enterprise_id}/change/"
    assert client.post(school, {"name": "Mine"}).status_code == 403
    assert not Operation.objects.exists()
    assert User.objects.get(pk=bob.pk).role == "teacher"


def test_by_rest_contacts_stay_masked_during_a_visit(olga: User, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(phone_no="13812345678")
    client, _ = enter(olga, alice.enterprise)
    for address in ("users/", "users/bob/"):
        answer = client.get(f"/api/v1/{address}")
        assert answer.status_code == 200
        assert "13812345678" not in page_text(answer)


def test_inside_they_set_the_connection_and_nothing_else_of_the_school(olga: User, alice: User) -> None:
    client, _ = enter(olga, alice.enterprise)
    page = page_text(client.get(reverse("accounts:school")))
    for section, status in (("keys", 200), ("service", 200), ("courseware", 200)) + tuple(
        (one, 403) for one in ("general", "ai", "logo", "rules", "samples", "retention")
    ):
        address = reverse("accounts:school_edit", args=[section])
        assert client.get(address).status_code == status, section
        assert (address in page) == (status == 200), section
    assert client.post(reverse("accounts:school_pull")).status_code == 302
    assert client.post(reverse("accounts:school_callback")).status_code == 302
    kinds = Operation.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["school.pull", "school.modify"]


def test_after_the_visit_its_session_opens_nothing_and_no_token_remains(olga: User, alice: User) -> None:
    client, _ = enter(olga, alice.enterprise)
    page = reverse("accounts:school_edit", args=["keys"])
    assert client.get(page).status_code == 200
    visit = Visit.objects.get()
    leave_school(visit=visit, by=olga)  # by another window
    for address in ("/people/", page, "/api/v1/users/", "/admin/accounts/user/", f"/people/{alice.pk}/"):
        assert client.get(address).status_code in (403, 302), address
    assert client.post(page, {"tic_key": "another"}).status_code == 403
    assert Enterprise.objects.get(pk=alice.enterprise_id).tic_key_previous is None
    assert rest_client(olga).get("/api/v1/users/").status_code == 403
