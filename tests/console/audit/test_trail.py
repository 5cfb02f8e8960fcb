import io
import uuid
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.audit.personal_data import erase_person_keys, make_unsealer
from console.audit.trail import diff_snapshots, record, record_for_each, snapshot
from console.vault.secret import Secret
from tests.support.page_client import client_for

CANARY = "wonderland-0451-canary"


def test_an_entry_says_who_did_what_to_whom(alice: User, bob: User) -> None:
    record(
        "person.change", bob, by=alice, before={"nickname": "Bob"}, after={"nickname": "Rob"}, reason="asked"
    )
    entry = AuditEntry.objects.get()
    assert (entry.enterprise, entry.actor, entry.actor_label) == (alice.enterprise, alice, alice.login)
    opened = make_unsealer([entry.object_label, entry.before, entry.after])
    assert (entry.object_type, entry.object_id) == ("accounts.user", str(bob.pk))
    assert opened(entry.object_label) == "Bob"
    assert (opened(entry.before), opened(entry.after)) == ({"nickname": "Bob"}, {"nickname": "Rob"})
    assert entry.reason == "asked"
    assert entry.request_id == ""


def test_entries_about_many_people_are_like_those_about_each(alice: User, bob: User) -> None:
    record("person.mail", bob, by=alice, after={"nickname": "Rob"}, reason="asked")
    erase_person_keys(alice.pk)
    with CaptureQueriesContext(connection) as asked:
        record_for_each("person.mail", [alice, bob], by=alice, after={"nickname": "Rob"}, reason="asked")
    assert len(asked) == 2, "the keys and the entries"
    first, about_alice, about_bob = AuditEntry.objects.order_by("id")
    for name in ("enterprise", "actor", "actor_label", "action", "object_type", "reason", "looks"):
        assert getattr(about_bob, name) == getattr(first, name)
    opened = make_unsealer([about_bob.object_label, about_bob.after])
    assert (opened(about_bob.object_label), opened(about_bob.after)) == ("Bob", {"nickname": "Rob"})
    assert (about_bob.object_id, about_alice.object_id) == (str(bob.pk), str(alice.pk))
    assert about_alice.object_label == f"p1.{alice.pk}.", "nothing is kept about the erased"


def test_outside_a_request_the_system_is_the_actor(school: Enterprise) -> None:
    entry = record("school.pull", school, by=None)
    assert (entry.actor, entry.actor_label, entry.enterprise) == (None, "system", school)


def test_what_an_operator_does_stands_in_the_school_it_was_done_to(
    olga: User, school: Enterprise, bob: User
) -> None:
    assert record("school.change", school, by=olga).enterprise == school
    assert record("person.change", bob, by=olga).enterprise == school
    assert record("operator.look", by=olga, enterprise=school).enterprise == school
    assert record("operator.sign_in", by=olga).enterprise is None


def test_the_entry_falls_with_the_act(alice: User, bob: User) -> None:
    with transaction.atomic():
        record("person.change", bob, by=alice)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_no_secret_is_written_in_any_form(school: Enterprise, alice: User) -> None:
    before = snapshot(school)
    school.tic_key = CANARY
    school.secret_key = CANARY
    school.save(update_fields=["tic_key", "secret_key"])
    was, now = diff_snapshots(before, snapshot(school))
    values = Enterprise.objects.filter(pk=school.pk).values("tic_key").get()
    record("school.change", school, by=alice, before=was, after={**now, "list": [Secret(CANARY), values]})
    with connection.cursor() as cursor:
        cursor.execute("select audit_auditentry::text from audit_auditentry")
        row = cursor.fetchone()[0]
    assert CANARY not in row
    assert values["tic_key"] not in row
    entry = AuditEntry.objects.get()
    assert entry.before == {"tic_key": "changed", "secret_key": None}
    assert entry.after == {
        "tic_key": "changed",
        "secret_key": "changed",
        "list": ["changed", {"tic_key": "changed"}],
    }


def test_changes_are_only_what_differs(bob: User) -> None:
    before = snapshot(bob, ("nickname", "role", "enterprise"))
    assert before == {"nickname": "Bob", "role": "teacher", "enterprise": bob.enterprise_id}
    bob.nickname = "Rob"
    assert diff_snapshots(before, snapshot(bob, ("nickname", "role"))) == (
        {"nickname": "Bob", "enterprise": bob.enterprise_id},
        {"nickname": "Rob"},
    )


def test_moments_ids_and_rows_are_written_as_text_and_numbers(alice: User, bob: User) -> None:
    seal = uuid.uuid4()
    record(
        "x", by=alice, after={"at": datetime(2026, 5, 3, tzinfo=UTC), "seal": seal, "who": bob, "set": {1}}
    )
    assert AuditEntry.objects.get().after == {
        "at": "2026-05-03T00:00:00Z",
        "seal": str(seal),
        "who": bob.pk,
        "set": [1],
    }


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_auditentry set reason = 'another'",
        "delete from audit_auditentry",
        "truncate audit_auditentry cascade",
        "truncate accounts_enterprise cascade",
    ],
)
def test_the_database_refuses_to_change_or_lose_an_entry(alice: User, bob: User, statement: str) -> None:
    record("person.change", bob, by=alice)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        # The tests' own clean-up empties tables, so their database begins with this trigger asleep.
        cursor.execute("alter table audit_auditentry enable trigger audit_entries_kept")
        with pytest.raises(DatabaseError, match="kept as they were written"), transaction.atomic():
            cursor.execute(statement)
    assert AuditEntry.objects.get().reason == ""


def test_the_orm_cannot_either(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice)
    entry.reason = "another"
    for act in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_request_leaves_its_number_and_the_address_it_came_from(alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(phone_no="13812345678")
    answer = client_for(alice).post(
        f"/people/{bob.pk}/contacts/", {"reason": "parents"}, REMOTE_ADDR="192.0.2.7"
    )
    entry = AuditEntry.objects.get(action="person.reveal")
    assert (entry.request_id, entry.address, entry.reason) == (answer["X-Request-ID"], "192.0.2.7", "parents")
    assert list(entry.seen.values_list("person", "fields")) == [(bob.pk, ["phone_no"])]


def test_a_token_for_rest_is_on_record_and_the_token_is_not(alice: User) -> None:
    told = io.StringIO()
    call_command("apitoken", alice.login, name="timetable", stdout=told)
    entry = AuditEntry.objects.get(action="person.api_token")
    assert (entry.object_id, entry.after) == (
        str(alice.pk),
        {"name": "timetable", "scopes": ["all:write"], "days": 90},
    )
    assert told.getvalue().strip() not in str(list(AuditEntry.objects.values()))
