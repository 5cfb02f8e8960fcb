"""Compare the people of a OneRoster import with the school, and find who is no longer there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.imports.columns import GUARDIAN_COLUMNS, OFFICE_FIELDS, ImportOptions
from accounts.imports.comparison import (
    RESULT_FIELDS,
    build_validator,
    compare_rows,
    people_by_user_id,
    person_values,
)
from accounts.imports.one_roster.links import Kind, Link, links_of, sourced_ids_of
from accounts.imports.one_roster.options import RosterOptions
from accounts.imports.one_roster.person_cells import LEFT
from accounts.imports.one_roster.plan import class_names
from accounts.imports.one_roster.roster_validator import RosterValidator
from accounts.imports.one_roster.user_ids import make_user_id
from accounts.imports.row_validation import ExistingPerson
from accounts.models import PeopleImport, PeopleImportRow, Role, RosterRow, SourcedId, User
from console.bulk_sql import bulk_insert, bulk_update

Outcome = PeopleImportRow.Outcome
#: Numbers of the rows of people whom the file no longer names, from here on.
LEAVER_ROWS = 1_500_000_000
BATCH = 1_000
OFFICE_COLUMNS = (*OFFICE_FIELDS, *GUARDIAN_COLUMNS)
#: Row → its cells by field.
Values = dict[int, dict[str, str]]


@dataclass(frozen=True)
class _Batch:
    """What is stored about the people of a batch: links by sourcedId, and sourcedIds by key of a person."""

    links: Mapping[str, Link]
    user_ids: Mapping[int, str]


def compare_people(source: PeopleImport, rows: Sequence[PeopleImportRow]) -> None:
    """Set the outcome of a batch of rows and save it."""
    options = RosterOptions.from_mapping(source.options)
    values: Values = {row.pk: dict(person_values(source, row.cells)) for row in rows}
    batch = _load(source.enterprise_id, values)
    for cells in values.values():
        link = batch.links.get(cells["sourced_id"])
        stored = batch.user_ids.get(link.target, "") if link else ""
        cells["user_id"] = stored or make_user_id(cells[options.user_id_from], cells["sourced_id"])
        if cells["state"] == LEFT:  # what else the file says of them is not compared
            cells |= {column: "" for column in OFFICE_COLUMNS if column in cells}
    known = people_by_user_id(source.enterprise_id, {cells["user_id"] for cells in values.values()})
    validator = _validator(source, options, values, batch, known)
    validator.set_groups(values, class_names(source), _homerooms(source))
    compare_rows(source, rows, validator, values)
    for row in rows:
        if values[row.pk]["state"] == LEFT and row.outcome != Outcome.REFUSED:
            _set_leaving(row, known.get(row.user_id), validator)
    bulk_update(rows, RESULT_FIELDS)


def _load(school: int, values: Values) -> _Batch:
    links = links_of(school, Kind.USER, {cells["sourced_id"] for cells in values.values()})
    people = User.objects.filter(enterprise=school, pk__in=[link.target for link in links.values()])
    return _Batch(links, dict(people.values_list("pk", "user_id")))


def _validator(
    source: PeopleImport,
    options: RosterOptions,
    values: Values,
    batch: _Batch,
    known: Mapping[str, ExistingPerson],
) -> RosterValidator:
    plain = build_validator(source)
    owners = sourced_ids_of(source.enterprise_id, Kind.USER, [person.pk for person in known.values()])
    others = set(owners.values()) - {cells["sourced_id"] for cells in values.values()}
    present = source.lines.filter(cells__0__in=others).values_list("cells__0", flat=True)
    is_full = source.options["modes"].get("users.csv") == "bulk"
    return RosterValidator(
        options=ImportOptions(role=""),
        groups=plain.groups,
        archived=plain.archived,
        by_superadmin=plain.by_superadmin,
        importer=plain.importer,
        roster=options,
        modes=source.options["modes"],
        owners=owners,
        # Whom a full file no longer names under the old ID may get the new one.
        free=others - set(present) if is_full else set(),
        returning={link.target for link in batch.links.values() if link.left_at},
    )


def _homerooms(source: PeopleImport) -> set[str]:
    rows = source.roster_rows.filter(kind=RosterRow.Kind.CLASS, facts__homeroom=True, after__has_key="now")
    return set(rows.values_list("after__now", flat=True))


def _set_leaving(row: PeopleImportRow, person: ExistingPerson | None, validator: RosterValidator) -> None:
    """Set the outcome of somebody who is deleted or disabled there."""
    row.after, row.claims = None, []
    row.before = person.now if person else None
    if person is None or not person.active or validator.owners.get(person.pk) != row.cells[0]:
        row.outcome = Outcome.UNCHANGED
    elif reason := leaving_refusal(person, validator.by_superadmin, validator.importer):
        row.outcome, row.column, row.reason = Outcome.REFUSED, "state", reason
    else:
        row.outcome = PeopleImportRow.LEFT


def leaving_refusal(person: ExistingPerson, by_superadmin: bool, importer: int) -> str:
    """Return why OneRoster may not deactivate a person; empty if it may."""
    if person.now["role"] == Role.SUPERADMIN and not by_superadmin:
        return "superadmin"
    return "roster_yourself" if person.pk == importer else ""


def add_leavers(source: PeopleImport) -> None:
    """Add a row for each person whom a file with all people no longer names."""
    if source.options["modes"].get("users.csv") != "bulk":
        return
    links = SourcedId.objects.filter(enterprise=source.enterprise_id, kind=Kind.USER)
    named = source.lines.filter(number__lt=LEAVER_ROWS)
    links = links.exclude(sourced_id__in=named.values("cells__0"))
    links = links.exclude(target__in=named.filter(person__isnull=False).values("person"))
    targets = links.values("target")
    user_ids = list(
        User.objects.filter(pk__in=targets, enterprise=source.enterprise_id, is_active=True, erased_at=None)
        .order_by("pk")
        .values_list("user_id", flat=True)
    )
    by_superadmin = source.by.role == Role.SUPERADMIN
    for start in range(0, len(user_ids), BATCH):
        chunk = user_ids[start : start + BATCH]
        known = people_by_user_id(source.enterprise_id, chunk)
        bulk_insert(
            [
                _leaver(source, LEAVER_ROWS + start + place, user_id, known[user_id], by_superadmin)
                for place, user_id in enumerate(chunk)
            ]
        )


def _leaver(
    source: PeopleImport, number: int, user_id: str, person: ExistingPerson, by_superadmin: bool
) -> PeopleImportRow:
    reason = leaving_refusal(person, by_superadmin, source.by_id)
    facts: dict[str, Any] = {"outcome": PeopleImportRow.LEFT}
    if reason:
        facts = {"outcome": Outcome.REFUSED, "column": "state", "reason": reason}
    return PeopleImportRow(
        source=source,
        enterprise_id=source.enterprise_id,
        number=number,
        cells=[],
        user_id=user_id,
        before=person.now,
        person_id=person.pk,
        **facts,
    )
