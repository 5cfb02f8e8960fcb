"""Linking entries, checkpoints outside of the database, and what the verifier says of each kind of damage."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from accounts.models import Enterprise, User
from console.audit import chain as chains
from console.audit import checkpoints
from console.audit.models import AuditEntry, ChainLink, UnlinkedEntry
from console.audit.trail import record, record_data_access
from console.audit.verification import verify_chain
from tests.faults.arming import InjectedFailure, arm_point


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "checkpoints"
    return settings.AUDIT_CHECKPOINT_DIR


@contextmanager
def unguarded() -> Iterator[Any]:
    """As somebody who may do everything in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = origin")


def some(alice: User, bob: User, number: int = 5) -> list[AuditEntry]:
    entries = [record("person.change", bob, by=alice, reason=str(one)) for one in range(number)]
    chains.link_waiting_entries()
    return entries


def kinds(chain: int) -> list[tuple[str, int]]:
    return [(one.kind, one.entry) for one in verify_chain(chain).findings]


def test_each_school_has_a_chain_of_its_own_and_operators_theirs(
    alice: User, bob: User, charlie: User, olga: User
) -> None:
    for by, thing in ((alice, bob), (charlie, charlie), (alice, bob), (olga, None)):
        record("person.change", thing, by=by)
    assert UnlinkedEntry.objects.count() == 4
    assert chains.link_waiting_entries() == 4
    assert list(ChainLink.objects.order_by("chain", "number").values_list("chain", "number")) == [
        (0, 1),
        (alice.enterprise_id, 1),
        (alice.enterprise_id, 2),
        (charlie.enterprise_id, 1),
    ]
    assert not UnlinkedEntry.objects.exists()
    assert all(verify_chain(chain).holds for chain in chains.chain_ids())


def test_batches_continue_each_other(alice: User, bob: User) -> None:
    for number in range(7):
        record("person.change", bob, by=alice, reason=str(number))
    assert chains.link_waiting_entries(batch=3) == 7
    verdict = verify_chain(alice.enterprise_id)
    assert (verdict.length, verdict.holds) == (7, True)


def test_a_process_that_dies_while_linking_leaves_nothing_half_done(alice: User, bob: User) -> None:
    record("person.change", bob, by=alice)
    with arm_point("audit.linked", "raise"), pytest.raises(InjectedFailure), transaction.atomic():
        chains.link_waiting_entries()
    assert not ChainLink.objects.exists()
    assert chains.link_waiting_entries() == 1
    assert verify_chain(alice.enterprise_id).holds


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_give_no_number_twice(alice: User, bob: User) -> None:
    for number in range(30):
        record("person.change", bob, by=alice, reason=str(number))

    def work() -> None:
        try:
            chains.link_waiting_entries(batch=4)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chains.link_waiting_entries()
    verdict = verify_chain(alice.enterprise_id)
    assert (verdict.length, verdict.holds) == (30, True)


@pytest.mark.parametrize("table", ["audit_link", "audit_seen"])
@pytest.mark.parametrize("act", ["UPDATE {} SET entry_id = entry_id", "DELETE FROM {}"])
def test_links_and_looks_are_kept_like_entries(alice: User, bob: User, table: str, act: str) -> None:
    record_data_access("person.reveal", [bob], ["phone_no"], by=alice)
    chains.link_waiting_entries()
    with pytest.raises(DatabaseError, match="kept as they were written"), transaction.atomic():
        connection.cursor().execute(act.format(table))


def test_the_verifier_names_the_entry_that_was_altered(alice: User, bob: User) -> None:
    entries = some(alice, bob)
    with unguarded() as cursor:
        cursor.execute("UPDATE audit_auditentry SET reason = 'x' WHERE id = %s", [entries[2].pk])
    assert kinds(alice.enterprise_id) == [("altered", entries[2].pk)]


def test_it_names_the_one_that_is_missing(alice: User, bob: User) -> None:
    entries = some(alice, bob)
    with transaction.atomic():
        with unguarded() as cursor:
            cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [entries[2].pk])
        assert kinds(alice.enterprise_id) == [("missing", entries[2].pk)]
        transaction.set_rollback(True)


def test_it_names_the_one_that_was_put_in(alice: User, bob: User) -> None:
    some(alice, bob)
    with unguarded():
        forged = AuditEntry.objects.create(action="person.change", enterprise=alice.enterprise)
    assert kinds(alice.enterprise_id) == [("inserted", forged.pk)]


def test_it_names_those_that_changed_places(alice: User, bob: User) -> None:
    entries = some(alice, bob)
    first, second = (ChainLink.objects.get(entry=entries[one]) for one in (1, 3))
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_link WHERE entry_id IN (%s, %s)", [first.entry_id, second.entry_id])
        for link, number in ((first, second.number), (second, first.number)):
            ChainLink.objects.create(
                entry_id=link.entry_id, chain=link.chain, number=number, digest=link.digest
            )
    found = kinds(alice.enterprise_id)
    assert ("reordered", entries[1].pk) in found
    assert ("reordered", entries[3].pk) in found


def test_it_names_the_one_that_now_says_another_school(
    alice: User, bob: User, other_school: Enterprise
) -> None:
    entries = some(alice, bob)
    with unguarded() as cursor:
        cursor.execute(
            "UPDATE audit_auditentry SET enterprise_id = %s WHERE id = %s", [other_school.pk, entries[0].pk]
        )
    assert kinds(alice.enterprise_id) == [("moved", entries[0].pk)]
    assert kinds(other_school.pk) == []


def test_it_sees_that_the_end_was_cut_by_the_checkpoint(alice: User, bob: User) -> None:
    entries = some(alice, bob)
    checkpoints.write_checkpoints()
    with unguarded() as cursor:
        for table, column in (("audit_link", "entry_id"), ("audit_auditentry", "id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [entries[4].pk])
    (finding,) = verify_chain(alice.enterprise_id).findings
    assert finding.kind == "cut"
    assert "has 4 links, but had 5" in finding.words


def test_it_sees_that_the_list_of_who_was_seen_was_changed(alice: User, bob: User) -> None:
    entry = record_data_access("person.export", [alice, bob], ["phone_no"], by=alice)
    chains.link_waiting_entries()
    assert verify_chain(alice.enterprise_id).holds
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_seen WHERE person_id = %s", [bob.pk])
    assert kinds(alice.enterprise_id) == [("altered", entry.pk)]


def test_an_entry_that_goes_before_it_is_linked_is_missed(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice)
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [entry.pk])
    assert kinds(alice.enterprise_id) == [("missing", entry.pk)]


def test_a_checkpoint_is_signed_covers_the_last_and_is_written_only_of_news(
    alice: User, bob: User, folder: Path
) -> None:
    some(alice, bob)
    assert checkpoints.write_checkpoints() == 1
    assert checkpoints.write_checkpoints() == 0
    some(alice, bob)
    checkpoints.write_checkpoints()
    path = checkpoints.checkpoint_path(alice.enterprise_id)
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert (first["length"], second["length"], first["before"]) == (5, 10, "")
    assert verify_chain(alice.enterprise_id).holds


@pytest.mark.parametrize("harm", ["length", "signature", "taken out", "rubbish"])
def test_a_forged_checkpoint_is_seen(alice: User, bob: User, harm: str) -> None:
    for _ in range(3):
        some(alice, bob)
        checkpoints.write_checkpoints()
    path = checkpoints.checkpoint_path(alice.enterprise_id)
    lines = path.read_text().splitlines()
    if harm == "length":
        lines[2] = json.dumps({**json.loads(lines[2]), "length": 1})
    elif harm == "signature":
        lines[2] = lines[2].replace('"signature":"', '"signature":"A')
    elif harm == "taken out":
        del lines[1]
    else:
        lines[1] = "{}"
    path.write_text("\n".join(lines) + "\n")
    assert {one.kind for one in verify_chain(alice.enterprise_id).findings} == {"checkpoint"}


def test_checkpoints_outlive_the_key_that_signed_them(alice: User, bob: User, settings: Any) -> None:
    """The old key leaves FIELD_KEYS after a rotation; the next checkpoint vouches for those before it."""
    some(alice, bob)
    checkpoints.write_checkpoints()
    old, new = settings.FIELD_KEYS[0], "bmV3LWZpZWxkLWtleS1vZi0zMi1ieXRlcy1sb25nISE="
    settings.FIELD_KEYS = [new, old]
    some(alice, bob)
    checkpoints.write_checkpoints()
    settings.FIELD_KEYS = [new]
    assert [one.problem for one in checkpoints.read_checkpoints(alice.enterprise_id)] == ["", ""]


def test_the_command_says_where_the_trail_is_broken_and_fails(alice: User, bob: User) -> None:
    entries = some(alice, bob)
    checkpoints.write_checkpoints()
    told = io.StringIO()
    call_command("verify_audit", stdout=told)
    assert f"school {alice.enterprise_id}: 5 links, 1 checkpoints, holds" in told.getvalue()
    with unguarded() as cursor:
        cursor.execute("UPDATE audit_auditentry SET reason = 'x' WHERE id = %s", [entries[1].pk])
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 finding"):
        call_command("verify_audit", enterprise=alice.enterprise_id, stdout=told)
    assert f"altered: entry {entries[1].pk}, number 2" in told.getvalue()


def test_the_pack_can_be_made_from_the_command_line(alice: User, bob: User, tmp_path: Path) -> None:
    some(alice, bob)
    out = tmp_path / "pack.zip"
    call_command("evidence_pack", enterprise=alice.enterprise_id, year=2026, out=out, stdout=io.StringIO())
    assert out.read_bytes().startswith(b"PK")
    with pytest.raises(CommandError, match="no school"):
        call_command("evidence_pack", enterprise=0, year=2026, out=out)
