"""`If-Match`: 412 says what changed since the sender read it."""

import pytest

from accounts.models import Role, User
from console.concurrency import changed_names, etag
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db


def test_a_refused_change_says_which_fields_have_which_values_now(alice: User, bob: User) -> None:
    client, page = rest_client(alice), "/api/v1/users/bob/"
    tag = client.get(page).headers["ETag"]
    client.patch(page, {"nickname": "Rob"})
    refused = client.patch(page, {"gender": "male"}, headers={"If-Match": tag})
    assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    assert refused.json()["changed"] == {"nickname": "Rob"}
    unknown = client.patch(page, {"gender": "male"}, headers={"If-Match": '"of another row"'})
    assert (unknown.status_code, unknown.json()["changed"]) == (412, {})


def test_members_of_a_lesson_are_told_as_rest_calls_them(alice: User, bob: User, school) -> None:
    dina = create_person(school, "dina", Role.STUDENT)
    client, page = rest_client(alice), f"/api/v1/lessons/{create_lesson(bob, alice).pk}/"
    tag = client.get(page).headers["ETag"]
    assert client.patch(page, {"members": [dina.user_id]}, format="json").status_code == 200
    refused = client.patch(page, {"topic": "New"}, format="json", headers={"If-Match": tag})
    assert refused.json()["changed"] == {"members": ["dina"]}


def test_the_recording_of_a_lesson_has_a_tag_too(alice: User, bob: User) -> None:
    lesson = create_lesson(bob, alice)
    client, page = rest_client(alice), f"/api/v1/lessons/{lesson.pk}/recording/"
    tag = client.get(page).headers["ETag"]
    first = client.patch(page, {"title": "Monday"}, format="json", headers={"If-Match": tag})
    assert (first.status_code, first.headers["ETag"] != tag) == (200, True)
    second = client.patch(page, {"title": "Tuesday"}, format="json", headers={"If-Match": tag})
    assert (second.status_code, second.json()["changed"]) == (412, {"title": "Monday"})


def test_a_tag_of_other_fields_tells_nothing() -> None:
    seen = {"a": "0" * 16, "b": "1" * 16}
    assert changed_names(etag(seen), {**seen, "b": "2" * 16}) == ["b"]
    assert changed_names(etag(seen), {**seen, "c": "2" * 16}) == []
