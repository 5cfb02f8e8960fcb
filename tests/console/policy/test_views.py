import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.models import Enterprise, Role, User
from tests.support.cast import create_person

pytestmark = pytest.mark.urls("tests.console.policy.urls")


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_stranger_is_sent_to_the_sign_in_page_and_back(db: None) -> None:
    response = Client().get("/people/?page=2")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/people/%3Fpage%3D2"


def test_a_deactivated_person_is_a_stranger(alice: User) -> None:
    client = of(alice)
    get_user_model().objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/start/").status_code == 302


def test_a_list_holds_the_own_school_alone(alice: User, bob: User, charlie: User) -> None:
    assert of(alice).get("/people/").content == b"alice bob"
    assert of(charlie).get("/people/").content == b"charlie"


def test_a_list_is_paged_by_fifty(alice: User, school: Enterprise) -> None:
    User.objects.bulk_create(
        User(enterprise=school, user_id=f"u{n:02}", login=f"u{n:02}", role=Role.STUDENT) for n in range(55)
    )
    assert len(of(alice).get("/people/").content.split()) == 50
    assert len(of(alice).get("/people/?page=2").content.split()) == 6


def test_another_schools_row_does_not_exist(alice: User, charlie: User) -> None:
    for address in (f"/people/{alice.pk}/", f"/people/{alice.pk}/edit/", "/people/99999999/"):
        assert of(charlie).get(address).status_code == 404
    assert of(charlie).post("/people/alice/renew/").status_code == 404


def test_a_row_that_the_reader_may_not_touch_is_refused_with_a_reason(alice: User, bob: User) -> None:
    assert of(bob).get(f"/people/{bob.pk}/").content == b"bob"
    for address in (f"/people/{alice.pk}/", f"/people/{bob.pk}/edit/", "/people/"):
        response = of(bob).get(address)
        assert response.status_code == 403
        assert "<html" in response.content.decode()
    assert of(alice).get(f"/people/{bob.pk}/edit/").content == b"bob"
    assert of(alice).post("/people/bob/renew/").content == b"bob"


def test_an_operator_sees_no_people(olga: User, alice: User) -> None:
    assert of(olga).get("/people/").status_code == 403
    assert of(olga).get(f"/people/{alice.pk}/").status_code == 403


def test_a_big_list_is_walked_without_losing_or_repeating_a_row(school: Enterprise, alice: User) -> None:
    roles = [Role.STUDENT, Role.TEACHER, Role.ASSISTANT]
    expected = {"alice"} | {create_person(school, f"u{n}", roles[n % 3]).user_id for n in range(10)}
    client, seen, after = of(alice), [], ""
    for _ in range(4):
        rows, _, after = client.get("/keyset/", {"after": after}).content.decode().partition("|")
        seen += rows.split()
    assert after == ""
    assert sorted(seen) == sorted(expected)


@pytest.mark.parametrize("after", ["x", "é", "bnVsbA==", "W10=", "WzEsMiwzXQ==", "WyJzdHVkZW50IiwieCJd"])
def test_a_damaged_place_in_a_list_is_a_page_that_does_not_exist(alice: User, after: str) -> None:
    assert of(alice).get("/keyset/", {"after": after}).status_code == 404
