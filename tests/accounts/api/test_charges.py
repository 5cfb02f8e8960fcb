"""REST of the teachers in charge of groups."""

import pytest

from accounts.models import Enterprise, StudentGroup, TeacherInCharge, User
from tests.support.charges import put_in_charge
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
PATH = "/api/v1/charges/"


@pytest.fixture
def hatters(school: Enterprise) -> StudentGroup:
    return StudentGroup.objects.create(enterprise=school, name="Hatters")


def test_a_deputy_is_added_changed_and_ended(alice: User, bob: User, hatters: StudentGroup) -> None:
    client = rest_client(alice)
    fields = {"group": hatters.pk, "teacher": "bob", "duty": "deputy", "starts_on": "2026-01-05"}
    made = client.post(PATH, fields).json()
    assert made == made | fields | {"ends_on": None, "created_by": "alice"}
    address = f"{PATH}{made['id']}/"
    assert client.patch(address, {"ends_on": "2026-01-01"}).status_code == 400
    changed = client.patch(address, {"ends_on": "2099-01-01", "group": hatters.pk + 1})
    assert changed.status_code in (200, 400)
    assert client.patch(address, {"ends_on": "2099-01-01"}).json()["ends_on"] == "2099-01-01"
    twice = client.post(PATH, fields)
    assert (twice.status_code, list(twice.json()["errors"])) == (400, ["teacher"])
    listed = client.get(f"{PATH}?group={hatters.pk}").json()["results"]
    assert [one["teacher"] for one in listed] == ["bob"]
    assert client.post(f"{address}end/").status_code == 204
    assert TeacherInCharge.objects.get().ends_on is not None
    assert client.delete(address).status_code == 405


def test_a_stale_entity_tag_is_refused(alice: User, bob: User, hatters: StudentGroup) -> None:
    client, charge = rest_client(alice), put_in_charge(hatters, bob)
    tag = client.get(f"{PATH}{charge.pk}/")["ETag"]
    client.patch(f"{PATH}{charge.pk}/", {"ends_on": "2099-01-01"})
    late = client.patch(f"{PATH}{charge.pk}/", {"duty": "deputy"}, headers={"if-match": tag})
    assert late.status_code == 412


def test_teachers_see_their_own_entries_and_other_schools_none(
    alice: User, bob: User, sue: User, charlie: User, hatters: StudentGroup
) -> None:
    own = put_in_charge(hatters, bob)
    other = put_in_charge(hatters, alice)
    assert [one["id"] for one in rest_client(bob).get(PATH).json()["results"]] == [own.pk]
    assert rest_client(bob).get(f"{PATH}{other.pk}/").status_code == 403
    assert rest_client(bob).post(PATH, {"group": hatters.pk, "teacher": "bob"}).status_code == 403
    assert rest_client(charlie).get(f"{PATH}{own.pk}/").status_code == 404
    answer = rest_client(charlie).post(PATH, {"group": hatters.pk, "teacher": "charlie"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["group"])
