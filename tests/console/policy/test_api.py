import pytest
from rest_framework.test import APIClient

from accounts.models import Enterprise, Role, User
from tests.support.cast import create_person
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.urls("tests.console.policy.urls")


def of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_a_list_holds_the_rows_of_the_own_school(alice: User, bob: User, charlie: User) -> None:
    rows = of(alice).get("/api/people/").data["results"]
    assert [row["user_id"] for row in rows] == ["bob", "alice"]


def test_pages_are_of_50_newest_first_and_never_above_200(school: Enterprise, alice: User) -> None:
    User.objects.bulk_create(
        User(enterprise=school, user_id=f"u{n:03}", login=f"u{n:03}", role=Role.STUDENT) for n in range(205)
    )
    first = of(alice).get("/api/people/").data
    assert len(first["results"]) == 50
    assert first["results"][0]["user_id"] == "u204"
    second = of(alice).get(first["next"]).data
    assert second["results"][0]["user_id"] == "u154"
    assert len(of(alice).get("/api/people/?page_size=1000").data["results"]) == 200


def test_the_row_of_another_school_does_not_exist(alice: User, charlie: User) -> None:
    for method in ("get", "patch", "delete"):
        assert getattr(of(charlie), method)(f"/api/people/{alice.pk}/").status_code in (403, 404)
    response = of(charlie).get(f"/api/people/{alice.pk}/")
    assert response.status_code == 404
    unknown = of(charlie).get("/api/people/99999999/")
    assert unknown.data == response.data | {"request_id": unknown.data["request_id"]}


def test_a_refused_row_of_the_own_school_says_who_may(alice: User, bob: User) -> None:
    assert of(bob).get(f"/api/people/{bob.pk}/").status_code == 200
    response = of(bob).get(f"/api/people/{alice.pk}/")
    assert response.status_code == 403
    assert len(response.data["detail"]) > 20
    assert of(bob).get("/api/people/").status_code == 403
    assert of(bob).patch(f"/api/people/{bob.pk}/", {"nickname": "King"}).status_code == 403
    assert of(alice).delete(f"/api/people/{bob.pk}/").status_code == 403


def test_an_act_is_judged_by_its_own_name(alice: User, bob: User) -> None:
    assert of(alice).post(f"/api/people/{bob.pk}/renew/").data == {"renewed": "bob"}
    assert of(bob).post(f"/api/people/{bob.pk}/renew/").status_code == 403


def test_strangers_and_unknown_methods_get_their_own_answers(alice: User) -> None:
    assert APIClient().get("/api/people/").status_code == 401
    assert of(alice).put("/api/people/").status_code == 405


def test_contacts_are_masked_in_answers_but_not_to_whom_they_belong(alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(phone_no="13812345678", e_mail="bob@example.com")
    seen = of(alice).get(f"/api/people/{bob.pk}/").data
    assert (seen["phone_no"], seen["e_mail"]) == ("138****5678", "b***@example.com")
    listed = of(alice).get("/api/people/").data["results"][0]
    assert listed["phone_no"] == "138****5678"
    assert of(bob).get(f"/api/people/{bob.pk}/").data["phone_no"] == "13812345678"
    changed = of(alice).patch(f"/api/people/{bob.pk}/", {"nickname": "Rob"}, format="json")
    assert changed.data["phone_no"] == "13812345678"


def test_what_a_service_finds_wrong_is_said_at_the_field(alice: User, school: Enterprise) -> None:
    other = create_person(school, "dora", Role.STUDENT)
    response = of(alice).patch(f"/api/people/{other.pk}/", {"user_id": "alice"}, format="json")
    assert response.status_code == 400
    assert response.data


def test_a_long_list_costs_no_more_queries_than_a_short_one(
    alice: User, school: Enterprise, django_assert_num_queries
) -> None:
    for number in range(20):
        create_person(school, f"u{number}", Role.STUDENT)
    with django_assert_num_queries(1):
        of(alice).get("/api/people/")


def test_what_an_address_takes_is_told_to_those_who_may_use_it(alice: User, bob: User) -> None:
    assert rest_client(alice).options("/api/v1/groups/").status_code == 200
    assert rest_client(bob).options("/api/v1/groups/").status_code == 403


def test_who_asks_too_often_is_told_when_to_come_back_and_nobody_else_is_held(
    alice: User, charlie: User, settings
) -> None:
    settings.REST_REQUESTS_A_MINUTE = 3
    hurried = of(alice)
    assert [hurried.get("/api/people/").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = of(alice).get("/api/people/", HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert answer.status_code == 429, "however the same person comes in"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "限" in answer.json()["detail"]
    assert of(charlie).get("/api/people/").status_code == 200
    settings.REST_REQUESTS_A_MINUTE = 0
    assert hurried.get("/api/people/").status_code == 200
