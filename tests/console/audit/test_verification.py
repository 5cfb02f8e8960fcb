"""Tamperings of each kind by somebody who may write the whole database, each found by verifying."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts.models import Enterprise, User
from console.audit import chain as chains
from console.audit import checkpoints
from console.audit.models import AuditEntry, ChainLink
from console.audit.trail import record
from console.audit.verification import verify_chain
from tests.faults.sizes import size

SEED = int(os.environ.get("AUDIT_SEED", "20261124"))
TAMPERINGS = size(full=1000, ci=55)
ROWS = 24


@dataclass
class Forger:
    """Triggers are off, all tables are open; what is missing is the key of the checkpoints."""

    rng: random.Random
    chain: int
    other: int

    def link(self, *, not_last: bool = False) -> ChainLink:
        return ChainLink.objects.get(chain=self.chain, number=self.rng.randint(1, ROWS - not_last))

    def sql(self, statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def edit(self) -> None:
        column = self.rng.choice(["action", "object_id", "object_label", "reason", "actor_label", "address"])
        self.sql(
            f"UPDATE audit_auditentry SET {column} = {column} || 'x' WHERE id = %s", self.link().entry_id
        )

    def edit_moment(self) -> None:
        self.sql(
            "UPDATE audit_auditentry SET at = at + interval '1 microsecond' WHERE id = %s",
            self.link().entry_id,
        )

    def edit_actor(self) -> None:
        self.sql("UPDATE audit_auditentry SET actor_id = NULL WHERE id = %s", self.link().entry_id)

    def change_ciphertext(self) -> None:
        """The last letter of a sealed name, which base64 could spell in another way."""
        pk = self.link().entry_id
        sealed = AuditEntry.objects.get(pk=pk).after["nickname"]
        letter = "A" if sealed[-3] != "A" else "B"
        spoilt = sealed[:-3] + letter + sealed[-2:]
        set_to = "UPDATE audit_auditentry SET after = jsonb_build_object('nickname', %s::text) WHERE id = %s"
        self.sql(set_to, spoilt, pk)

    def delete(self) -> None:
        """The entry, its link, or both; the numbers behind close up or not."""
        link = self.link(not_last=True)
        how = self.rng.choice(["entry", "link", "both", "closed"])
        if how != "entry":
            self.sql("DELETE FROM audit_link WHERE entry_id = %s", link.entry_id)
        if how != "link":
            self.sql("DELETE FROM audit_auditentry WHERE id = %s", link.entry_id)
        if how == "closed":
            self.shift(link.number, -1)

    def insert(self) -> None:
        """An entry that never was: in no chain, at a made up place, or with its chain made anew behind it."""
        link = self.link(not_last=True)
        forged = AuditEntry.objects.get(pk=link.entry_id)
        forged.pk, forged.reason = None, "it was like this"
        forged.save(force_insert=True)
        self.sql("DELETE FROM audit_waiting WHERE entry_id = %s", forged.pk)
        how = self.rng.choice(["loose", "made up", "rehashed"])
        if how == "loose":
            return
        self.shift(link.number, 1)
        ChainLink.objects.create(entry=forged, chain=self.chain, number=link.number + 1, digest=link.digest)
        if how == "rehashed":
            self.rehash_from(link.number + 1)

    def swap(self) -> None:
        """Two neighbours or strangers change numbers, or the entries under two links do."""
        one, two = self.rng.sample(range(1, ROWS + 1), 2)
        first, second = (ChainLink.objects.get(chain=self.chain, number=number) for number in (one, two))
        if self.rng.random() < 0.5:
            first_digest, second_digest = first.digest, second.digest
        else:
            first_digest, second_digest = second.digest, first.digest
        self.sql("DELETE FROM audit_link WHERE entry_id IN (%s, %s)", first.entry_id, second.entry_id)
        ChainLink.objects.create(entry_id=second.entry_id, chain=self.chain, number=one, digest=second_digest)
        ChainLink.objects.create(entry_id=first.entry_id, chain=self.chain, number=two, digest=first_digest)

    def cut_the_tail(self) -> None:
        first = self.rng.randint(2, ROWS)
        gone = list(
            ChainLink.objects.filter(chain=self.chain, number__gte=first).values_list("entry_id", flat=True)
        )
        self.sql("DELETE FROM audit_link WHERE entry_id = ANY(%s)", gone)
        self.sql("DELETE FROM audit_auditentry WHERE id = ANY(%s)", gone)

    def rehash_one(self) -> None:
        link = self.link()
        self.sql("UPDATE audit_auditentry SET reason = 'rewritten' WHERE id = %s", link.entry_id)
        self.rehash_from(link.number, upto=link.number)

    def rehash_all_behind(self) -> None:
        link = self.link()
        self.sql("UPDATE audit_auditentry SET reason = 'rewritten' WHERE id = %s", link.entry_id)
        self.rehash_from(link.number)

    def move(self) -> None:
        """To another school, at times with its link at the end of that one's chain."""
        link = self.link()
        self.sql("UPDATE audit_auditentry SET enterprise_id = %s WHERE id = %s", self.other, link.entry_id)
        if self.rng.random() < 0.5:
            number, _ = chains.head(self.other)
            self.sql(
                "UPDATE audit_link SET chain = %s, number = %s WHERE entry_id = %s",
                *(self.other, number + 1, link.entry_id),
            )

    def shift(self, after: int, by: int) -> None:
        """Past the constraint: it is looked at row by row."""
        self.sql(
            "UPDATE audit_link SET number = number + 1000000 WHERE chain = %s AND number > %s",
            self.chain,
            after,
        )
        self.sql(
            "UPDATE audit_link SET number = number - 1000000 + %s WHERE chain = %s AND number > 1000000",
            *(by, self.chain),
        )

    def rehash_from(self, first: int, upto: int = 10**9) -> None:
        before = ChainLink.objects.filter(chain=self.chain, number=first - 1).first()
        previous = before.digest if before else chains.GENESIS_DIGEST
        behind = ChainLink.objects.filter(chain=self.chain, number__range=(first, upto)).order_by("number")
        for link in behind.select_related("entry"):
            previous = chains.digest(link.entry, self.chain, link.number, previous)
            ChainLink.objects.filter(pk=link.pk).update(digest=previous)


WAYS: tuple[Callable[[Forger], None], ...] = (
    *(Forger.edit, Forger.edit_moment, Forger.edit_actor, Forger.change_ciphertext, Forger.delete),
    *(Forger.insert, Forger.swap, Forger.cut_the_tail, Forger.rehash_one, Forger.rehash_all_behind),
    Forger.move,
)


@pytest.fixture
def chained(alice: User, bob: User, charlie: User, settings: object, tmp_path: Path) -> Forger:
    """A chain of a school with checkpoints on its way and at its end; another school beside it."""
    settings.AUDIT_CHECKPOINT_DIR = tmp_path
    for number in range(ROWS):
        record("person.change", bob, by=alice, before={"nickname": f"Bob {number}"}, after={"nickname": "Bo"})
        if number == ROWS // 2:
            chains.link_waiting_entries()
            checkpoints.write_checkpoints()
    record("person.change", charlie, by=charlie)
    chains.link_waiting_entries()
    checkpoints.write_checkpoints()
    return Forger(random.Random(SEED), alice.enterprise_id, charlie.enterprise_id)


@pytest.mark.faults
@pytest.mark.slow
def test_tamperings_of_each_kind_are_found(chained: Forger, school: Enterprise) -> None:
    assert verify_chain(chained.chain).holds
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    missed, found = [], 0
    for number in range(TAMPERINGS):
        way = WAYS[number % len(WAYS)]
        with transaction.atomic():
            way(chained)
            if verify_chain(chained.chain).holds:
                missed.append((number, way.__name__))
            else:
                found += 1
            transaction.set_rollback(True)
    assert verify_chain(chained.chain).holds
    chained.rehash_all_behind()
    checkpoints.checkpoint_path(chained.chain).unlink()
    assert verify_chain(chained.chain).holds  # so it is the checkpoints that found this one
    print(f"audit: tamperings={TAMPERINGS} found={found} ways={len(WAYS)} seed={SEED}")
    assert missed == []
