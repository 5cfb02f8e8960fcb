"""Zips that are broken at random: each is refused with a sentence or imported whole. Never more, never half.

ROSTER_MUTATIONS=2000 runs the full number.
"""

import os
import random
from itertools import islice

import pytest
from django.core.exceptions import ValidationError

from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.models import PeopleImport, RosterRow, SourcedId, StudentGroup, User
from classes.models import Term
from console.imports import services
from tests.accounts.imports.one_roster.roster_files import csv_text, manifest, raw_zip, school

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3_600)]

MUTATIONS = int(os.environ.get("ROSTER_MUTATIONS", "12"))
ODD_VALUES = (
    "",
    "\x00",
    "é" * 300,
    "'; drop table x; --",
    "=1+1",
    "u-li",
    "k-home",
    "2026-13-45",
    "ｔrue",
    "\u202e",
)


def mutated(seed: int) -> bytes:
    """A zip with one to four faults: in bytes, files, headings, lines or cells."""
    chance = random.Random(seed)
    version = chance.choice(["1.1", "1.2"])
    records = school(version)
    for _ in range(chance.randint(0, 3)):
        name = chance.choice(list(records))
        rows = records[name]
        if not rows:
            continue
        row = chance.choice(rows)
        match chance.randrange(4):
            case 0:
                row[chance.choice(list(row))] = chance.choice(ODD_VALUES)
            case 1:
                rows.remove(row)
            case 2:
                rows.append(dict(row))
            case 3:
                rows.append({column: chance.choice(ODD_VALUES) for column in row})
    files = {"manifest.csv": csv_text("manifest.csv", manifest(records, version))}
    files |= {name: csv_text(name, rows).encode() for name, rows in records.items()}
    if chance.random() < 0.3:
        name = chance.choice(list(files))
        match chance.randrange(3):
            case 0:
                del files[name]
            case 1:
                text = bytes(files[name], "utf-8") if isinstance(files[name], str) else files[name]
                files[name] = text[: chance.randrange(len(text) + 1)]
            case 2:
                files[name] = bytes(islice(iter(lambda: chance.randrange(256), -1), 500))
    content = bytearray(raw_zip(files).getvalue())
    if chance.random() < 0.4:
        for _ in range(chance.randint(1, 5)):
            content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content[: chance.randrange(len(content))] if chance.random() < 0.1 else content)


def state(school_pk: int) -> tuple[int, ...]:
    return (
        User.objects.filter(enterprise=school_pk).count(),
        StudentGroup.objects.filter(enterprise=school_pk).count(),
        Term.objects.filter(enterprise=school_pk).count(),
        SourcedId.objects.filter(enterprise=school_pk).count(),
        PeopleImport.objects.count() + RosterRow.objects.count(),
    )


def test_a_broken_zip_is_refused_or_imported_whole(alice, tmp_path):
    outcomes = {"refused": 0, "imported": 0}
    for seed in range(MUTATIONS):
        before = state(alice.enterprise_id)
        path = tmp_path / "roster.zip"
        path.write_bytes(mutated(seed))
        try:
            with path.open("rb") as file:
                source, sentences = ROSTER_IMPORT.create_import(file=file, filename="x.zip", by=alice), []
        except ValidationError as error:
            source, sentences = None, error.messages
        if source is None:
            assert all(len(sentence) > 20 for sentence in sentences), seed
            assert state(alice.enterprise_id) == before, seed
            outcomes["refused"] += 1
            continue
        services.check_import(ROSTER_IMPORT, source)
        source = services.apply_import(ROSTER_IMPORT, source=source, by=alice)
        assert (
            source.lines.exclude(outcome="refused").filter(person=None).exclude(outcome="unchanged").count()
            == 0
        )
        refused = source.lines.filter(outcome="refused"), source.roster_rows.filter(outcome="refused")
        assert all(one.refusal_message for rows in refused for one in rows), seed
        outcomes["imported"] += 1
    print(f"\n{MUTATIONS} mutated zips: {outcomes}")
    assert all(outcomes.values())
