"""People, groups and the school in the Django admin, against the local service."""

import secrets

import pytest
from django.utils.translation import gettext

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.services import pull_person, register_person
from console.audit.models import AuditEntry
from console.outbox import relay
from console.outbox.models import Operation
from tests.support.adminpages import errors_of, fill, page, run_action, said_on, signed_in
from tests.support.cast import person
from tests.support.service import requests_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web(connected, alice):
    return signed_in(alice)


@pytest.fixture
def queen(connected):
    """The superadmin of Alice's school."""
    return person(connected, "queen", Role.SUPERADMIN)


@pytest.fixture
def mouse(connected, alice):
    """A student whom the service has; the service outlives a test, so the user id is a new one."""
    mouse = register_person(
        enterprise=connected,
        by=alice,
        user_id=f"mouse-{secrets.token_hex(4)}",
        nickname="Mouse",
        role=Role.STUDENT,
        phone_no="13812345678",
    )
    relay.drain()
    mouse.refresh_from_db()
    assert mouse.remote_id
    return mouse


def last_operation():
    return Operation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def newest(after):
    """The one operation that came after, sent and done."""
    relay.drain()
    operation = Operation.objects.get(pk__gt=after)
    assert operation.state == "done", (operation.state, operation.reason)
    return operation


def reached(iclass, endpoint, user_id):
    return [one for one in requests_to(iclass, endpoint) if one.get("user_id") == user_id]


def test_a_person_who_is_added_is_registered(web, iclass, connected):
    before, user_id = last_operation(), f"hatter-{secrets.token_hex(4)}"
    answer = fill(web, page(User, "add"), user_id=user_id, role="student", nickname="Hatter")
    assert answer.status_code == 302, errors_of(answer)
    hatter = User.objects.get(user_id=user_id)
    assert (hatter.enterprise, hatter.has_usable_password()) == (connected, False)
    assert newest(before).kind == "user.register"
    sent = [one["list"] for one in requests_to(iclass, "user/register")]
    assert sum(line["user_id"] == user_id for lines in sent for line in lines) == 1
    hatter.refresh_from_db()
    assert hatter.user_token


def test_a_person_who_is_edited_is_changed_at_the_service(web, iclass, mouse):
    before = last_operation()
    answer = fill(web, page(mouse, "change", mouse.pk), nickname="Dormouse")
    assert answer.status_code == 302, errors_of(answer)
    assert newest(before).kind == "user.modify"
    [body] = reached(iclass, "user/profile/modify", mouse.user_id)
    assert body["nickname"] == "Dormouse"
    assert "phone_no" not in body


@pytest.mark.parametrize(
    ("action", "kind", "endpoint"),
    [
        ("new_token", "user.token", "user/token/update"),
        ("pull", "user.pull", "user/info"),
        ("push", "user.modify", "user/profile/modify"),
    ],
)
def test_an_action_is_one_operation_that_arrives(web, iclass, mouse, action, kind, endpoint):
    before = last_operation()
    run_action(web, [mouse], action)
    operation = newest(before)
    assert (operation.kind, operation.subject_id) == (kind, mouse.pk)
    assert len(reached(iclass, endpoint, mouse.user_id)) == 1


def test_a_new_token_takes_the_place_of_the_old_one(web, mouse):
    old = mouse.user_token.reveal()
    run_action(web, [mouse], "new_token")
    relay.drain()
    mouse.refresh_from_db()
    assert mouse.user_token.reveal() not in ("", old)


def test_a_push_puts_back_what_was_changed_at_the_service(web, iclass, mouse):
    iclass.call("user/profile/modify", {"user_id": mouse.user_id, "nickname": "Rat"})
    run_action(web, [mouse], "push")
    relay.drain()
    pull_person(person=mouse, by=None)
    relay.drain()
    mouse.refresh_from_db()
    assert (mouse.observed["nickname"], mouse.sync_state) == ("Mouse", "in_sync")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"user_id": "bob"}, "user_id"),
        ({"user_id": "with space"}, "user_id"),
        ({"user_id": ""}, "user_id"),
        ({"role": ""}, "role"),
        ({"role": "superadmin"}, "role"),
        ({"nickname": ""}, "nickname"),
        ({"nickname": "x" * 300}, "nickname"),
        ({"e_mail": "nobody"}, "e_mail"),
    ],
)
def test_what_does_not_hold_is_said_at_the_field_and_nobody_is_made(web, bob, values, field):
    wanted = {"user_id": "gryphon", "role": "student", "nickname": "Gryphon"}
    people, before = User.objects.count(), last_operation()
    answer = fill(web, page(User, "add"), **{**wanted, **values})
    assert list(errors_of(answer)) == [field]
    assert User.objects.count() == people
    assert last_operation() == before


def test_no_role_is_chosen_for_whoever_forgets_to_choose_one(web):
    role = web.get(page(User, "add")).context["adminform"].form["role"]
    assert not role.value()
    assert "superadmin" not in dict(role.field.choices)


def test_people_are_never_deleted(web, mouse):
    assert web.post(page(mouse, "delete", mouse.pk), {"post": "yes"}).status_code == 403
    run_action(web, [mouse], "delete_selected", post="yes")
    assert User.objects.filter(pk=mouse.pk).exists()


def test_a_superadmin_is_out_of_the_reach_of_administrators(web, queen, mouse):
    before = last_operation()
    url = page(queen, "change", queen.pk)
    assert web.get(url).status_code == 200
    assert web.post(url, {"nickname": "Knave"}).status_code == 403
    said = said_on(run_action(web, [queen, mouse], "new_token"))
    assert "Queen" in said
    assert newest(before).subject_id == mouse.pk
    assert queen.role == User.objects.get(pk=queen.pk).role


def test_a_superadmin_keeps_the_role_in_the_form(connected, queen):
    web = signed_in(queen)
    answer = fill(web, page(queen, "change", queen.pk), nickname="Red Queen", role="student")
    assert answer.status_code == 302, errors_of(answer)
    queen.refresh_from_db()
    assert (queen.nickname, queen.role) == ("Red Queen", Role.SUPERADMIN)


def test_opening_the_contacts_of_a_person_is_on_record(web, alice, mouse):
    assert "13812345678" in web.get(page(mouse, "change", mouse.pk)).content.decode()
    entry = AuditEntry.objects.get(action="person.reveal")
    assert (entry.actor, entry.object_id, entry.after["fields"]) == (alice, str(mouse.pk), ["phone_no"])


def test_contacts_of_whom_the_reader_may_not_change_are_not_shown(web, queen):
    User.objects.filter(pk=queen.pk).update(phone_no="13912345678", e_mail="queen@example.com")
    text = web.get(page(queen, "change", queen.pk)).content.decode()
    assert "13912345678" not in text
    assert "queen@example.com" not in text


def test_a_hidden_column_cannot_be_guessed_letter_by_letter(web, mouse):
    for lookup in ("password__startswith", "phone_no__startswith", "enterprise__callback_token__startswith"):
        assert web.get(page(User, "changelist"), {lookup: "1"}).status_code == 400
    assert web.get(page(User, "changelist"), {"role__exact": "student"}).status_code == 200


def test_charlie_gets_nothing_of_alices_people(connected, mouse, charlie):
    web = signed_in(charlie)
    before = last_operation()
    assert mouse.user_id not in web.get(page(User, "changelist")).content.decode()
    for act in ("change", "delete", "history"):
        assert web.get(page(mouse, act, mouse.pk)).status_code in (302, 403)
    assert web.post(page(mouse, "change", mouse.pk), {"nickname": "Mine"}).status_code == 302
    for action in ("new_token", "pull", "push"):
        run_action(web, [mouse], action)
    assert last_operation() == before


def test_a_person_whom_charlie_adds_is_of_his_school(iclass, charlie, alice, other_school):
    web = signed_in(charlie)
    fill(web, page(User, "add"), user_id="alice", role="student", nickname="Another Alice")
    assert User.objects.get(user_id="alice", enterprise=other_school).nickname == "Another Alice"


def test_a_group_is_added_changed_and_deleted_with_its_students(web, connected, mouse, other_school):
    answer = fill(web, page(StudentGroup, "add"), name="Class 1", students=[mouse.pk])
    assert answer.status_code == 302, errors_of(answer)
    group = StudentGroup.objects.get(enterprise=connected)
    assert list(group.students.all()) == [mouse]
    stranger = person(other_school, "stranger", Role.STUDENT)
    refused = fill(web, page(group, "change", group.pk), students=[stranger.pk])
    assert list(errors_of(refused)) == ["students"]
    twin = fill(web, page(StudentGroup, "add"), name="Class 1")
    assert errors_of(twin) == {"__all__": [gettext("Your school has a group of this name.")]}
    fill(web, page(group, "change", group.pk), name="Class 2", students=[])
    group.refresh_from_db()
    assert (group.name, group.students.count()) == ("Class 2", 0)
    run_action(web, [group], "delete_selected", post="yes")
    assert not StudentGroup.objects.exists()


def test_a_superadmin_edits_the_school_and_the_service_learns_it(iclass, connected, queen):
    web, before = signed_in(queen), last_operation()
    answer = fill(web, page(connected, "change", connected.pk), contact_user="The Duchess")
    assert answer.status_code == 302, errors_of(answer)
    assert newest(before).kind == "school.modify"
    assert [one["contact_user"] for one in requests_to(iclass, "business/modify")] == ["The Duchess"]


def test_emptying_what_the_service_holds_wants_a_tick(iclass, connected, queen):
    web = signed_in(queen)
    url = page(connected, "change", connected.pk)
    fill(web, url, e_mail="duchess@example.com")
    relay.drain()
    before = last_operation()
    assert list(errors_of(fill(web, url, e_mail=""))) == ["e_mail"]
    assert last_operation() == before
    assert fill(web, url, e_mail="", clear="on").status_code == 302
    newest(before)
    connected.refresh_from_db()
    assert connected.e_mail == connected.observed["e_mail"] == ""


def test_a_new_key_is_written_and_never_read(connected, queen):
    web = signed_in(queen)
    fill(web, page(connected, "change", connected.pk), tic_key="k" * 32)
    connected.refresh_from_db()
    assert connected.tic_key.reveal() == "k" * 32
    assert "k" * 32 not in web.get(page(connected, "change", connected.pk)).content.decode()


def test_an_administrator_pulls_the_school_and_changes_nothing_of_it(web, iclass, connected):
    url, before = page(connected, "change", connected.pk), last_operation()
    assert web.get(url).status_code == 200
    assert web.post(url, {"name": "Mine"}).status_code == 403
    already = len(requests_to(iclass, "business/info"))
    run_action(web, [connected], "pull")
    assert newest(before).kind == "school.pull"
    assert len(requests_to(iclass, "business/info")) == already + 1


def test_an_operator_adds_a_school_which_is_pulled(iclass, olga, db):
    iclass.control("enterprise", {"sdkappid": 1400000009, "tic_key": "x" * 32})
    web, before = signed_in(olga), last_operation()
    wanted = {"name": "Tulgey Wood", "sdkappid": "1400000009", "tic_key": "x" * 32}
    answer = fill(web, page(Enterprise, "add"), **wanted)
    assert answer.status_code == 302, errors_of(answer)
    assert newest(before).kind == "school.pull"
    assert list(errors_of(fill(web, page(Enterprise, "add"), **wanted))) == ["sdkappid"]


def test_a_school_is_deleted_by_nobody_and_added_by_operators_alone(web, connected, olga, queen):
    assert web.get(page(Enterprise, "add")).status_code == 403
    for user in (olga, queen):
        assert (
            signed_in(user).post(page(connected, "delete", connected.pk), {"post": "yes"}).status_code == 403
        )
    assert signed_in(queen).get(page(Enterprise, "add")).status_code == 403
