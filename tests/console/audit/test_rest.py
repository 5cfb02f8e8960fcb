"""The trail in REST: read by those who may, in the own school, written by nobody."""

import pytest

from accounts.models import User
from console.audit.trail import record
from tests.support.rest import everything, rest


def test_an_administrator_reads_the_trail(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice, before={"phone_no": "13812345678"}, after={"phone_no": ""})
    (row,) = [row for row in everything(rest(alice), "audit/") if row["id"] == entry.pk]
    assert row["words"]
    assert row["thing"] == {"type": "accounts.user", "id": str(bob.pk), "label": "Bob"}
    assert row["before"] == {"phone_no": "138****5678"}
    assert rest(alice).get(f"/api/v1/audit/{entry.pk}/").json() == row


def test_it_is_narrowed_by_act(alice: User, bob: User) -> None:
    record("person.change", bob, by=alice)
    started = record("lesson.start", by=alice)
    assert [row["id"] for row in everything(rest(alice), "audit/?action=lesson.start")] == [started.pk]


def test_another_school_and_a_teacher_read_nothing(alice: User, bob: User, charlie: User) -> None:
    entry = record("person.change", bob, by=alice)
    assert rest(charlie).get(f"/api/v1/audit/{entry.pk}/").status_code == 404
    assert entry.pk not in [row["id"] for row in everything(rest(charlie), "audit/")]
    assert rest(bob).get("/api/v1/audit/").status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_it(alice: User, bob: User, method: str) -> None:
    entry = record("person.change", bob, by=alice)
    assert getattr(rest(alice), method)(f"/api/v1/audit/{entry.pk}/", {}).status_code == 405


def test_a_moment_of_a_far_zone_is_one_like_any_other_and_nonsense_is_said(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice)
    far = everything(rest(alice), "audit/?since=2020-01-01T00:00:00%2B23:59")
    assert entry.pk in [row["id"] for row in far]
    for beyond in ("0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "yesterday"):
        assert set(rest(alice).get(f"/api/v1/audit/?since={beyond}").json()) == {"since"}
