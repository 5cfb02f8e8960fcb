"""Guardians in an import: compare, write and undo.

Rows keep only whom they add or change and which fields (`after`, GUARDIANS). The values stay in the cells of
the file until the import is applied; then they are encrypted with the guardian, and the cells emptied. What
was stored before is kept encrypted, for the undo (accounts.models.PeopleImportGuardian).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from accounts.imports.columns import GUARDIAN_COLUMNS, GUARDIAN_FIELDS
from accounts.imports.guardian_cells import (
    GuardianEntry,
    StoredGuardian,
    Values,
    guardian_entries,
    has_guardian_cells,
)
from accounts.imports.row_validation import RowRefusal, RowRefused
from accounts.models import Guardian, PeopleImport, PeopleImportGuardian, PeopleImportRow, User
from accounts.models.roles import Role
from accounts.sign_in.guardians.invitations import revoke_open_invitations
from accounts.sign_in.guardians.services import end_tie_of_another
from console.concurrency import value_digest
from console.imports.columns import values_by_field
from console.imports.import_type import ImportOutdated

BATCH = 1_000
#: Keys of `after`: the guardians that the row adds or changes, and a digest of those it was compared with.
GUARDIANS, BASE = "guardians", "guardians_digest"
SEALED = ("name", "phone_no", "e_mail")


def stored_guardians(people: Collection[int]) -> dict[int, list[StoredGuardian]]:
    """Return the guardians of students, decrypted, in the order in which they were added; one query."""
    found: dict[int, list[StoredGuardian]] = {}
    for row in Guardian.objects.filter(person__in=people).order_by("person_id", "pk"):
        found.setdefault(row.person_id, []).append(StoredGuardian(row.pk, _values(row)))
    return found


def add_entered_guardians(
    values: Mapping[str, str], after: dict[str, Any], stored: list[StoredGuardian]
) -> dict[str, Any]:
    """Return `after` with the guardians that the row enters. Raise RowRefused for a cell that is wrong."""
    if not has_guardian_cells(values):
        return after
    if after["role"] != Role.STUDENT:
        column = next(name for name in GUARDIAN_COLUMNS if values.get(name, "").strip())
        raise RowRefused(RowRefusal(column, "", "guardian_role"))
    entries = guardian_entries(values, stored)
    if not entries:
        return after
    told = [
        {
            "n": one.number,
            "added": one.pk is None,
            "fields": [name for name in one.changed if one.values[name]],
            **({"another": True} if one.names_another else {}),
        }
        for one in entries
    ]
    return {**after, GUARDIANS: told, BASE: _digest_of(stored)}


def write_guardians(source: PeopleImport, by: User | None) -> None:
    """Store the guardians that the import enters, for students who are locked.

    ImportOutdated if the guardians of one of them changed since the check.
    """
    rows = source.lines.filter(outcome__in=("added", "changed"), after__has_key=GUARDIANS)
    for batch in _batches(rows):
        stored = stored_guardians([row.person_id for row in batch if row.person_id])
        entered: list[tuple[PeopleImportRow, GuardianEntry, Values | None]] = []
        for row in batch:
            known = stored.get(row.person_id or 0, [])
            if (row.after or {})[BASE] != _digest_of(known):
                raise ImportOutdated
            before = {one.pk: one.values for one in known}
            values = values_by_field(source.columns, row.cells)
            entered += [(row, entry, before.get(entry.pk or 0)) for entry in guardian_entries(values, known)]
        _write(entered, by)


def _write(entered: list[tuple[PeopleImportRow, GuardianEntry, Values | None]], by: User | None) -> None:
    """Add and change guardians, and keep what the undo needs: what was stored before."""
    present = Guardian.objects.in_bulk([entry.pk for _row, entry, _before in entered if entry.pk])
    written: list[Guardian] = []
    for row, entry, _before in entered:
        guardian = present[entry.pk] if entry.pk else _new_guardian(row)
        _assign(guardian, entry.values)
        guardian.seal()
        written.append(guardian)
    Guardian.objects.bulk_create([one for one in written if one.pk is None])
    if changed := [one for one in written if one.pk in present]:
        Guardian.objects.bulk_update(changed, GUARDIAN_FIELDS)
    moved = {entry.pk for _row, entry, _before in entered if "e_mail" in entry.changed}
    revoke_open_invitations([one for one in changed if one.pk in moved], by=by, reason="e_mail")
    earlier = {entry.pk: before for _row, entry, before in entered if before}
    for one in changed:
        end_tie_of_another(one, earlier[one.pk], by=by)
    PeopleImportGuardian.objects.bulk_create(
        PeopleImportGuardian(
            enterprise_id=row.enterprise_id,
            row=row,
            guardian=guardian,
            before=json.dumps(before, ensure_ascii=False) if before else None,
            digest=_digest(entry.values),
        )
        for (row, entry, before), guardian in zip(entered, written, strict=True)
    )


def _new_guardian(row: PeopleImportRow) -> Guardian:
    assert row.person_id is not None  # every written row has its person by now
    return Guardian(enterprise_id=row.enterprise_id, person_id=row.person_id)


def rows_with_another_guardian(rows: QuerySet[PeopleImportRow]) -> QuerySet[PeopleImportRow]:
    """Return those of the rows that give a known guardian another name and another phone or address."""
    return rows.filter(after__guardians__contains=[{"another": True}])


def count_guardians(rows: Any) -> dict[str, int]:
    """Return how many guardians the rows add and change, for the audit trail."""
    told = [one for found in rows.filter(after__has_key=GUARDIANS).values_list("after", flat=True)
            for one in found[GUARDIANS]]  # fmt: skip
    counts = {
        "guardians_added": sum(one["added"] for one in told),
        "guardians_changed": sum(not one["added"] for one in told),
    }
    return {name: count for name, count in counts.items() if count}


def rows_with_other_guardians(rows: Iterable[PeopleImportRow]) -> set[int]:
    """Return the rows whose guardians are no longer as the import left them, or have an account by now."""
    entered = {row.pk: len((row.after or {})[GUARDIANS]) for row in rows if GUARDIANS in (row.after or {})}
    kept = PeopleImportGuardian.objects.filter(row__in=entered).select_related("guardian")
    as_imported = dict.fromkeys(entered, 0)
    for one in kept:
        has_joined = one.before is None and one.guardian.account_id is not None
        as_imported[one.row_id] += not has_joined and one.digest == _digest(_values(one.guardian))
    return {pk for pk, count in entered.items() if as_imported[pk] != count}


def people_with_other_guardians(rows: Iterable[PeopleImportRow]) -> set[int]:
    """Return the people of the rows who have guardians that the rows did not add."""
    people = {row.person_id: row.pk for row in rows}
    added = PeopleImportGuardian.objects.filter(row__in=people.values(), before__isnull=True)
    others = Guardian.objects.filter(person__in=people).exclude(pk__in=added.values("guardian"))
    return set(others.order_by().values_list("person", flat=True))


def restore_guardians(source: PeopleImport, by: User) -> None:
    """Take back what the rows did to guardians, except rows that are kept."""
    undone = PeopleImportGuardian.objects.filter(
        row__source=source, row__undone__in=("restored", "deactivated", "removed")
    )
    for one in undone.select_related("guardian").order_by("pk").iterator(BATCH):
        if one.before is None:
            one.guardian.delete()
        else:
            before, imported = json.loads(one.before.reveal()), one.guardian.identity
            _assign(one.guardian, before)
            one.guardian.save(update_fields=GUARDIAN_FIELDS)
            if before["e_mail"] != imported["e_mail"]:
                revoke_open_invitations([one.guardian], by=by, reason="e_mail")
            end_tie_of_another(one.guardian, imported, by=by)


def _assign(guardian: Guardian, values: Values) -> None:
    for name in GUARDIAN_FIELDS:
        setattr(guardian, name, (values[name] or None) if name in SEALED else values[name])


def _values(guardian: Guardian) -> Values:
    found: Values = {}
    for name in GUARDIAN_FIELDS:
        value: Any = getattr(guardian, name)
        found[name] = value.reveal() if hasattr(value, "reveal") else value or ""
    return found


def _digest_of(stored: list[StoredGuardian]) -> str:
    return value_digest([[one.pk, *one.values.values()] for one in stored])


def _digest(values: Values) -> str:
    return value_digest([values[name] for name in GUARDIAN_FIELDS])


def _batches(rows: Any) -> Iterator[list[PeopleImportRow]]:
    found = rows.order_by("pk").iterator(BATCH)
    while batch := list(islice(found, BATCH)):
        yield batch
