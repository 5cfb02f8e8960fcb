"""`fields=`: lists and objects with the fields that the reader wants."""

import pytest

from accounts.models import User
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db


def test_a_list_and_an_object_are_returned_with_the_chosen_fields(alice: User, bob: User) -> None:
    client = rest_client(alice)
    listed = client.get("/api/v1/users/?fields=user_id,role&page_size=1").json()
    assert listed["results"] == [{"user_id": "bob", "role": "teacher"}]
    assert "fields=user_id" in listed["next"]
    assert client.get("/api/v1/users/bob/?fields=role").json() == {"role": "teacher"}
    assert len(client.get("/api/v1/users/bob/?fields=").json()) > 5


def test_an_unknown_field_is_refused_with_those_that_there_are(alice: User) -> None:
    answer = rest_client(alice).get("/api/v1/users/alice/?fields=user_id,password")
    assert answer.status_code == 400
    assert "nickname" in answer.json()["errors"]["fields"][0]


def test_a_chosen_field_is_masked_as_ever(alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(phone_no="13812345678")
    assert rest_client(alice).get("/api/v1/users/bob/?fields=phone_no").json() == {"phone_no": "138****5678"}
