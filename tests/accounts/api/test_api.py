"""REST of people and groups."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext
from rest_framework.test import APIClient

from accounts.models import Role, StudentGroup, User
from console.outbox import relay
from console.outbox.models import Operation
from console.policy.models import ApiToken
from console.policy.tokens import issue_token
from tests.support.cast import create_person
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db

WANTED = {"user_id": "hatter", "role": "student", "nickname": "Hatter"}


@pytest.fixture
def dina(school):
    """A student of Alice's school."""
    return create_person(school, "dina", Role.STUDENT)


def test_a_person_has_the_pinned_fields(alice, dina):
    one = rest_client(alice).get("/api/v1/users/dina/").json()
    assert list(one) == ["user_id", "role", "nickname", "gender", "avatar", "phone_no", "e_mail", "sync"]
    assert one["sync"] == {"state": "local", "reason": ""}


def test_a_person_who_is_posted_is_registered(alice):
    answer = rest_client(alice).post("/api/v1/users/", WANTED)
    assert answer.status_code == 201, answer.data
    assert answer.json()["sync"]["state"] == "sending"
    assert Operation.objects.get().kind == "user.register"
    assert User.objects.get(user_id="hatter").enterprise == alice.enterprise


def test_the_state_of_a_person_who_was_refused_is_a_sentence(alice, dina):
    User.objects.filter(pk=dina.pk).update(sync_state="refused", sync_reason="10210")
    told = rest_client(alice).get("/api/v1/users/dina/", headers={"Accept-Language": "en"}).json()["sync"]
    assert told["state"] == "refused"
    assert told["reason"].startswith("iclass could not register this person.")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"user_id": "bob"}, "user_id"),
        ({"user_id": "with space"}, "user_id"),
        ({"role": "visitor"}, "role"),
        ({"role": "superadmin"}, "role"),
        ({"nickname": "x" * 300}, "nickname"),
        ({"e_mail": "nobody"}, "e_mail"),
        ({"phone_no": "12-34"}, "phone_no"),
    ],
)
def test_what_does_not_hold_is_said_at_the_field_and_nobody_is_made(alice, bob, values, field):
    answer = rest_client(alice).post("/api/v1/users/", {**WANTED, **values})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert len(answer.json()[field][0]) > 5
    assert not User.objects.filter(nickname__startswith="Hatter").exists()
    assert not Operation.objects.exists()


def test_a_change_names_only_what_changes(alice, dina):
    client = rest_client(alice)
    answer = client.patch("/api/v1/users/dina/", {"nickname": "Dinah"})
    assert (answer.status_code, answer.json()["nickname"]) == (200, "Dinah")
    fixed = client.patch("/api/v1/users/dina/", {"user_id": "other"})
    assert fixed.json()["errors"] == {"user_id": [gettext("A user ID cannot be changed later.")]}
    assert client.patch("/api/v1/users/dina/", {"user_id": "dina"}).status_code == 200


def test_an_odd_number_that_came_from_iclass_is_sent_back_unchanged(alice, dina):
    User.objects.filter(pk=dina.pk).update(phone_no="ext. 7")
    send = rest_client(alice).patch
    assert send("/api/v1/users/dina/", {"phone_no": "ext. 7", "nickname": "Dinah"}).status_code == 200
    assert send("/api/v1/users/dina/", {"phone_no": "ext. 8"}).status_code == 400


def test_a_new_token_is_asked_for_and_never_answered(alice, dina):
    User.objects.filter(pk=dina.pk).update(remote_id="dina")
    answer = rest_client(alice).post("/api/v1/users/dina/token/")
    assert (answer.status_code, answer.content) == (202, b"")
    assert Operation.objects.get().kind == "user.token"


def test_nobody_is_deleted(alice, dina):
    assert rest_client(alice).delete("/api/v1/users/dina/").status_code == 405


def test_people_of_another_school_do_not_exist(alice, charlie, dina):
    client = rest_client(charlie)
    assert [one["user_id"] for one in all_rows(client, "users/")] == ["charlie"]
    assert client.get("/api/v1/users/dina/").status_code == 404
    assert client.patch("/api/v1/users/dina/", {"nickname": "Mine"}).status_code == 404
    assert client.post("/api/v1/users/dina/token/").status_code == 404


def test_a_teacher_and_a_student_read_themselves_and_change_nobody(bob, dina):
    for user in (bob, dina):
        client = rest_client(user)
        assert client.get(f"/api/v1/users/{user.user_id}/").status_code == 200
        assert client.get("/api/v1/users/").status_code == 403
        assert client.post("/api/v1/users/", WANTED).status_code == 403
        refused = client.patch(f"/api/v1/users/{user.user_id}/", {"role": "admin"})
        assert refused.status_code == 403
        assert len(refused.json()["detail"]) > 10
    assert rest_client(bob).get("/api/v1/users/dina/").status_code == 403


def test_an_administrator_does_nothing_to_a_superadmin(alice, school):
    queen = create_person(school, "queen", Role.SUPERADMIN)
    client = rest_client(alice)
    assert client.get("/api/v1/users/queen/").json()["role"] == "superadmin"
    assert client.patch("/api/v1/users/queen/", {"nickname": "Knave"}).status_code == 403
    assert client.post("/api/v1/users/queen/token/").status_code == 403
    queen.refresh_from_db()
    assert queen.nickname == "Queen"


def test_operators_reach_nobody(olga, dina):
    client = rest_client(olga)
    assert client.get("/api/v1/users/").status_code == 403
    assert client.get("/api/v1/users/dina/").status_code in (403, 404)


def test_a_session_has_to_send_its_csrf_token(alice, dina):
    web = APIClient(enforce_csrf_checks=True)
    web.force_login(alice)
    assert web.get("/api/v1/users/").status_code == 200
    assert web.patch("/api/v1/users/dina/", {"nickname": "Dinah"}).status_code == 403
    web.get(reverse("admin:index"))
    token = web.cookies["csrftoken"].value
    allowed = web.patch("/api/v1/users/dina/", {"nickname": "Dinah"}, headers={"X-CSRFToken": token})
    assert allowed.status_code == 200


def test_a_token_that_was_withdrawn_and_a_person_who_was_deactivated_come_no_further(alice):
    client, token = APIClient(), issue_token(alice)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/users/").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/api/v1/users/").status_code == 401
    User.objects.filter(pk=alice.pk).update(is_active=True)
    ApiToken.objects.all().delete()
    assert client.get("/api/v1/users/").status_code == 401


def test_a_group_is_written_with_its_students_by_user_id(alice, school, dina, bob):
    client = rest_client(alice)
    made = client.post("/api/v1/groups/", {"name": "Class 1", "students": ["dina"]})
    assert made.status_code == 201, made.data
    assert made.json() == {
        "id": made.json()["id"],
        "name": "Class 1",
        "grade": None,
        "teacher": None,
        "students": ["dina"],
        "archived": False,
    }
    address = f"/api/v1/groups/{made.json()['id']}/"
    assert client.patch(address, {"name": "Class 2"}).json()["students"] == ["dina"]
    assert client.patch(address, {"students": []}).json()["students"] == []
    assert client.delete(address).status_code == 204
    assert not StudentGroup.objects.exists()


def test_a_group_has_somebody_in_charge_and_is_archived_and_restored(alice, bob, charlie, dina):
    client = rest_client(alice)
    made = client.post("/api/v1/groups/", {"name": "Class 1", "teacher": "bob", "students": ["dina"]}).json()
    assert made["teacher"] == "bob"
    address = f"/api/v1/groups/{made['id']}/"
    for wrong in ("dina", "charlie", "nobody"):
        answer = client.patch(address, {"teacher": wrong})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["teacher"]), wrong
    assert client.post(f"{address}archive/").json()["archived"] is True
    assert client.patch(address, {"name": "Class 2"}).status_code == 400
    assert client.get("/api/v1/groups/").json()["results"][0]["archived"] is True
    assert client.post(f"{address}restore/").json() == made
    assert client.patch(address, {"teacher": None}).json()["teacher"] is None
    assert rest_client(charlie).post(f"{address}archive/").status_code == 404
    assert rest_client(bob).post(f"{address}archive/").status_code == 403


def test_a_group_refuses_strangers_staff_and_a_name_that_is_taken(alice, charlie, dina, bob):
    client = rest_client(alice)
    client.post("/api/v1/groups/", {"name": "Class 1"})
    for students in (["charlie"], ["bob"], ["nobody"], "dina"):
        answer = client.post("/api/v1/groups/", {"name": "Class 2", "students": students})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["students"]), students
    twin = client.post("/api/v1/groups/", {"name": "Class 1"})
    assert twin.json()["errors"] == {
        "non_field_errors": [gettext("A group with this name already exists in your school.")]
    }
    assert StudentGroup.objects.count() == 1


@pytest.mark.parametrize("path", ["users/", "groups/"])
def test_a_long_list_costs_no_more_queries_than_a_short_one(
    alice, school, path, django_assert_max_num_queries
):
    client = rest_client(alice)
    grow(school, 3)
    client.get(f"/api/v1/{path}")
    with django_assert_max_num_queries(20) as short:
        client.get(f"/api/v1/{path}")
    grow(school, 30)
    with django_assert_max_num_queries(len(short)):
        assert len(client.get(f"/api/v1/{path}").json()["results"]) > 30


def grow(school, count):
    for number in range(count):
        card = create_person(school, f"card-{count}-{number}", Role.STUDENT)
        StudentGroup.objects.create(enterprise=school, name=f"{count}-{number}").students.set([card])


@pytest.mark.django_db(transaction=True)
def test_a_person_who_is_posted_arrives_at_the_service(iclass, connected, alice):
    client = rest_client(alice)
    client.post("/api/v1/users/", {**WANTED, "user_id": "hatter.rest"})
    relay.drain()
    assert client.get("/api/v1/users/hatter.rest/").json()["sync"] == {"state": "in_sync", "reason": ""}
    assert iclass.call("user/info", {"user_id": "hatter.rest"})["user_info"]["nickname"] == "Hatter"


def test_a_change_may_name_the_state_that_it_starts_from(alice, bob):
    client = rest_client(alice)
    client.credentials(**client._credentials, HTTP_ACCEPT_LANGUAGE="en")
    tag = client.get("/api/v1/users/bob/")["ETag"]
    first = client.patch("/api/v1/users/bob/", {"nickname": "Robert"}, headers={"if-match": tag})
    assert (first.status_code, first["ETag"] != tag) == (200, True)
    late = client.patch("/api/v1/users/bob/", {"gender": "male"}, headers={"if-match": tag})
    assert (late.status_code, late["Content-Type"]) == (412, "application/problem+json")
    assert "Read it again" in late.json()["detail"]
    again = client.patch("/api/v1/users/bob/", {"gender": "male"}, headers={"if-match": first["ETag"]})
    assert again.status_code == 200
    assert client.get("/api/v1/users/bob/")["ETag"] == again["ETag"]


def test_the_state_of_a_group_has_its_students_in_it(alice, dina, bob):
    client = rest_client(alice)
    address = f"/api/v1/groups/{client.post('/api/v1/groups/', {'name': 'Croquet'}).json()['id']}/"
    tag = client.get(address)["ETag"]
    joined = client.patch(address, {"students": ["dina"]})
    assert (joined.status_code, joined["ETag"] != tag) == (200, True)
    for wish in ({"name": "Cricket"}, {"students": []}):
        assert client.patch(address, wish, headers={"if-match": tag}).status_code == 412
    assert client.delete(address, headers={"if-match": tag}).status_code == 412
    assert client.patch(address, {"name": "Cricket"}).json()["students"] == ["dina"]
