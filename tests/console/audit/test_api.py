"""The trail in REST: read by those who may, in the own school, written by nobody."""

import pytest

from accounts.models import Enterprise, Role, User
from accounts.school.services import use_own_callback
from console.audit.models import AuditEntry
from console.audit.trail import record
from tests.support.cast import create_person
from tests.support.page_client import client_for
from tests.support.rest_client import all_rows, rest_client


@pytest.fixture
def quinn(school: Enterprise) -> User:
    return create_person(school, "quinn", Role.SUPERADMIN)


def test_an_administrator_reads_the_trail(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice, before={"phone_no": "13812345678"}, after={"phone_no": ""})
    (row,) = [row for row in all_rows(rest_client(alice), "audit/") if row["id"] == entry.pk]
    assert row["words"]
    assert row["thing"] == {"type": "accounts.user", "id": str(bob.pk), "label": "Bob"}
    assert row["before"] == {"phone_no": "138****5678"}
    assert rest_client(alice).get(f"/api/v1/audit/{entry.pk}/").json() == row


def test_it_is_narrowed_by_act(alice: User, bob: User) -> None:
    record("person.change", bob, by=alice)
    started = record("lesson.start", by=alice)
    assert [row["id"] for row in all_rows(rest_client(alice), "audit/?action=lesson.start")] == [started.pk]


def test_another_school_and_a_teacher_read_nothing(alice: User, bob: User, charlie: User) -> None:
    entry = record("person.change", bob, by=alice)
    assert rest_client(charlie).get(f"/api/v1/audit/{entry.pk}/").status_code == 404
    assert entry.pk not in [row["id"] for row in all_rows(rest_client(charlie), "audit/")]
    assert rest_client(bob).get("/api/v1/audit/").status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_it(alice: User, bob: User, method: str) -> None:
    entry = record("person.change", bob, by=alice)
    assert getattr(rest_client(alice), method)(f"/api/v1/audit/{entry.pk}/", {}).status_code == 405


def test_a_moment_of_a_far_zone_is_one_like_any_other_and_nonsense_is_said(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice)
    far = all_rows(rest_client(alice), "audit/?since=2020-01-01T00:00:00%2B23:59")
    assert entry.pk in [row["id"] for row in far]
    for beyond in ("0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "yesterday"):
        assert set(rest_client(alice).get(f"/api/v1/audit/?since={beyond}").json()["errors"]) == {"since"}


def test_the_token_of_a_callback_address_stands_in_no_entry(quinn: User, school: Enterprise) -> None:
    school.refresh_from_db()
    address, token = school.own_callback_url, school.callback_token
    use_own_callback(school=school, by=quinn)
    nested = {"observed": {"urls": [address]}, "callback_token": token}
    record("school.pull", school, by=quinn, before={"call_back_url": address}, after=nested)
    assert token not in str(list(AuditEntry.objects.values("before", "after")))
    stored = str(AuditEntry.objects.filter(action="school.change").values_list("after", flat=True)[0])
    assert "/callbacks/iclass/***/" in stored


def test_an_entry_of_before_that_holds_the_token_shows_it_nowhere(quinn: User, school: Enterprise) -> None:
    address, token = school.own_callback_url, school.callback_token
    entry = AuditEntry.objects.create(
        enterprise=school,
        actor=quinn,
        action="school.change",
        object_type="accounts.enterprise",
        object_id=str(school.pk),
        after={"call_back_url": address},
    )
    page = client_for(quinn)
    for answer in (
        rest_client(quinn).get(f"/api/v1/audit/{entry.pk}/"),
        rest_client(quinn).get("/api/v1/audit/"),
        page.get(f"/audit/{entry.pk}/"),
        page.get("/audit/entries.csv"),
        page.get(f"/admin/audit/auditentry/{entry.pk}/change/"),
    ):
        assert answer.status_code == 200
        told = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert token not in told.decode()
        assert "/callbacks/iclass/***/" in told.decode()
