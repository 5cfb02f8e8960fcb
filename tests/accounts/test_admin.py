"""People, groups and the school in the Django admin, against the local service."""

import secrets

import pytest
from django.utils.translation import gettext

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.services import pull_person, register_person
from console.audit.models import AuditEntry
from console.outbox import relay
from console.outbox.models import Operation
from tests.support.admin_forms import (
    admin_url,
    form_errors,
    initial_form_data,
    messages_on,
    run_action,
    signed_in_client,
    submit_admin_form,
)
from tests.support.cast import create_person
from tests.support.iclass_service import requests_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web(connected, alice):
    return signed_in_client(alice)


@pytest.fixture
def queen(connected):
    """The superadmin of Alice's school."""
    return create_person(connected, "queen", Role.SUPERADMIN)


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
    answer = submit_admin_form(
        web, admin_url(User, "add"), user_id=user_id, role="student", nickname="Hatter"
    )
    assert answer.status_code == 302, form_errors(answer)
    hatter = User.objects.get(user_id=user_id)
    assert (hatter.enterprise, hatter.has_usable_password()) == (connected, False)
    assert newest(before).kind == "user.register"
    sent = [one["list"] for one in requests_to(iclass, "user/register")]
    assert sum(line["user_id"] == user_id for lines in sent for line in lines) == 1
    hatter.refresh_from_db()
    assert hatter.user_token


def test_a_person_who_is_edited_is_changed_at_the_service(web, iclass, mouse):
    before = last_operation()
    answer = submit_admin_form(web, admin_url(mouse, "change", mouse.pk), nickname="Dormouse")
    assert answer.status_code == 302, form_errors(answer)
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


def test_what_does_not_hold_is_said_at_the_field_and_nobody_is_made(web, bob):
    wanted = {"user_id": "gryphon", "role": "student", "nickname": "Gryphon"}
    people, before = User.objects.count(), last_operation()
    for field, value in (
        ("user_id", "bob"),
        ("user_id", "with space"),
        ("user_id", ""),
        ("role", ""),
        ("role", "superadmin"),
        ("nickname", ""),
        ("nickname", "x" * 300),
        ("e_mail", "nobody"),
    ):
        answer = submit_admin_form(web, admin_url(User, "add"), **{**wanted, field: value})
        assert list(form_errors(answer)) == [field], value
    assert User.objects.count() == people
    assert last_operation() == before


def test_no_role_is_chosen_for_whoever_forgets_to_choose_one(web):
    role = web.get(admin_url(User, "add")).context["adminform"].form["role"]
    assert not role.value()
    assert "superadmin" not in dict(role.field.choices)


def test_people_are_never_deleted(web, mouse):
    assert web.post(admin_url(mouse, "delete", mouse.pk), {"post": "yes"}).status_code == 403
    run_action(web, [mouse], "delete_selected", post="yes")
    assert User.objects.filter(pk=mouse.pk).exists()


def test_a_superadmin_is_out_of_the_reach_of_administrators(web, queen, mouse):
    before = last_operation()
    url = admin_url(queen, "change", queen.pk)
    assert web.get(url).status_code == 200
    assert web.post(url, {"nickname": "Knave"}).status_code == 403
    said = messages_on(run_action(web, [queen, mouse], "new_token"))
    assert "Queen" in said
    assert newest(before).subject_id == mouse.pk
    assert queen.role == User.objects.get(pk=queen.pk).role


def test_a_superadmin_keeps_the_role_in_the_form(connected, queen):
    web = signed_in_client(queen)
    answer = submit_admin_form(
        web, admin_url(queen, "change", queen.pk), nickname="Red Queen", role="student"
    )
    assert answer.status_code == 302, form_errors(answer)
    queen.refresh_from_db()
    assert (queen.nickname, queen.role) == ("Red Queen", Role.SUPERADMIN)


def test_the_form_shows_contacts_masked_and_keeps_them_when_the_mask_comes_back(web, mouse):
    User.objects.filter(pk=mouse.pk).update(e_mail="dormouse@example.com")
    page = web.get(admin_url(mouse, "change", mouse.pk))
    form = page.context["adminform"].form
    assert [form[name].value() for name in ("phone_no", "e_mail")] == ["138****5678", "d***@example.com"]
    assert f"/people/{mouse.pk}/contacts/" in page.content.decode()
    assert not AuditEntry.objects.filter(action="person.reveal").exists()
    answer = submit_admin_form(web, admin_url(mouse, "change", mouse.pk), nickname="Dormouse")
    assert answer.status_code == 302, form_errors(answer)
    mouse.refresh_from_db()
    assert (mouse.nickname, mouse.phone_no, mouse.e_mail) == (
        *("Dormouse", "13812345678"),
        "dormouse@example.com",
    )


def test_a_new_contact_is_stored_and_an_edited_mask_refused(web, mouse):
    url = admin_url(mouse, "change", mouse.pk)
    assert list(form_errors(submit_admin_form(web, url, phone_no="139****5678"))) == ["phone_no"]
    assert list(form_errors(submit_admin_form(web, url, e_mail="nobody"))) == ["e_mail"]
    answer = submit_admin_form(web, url, phone_no="13900001111", e_mail="mouse@example.com")
    assert answer.status_code == 302, form_errors(answer)
    mouse.refresh_from_db()
    assert (mouse.phone_no, mouse.e_mail) == ("13900001111", "mouse@example.com")
    assert submit_admin_form(web, url, phone_no="").status_code == 302
    mouse.refresh_from_db()
    assert mouse.phone_no == ""


def test_a_contact_that_somebody_else_changed_stays_masked_and_is_not_overwritten(web, mouse):
    url = admin_url(mouse, "change", mouse.pk)
    typed = initial_form_data(web.get(url).context["adminform"].form)
    page = web.get(url).content.decode()
    typed["seen"] = web.get(url).context["adminform"].form.seen_json
    User.objects.filter(pk=mouse.pk).update(phone_no="13700002222")
    answer = web.post(url, typed | {"phone_no": "13900001111"})
    assert list(form_errors(answer)) == ["phone_no"]
    assert "13700002222" not in answer.content.decode()
    assert f'name="initial-phone_no" value="{typed["phone_no"]}"' in page
    assert web.post(url, typed | {"nickname": "Rat"}).status_code == 302
    stored = User.objects.get(pk=mouse.pk)
    assert (stored.nickname, stored.phone_no) == ("Rat", "13700002222")


def test_contacts_of_whom_the_reader_may_not_change_are_masked(web, queen):
    User.objects.filter(pk=queen.pk).update(phone_no="13912345678", e_mail="queen@example.com")
    text = web.get(admin_url(queen, "change", queen.pk)).content.decode()
    assert "13912345678" not in text
    assert "queen@example.com" not in text
    assert "139****5678" in text
    assert "q***@example.com" in text


def test_a_hidden_column_cannot_be_guessed_letter_by_letter(web, mouse):
    for lookup in ("password__startswith", "phone_no__startswith", "enterprise__callback_token__startswith"):
        assert web.get(admin_url(User, "changelist"), {lookup: "1"}).status_code == 400
    assert web.get(admin_url(User, "changelist"), {"role__exact": "student"}).status_code == 200


def test_charlie_gets_nothing_of_alices_people(connected, mouse, charlie):
    web = signed_in_client(charlie)
    before = last_operation()
    assert mouse.user_id not in web.get(admin_url(User, "changelist")).content.decode()
    for act in ("change", "delete", "history"):
        assert web.get(admin_url(mouse, act, mouse.pk)).status_code in (302, 403)
    assert web.post(admin_url(mouse, "change", mouse.pk), {"nickname": "Mine"}).status_code == 302
    for action in ("new_token", "pull", "push"):
        run_action(web, [mouse], action)
    assert last_operation() == before


def test_a_person_whom_charlie_adds_is_of_his_school(iclass, charlie, alice, other_school):
    web = signed_in_client(charlie)
    submit_admin_form(web, admin_url(User, "add"), user_id="alice", role="student", nickname="Another Alice")
    assert User.objects.get(user_id="alice", enterprise=other_school).nickname == "Another Alice"


def test_a_group_is_added_changed_and_deleted_with_its_students(web, connected, mouse, other_school):
    answer = submit_admin_form(web, admin_url(StudentGroup, "add"), name="Class 1", students=[mouse.pk])
    assert answer.status_code == 302, form_errors(answer)
    group = StudentGroup.objects.get(enterprise=connected)
    assert list(group.students.all()) == [mouse]
    stranger = create_person(other_school, "stranger", Role.STUDENT)
    refused = submit_admin_form(web, admin_url(group, "change", group.pk), students=[stranger.pk])
    assert list(form_errors(refused)) == ["students"]
    twin = submit_admin_form(web, admin_url(StudentGroup, "add"), name="Class 1")
    assert form_errors(twin) == {
        "__all__": [gettext("A group with this name already exists in your school.")]
    }
    submit_admin_form(web, admin_url(group, "change", group.pk), name="Class 2", students=[])
    group.refresh_from_db()
    assert (group.name, group.students.count()) == ("Class 2", 0)
    run_action(web, [group], "delete_selected", post="yes")
    assert not StudentGroup.objects.exists()


def test_a_superadmin_edits_the_school_and_the_service_learns_it(iclass, connected, queen):
    web, before = signed_in_client(queen), last_operation()
    answer = submit_admin_form(web, admin_url(connected, "change", connected.pk), contact_user="The Duchess")
    assert answer.status_code == 302, form_errors(answer)
    assert newest(before).kind == "school.modify"
    assert [one["contact_user"] for one in requests_to(iclass, "business/modify")] == ["The Duchess"]


def test_emptying_what_the_service_holds_wants_a_tick(iclass, connected, queen):
    web = signed_in_client(queen)
    url = admin_url(connected, "change", connected.pk)
    submit_admin_form(web, url, e_mail="duchess@example.com")
    relay.drain()
    before = last_operation()
    assert list(form_errors(submit_admin_form(web, url, e_mail=""))) == ["e_mail"]
    assert last_operation() == before
    assert submit_admin_form(web, url, e_mail="", clear="on").status_code == 302
    newest(before)
    connected.refresh_from_db()
    assert connected.e_mail == connected.observed["e_mail"] == ""


def test_a_new_key_is_written_and_never_read(connected, queen):
    web = signed_in_client(queen)
    submit_admin_form(web, admin_url(connected, "change", connected.pk), tic_key="k" * 32)
    connected.refresh_from_db()
    assert connected.tic_key.reveal() == "k" * 32
    assert "k" * 32 not in web.get(admin_url(connected, "change", connected.pk)).content.decode()


def test_an_administrator_pulls_the_school_and_changes_nothing_of_it(web, iclass, connected):
    url, before = admin_url(connected, "change", connected.pk), last_operation()
    assert web.get(url).status_code == 200
    assert web.post(url, {"name": "Mine"}).status_code == 403
    already = len(requests_to(iclass, "business/info"))
    run_action(web, [connected], "pull")
    assert newest(before).kind == "school.pull"
    assert len(requests_to(iclass, "business/info")) == already + 1


def test_an_operator_adds_a_school_which_is_pulled(iclass, olga, db):
    iclass.control("enterprise", {"sdkappid": 1400000009, "tic_key": "x" * 32})
    web, before = signed_in_client(olga), last_operation()
    wanted = {"name": "Tulgey Wood", "sdkappid": "1400000009", "tic_key": "x" * 32}
    answer = submit_admin_form(web, admin_url(Enterprise, "add"), **wanted)
    assert answer.status_code == 302, form_errors(answer)
    assert newest(before).kind == "school.pull"
    assert list(form_errors(submit_admin_form(web, admin_url(Enterprise, "add"), **wanted))) == ["sdkappid"]


def test_a_school_is_deleted_by_nobody_and_added_by_operators_alone(web, connected, olga, queen):
    assert web.get(admin_url(Enterprise, "add")).status_code == 403
    for user in (olga, queen):
        assert (
            signed_in_client(user)
            .post(admin_url(connected, "delete", connected.pk), {"post": "yes"})
            .status_code
            == 403
        )
    assert signed_in_client(queen).get(admin_url(Enterprise, "add")).status_code == 403
