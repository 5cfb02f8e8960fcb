"""The rights switches in REST: read and changed by administrators, in force with the next request."""

import pytest

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.policy import may
from console.policy.switches import SWITCH_COLUMNS
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
PATH = "/api/v1/rights/"


def test_a_switch_is_changed_and_acts_at_once(alice: User, bob: User, school: Enterprise) -> None:
    client = rest_client(alice)
    before = client.get(PATH)
    assert list(before.json()) == list(SWITCH_COLUMNS)
    assert before.json()["teachers_schedule"] is False
    assert not may(User.objects.get(pk=bob.pk), "add", "lesson")
    answer = client.patch(PATH, {"teachers_schedule": True, "correct_within_days": 7}, format="json")
    assert (answer.status_code, answer.json()["correct_within_days"]) == (200, 7)
    assert may(User.objects.get(pk=bob.pk), "add", "lesson")
    entry = AuditEntry.objects.filter(action="school.change").latest("pk")
    assert entry.after == {"teachers_schedule": True, "correct_within_days": 7}


def test_an_outdated_state_is_refused(alice: User, school: Enterprise) -> None:
    client = rest_client(alice)
    tag = client.get(PATH)["ETag"]
    first = client.patch(PATH, {"assistants_close": False}, headers={"If-Match": tag}, format="json")
    assert (first.status_code, first["ETag"] != tag) == (200, True)
    second = client.patch(PATH, {"assistants_close": True}, headers={"If-Match": tag}, format="json")
    assert second.status_code == 412
    school.refresh_from_db()
    assert school.assistants_close is False


def test_other_columns_of_the_school_and_wrong_values_change_nothing(alice: User, school: Enterprise) -> None:
    client = rest_client(alice)
    assert client.patch(PATH, {"name": "Looking-glass"}, format="json").status_code == 200
    refused = client.patch(PATH, {"correct_within_days": -1}, format="json")
    assert list(refused.json()["errors"]) == ["correct_within_days"]
    school.refresh_from_db()
    assert (school.name, school.correct_within_days) == ("Wonderland", None)


def test_each_administrator_reaches_the_own_school_and_teachers_none(
    alice: User, bob: User, charlie: User, school: Enterprise
) -> None:
    assert rest_client(bob).get(PATH).status_code == 403
    assert rest_client(bob).patch(PATH, {"teachers_schedule": True}, format="json").status_code == 403
    rest_client(charlie).patch(PATH, {"teachers_schedule": True}, format="json")
    assert rest_client(charlie).get(PATH).status_code in (200, 403)
    school.refresh_from_db()
    assert school.teachers_schedule is False
