"""Date of birth and consent in an import: what only the office sees, and what is stored encrypted.

An import enters these facts where none is recorded. It changes and clears none: the pages of a person do
that, with their record. Rows keep only which facts they enter (`after`, ENTERED). The values stay in the
cells of the file until the import is applied; then they are encrypted with the person, and the cells emptied.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from accounts.imports.columns import GUARDIAN_COLUMNS, OFFICE_FIELDS, PEOPLE_HEADINGS
from accounts.imports.row_validation import RowRefusal, RowRefused
from accounts.models import Consent, PeopleImport, PeopleImportRow, User
from accounts.models.consent import ConsentState, age_group_on
from accounts.people.age_and_consent import MAX_AGE_YEARS, birthday_of
from console.concurrency import value_digest
from console.imports.columns import normalize_heading, values_by_field
from console.imports.import_type import ImportOutdated
from console.policy.database_scope import as_owner
from console.sheets.formulas import escape_formula

BATCH = 1_000
#: Keys of `after`: the facts that the row enters, a keyed digest of the date, and the consent that was made.
ENTERED, BORN_DIGEST, CONSENT_ROW = "entered", "birthday_digest", "consent_row"
BORN, CONSENT = "date_of_birth", "consent"
MAX_GUARDIAN_LENGTH = 120
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")

_EMPTY_CELLS_SQL = """
UPDATE accounts_importrow SET cells[%(place)s] = '' WHERE source_id = %(source)s AND cells[%(place)s] <> ''
"""


class StoredFacts(NamedTuple):
    """What is recorded of a person; `day` and `guardian` are those of the newest consent, `row` its key."""

    born: date | None = None
    consent: str = ""
    day: date | None = None
    guardian: str = ""
    row: int = 0


def stored_facts(people: Collection[int]) -> dict[int, StoredFacts]:
    """Return the facts of people, decrypted, with two queries."""
    newest = Consent.objects.filter(person__in=people).order_by("person_id", "-id").distinct("person_id")
    consents = {one.person_id: one for one in newest}
    found = {}
    for person in User.objects.filter(pk__in=people):
        facts = StoredFacts(birthday_of(person), person.consent)
        if consent := consents.get(person.pk):
            guardian = consent.guardian.reveal() if consent.guardian else ""
            facts = facts._replace(day=consent.day, guardian=guardian, row=consent.pk)
        found[person.pk] = facts
    return found


def add_entered_facts(
    values: Mapping[str, str], after: dict[str, Any], stored: StoredFacts, today: date
) -> dict[str, Any]:
    """Return `after` with the facts that the row enters. Raise RowRefused for a cell that is wrong."""
    entered = []
    if cell := values.get(BORN, "").strip():
        born = _birthday(cell, today)
        group = age_group_on(born, today)
        if stored.born is not None and stored.born != born:
            raise RowRefused(RowRefusal(BORN, cell, "birthday_known"))
        if values.get("age_group", "").strip() and after["age_group"] != group:
            raise RowRefused(RowRefusal("age_group", values["age_group"], "age_by_date"))
        if stored.born is None:
            entered.append(BORN)
            after = {**after, "age_group": str(group)}
    if _enters_consent(values, stored, today):
        entered.append(CONSENT)
    return {**after, ENTERED: entered} if entered else after


def write_entered_facts(source: PeopleImport, by: User | None) -> None:
    """Store the facts that the import enters, for people who are locked.

    ImportOutdated if one of them was recorded since the check.
    """
    for rows in _batches(source.lines.filter(outcome__in=("added", "changed"), after__has_key=ENTERED)):
        people = User.objects.select_related("enterprise").in_bulk([row.person_id for row in rows])
        consents: dict[int, Consent] = {}
        for row in rows:
            person, values = people[row.person_id or 0], values_by_field(source.columns, row.cells)
            entered = (row.after or {})[ENTERED]
            if (BORN in entered and person.date_of_birth) or (CONSENT in entered and person.consent):
                raise ImportOutdated
            if BORN in entered:
                born = _parse_day(values[BORN].strip(), BORN, "birthday")
                person.date_of_birth = born.isoformat()
                row.after = {**(row.after or {}), BORN_DIGEST: _birthday_digest(person.pk, born)}
            if CONSENT in entered:
                person.consent = ConsentState.GIVEN
                consents[row.pk] = _consent(source, person, values, by)
            person.seal()
        User.objects.bulk_update(people.values(), ["date_of_birth", "consent"])
        Consent.objects.bulk_create(consents.values())
        for row in rows:
            if row.pk in consents:
                row.after = {**(row.after or {}), CONSENT_ROW: consents[row.pk].pk}
        PeopleImportRow.objects.bulk_update(rows, ["after"])


def empty_office_cells(source: PeopleImport) -> None:
    """Empty the cells of these facts, and of guardians, in all rows of an import that is applied.

    Also those of columns that nobody chose, if their heading names such a fact.
    """
    guessed = (PEOPLE_HEADINGS.get(normalize_heading(heading), "") for heading in source.headings)
    for place, fields in enumerate(zip(source.columns, guessed, strict=False), start=1):
        if {*OFFICE_FIELDS, *GUARDIAN_COLUMNS} & set(fields):
            with connection.cursor() as cursor:
                cursor.execute(_EMPTY_CELLS_SQL, {"source": source.pk, "place": place})


def count_entered_facts(rows: Any) -> dict[str, int]:
    """Return how many of the rows enter each fact, for the audit trail; those of none are left out."""
    counts = {name: rows.filter(after__entered__contains=name).count() for name in (BORN, CONSENT)}
    return {name: count for name, count in counts.items() if count}


def are_as_imported(row: PeopleImportRow, stored: StoredFacts) -> bool:
    """Return whether the facts that a row entered are still those that are recorded."""
    after = row.after or {}
    entered = after.get(ENTERED, ())
    if BORN in entered:
        born = stored.born
        if born is None or after.get(BORN_DIGEST) != _birthday_digest(row.person_id or 0, born):
            return False
    return CONSENT not in entered or stored.row == after.get(CONSENT_ROW)


def with_other_consent(rows: Iterable[PeopleImportRow]) -> set[int]:
    """Return the people of the rows of whom, or by whom, consent is recorded that the rows did not enter."""
    made = {row.person_id: (row.after or {}).get(CONSENT_ROW) for row in rows}
    found = Consent.objects.filter(person__in=made).order_by().values_list("person_id", "pk")
    recorders = Consent.objects.filter(by__in=made).order_by().values_list("by_id", flat=True)
    return {person for person, consent in found if consent != made[person]} | set(recorders.distinct())


def clear_entered_facts(source: PeopleImport) -> None:
    """Take the facts back that the rows entered, except rows that are kept; none was recorded before them."""
    undone = source.lines.filter(undone__in=("restored", "deactivated", "removed"), after__has_key=ENTERED)
    for rows in _batches(undone):
        people = User.objects.in_bulk([row.person_id for row in rows])
        consents = []
        for row in rows:
            after, person = row.after or {}, people[row.person_id or 0]
            if BORN in after[ENTERED]:
                person.date_of_birth = None
                person.age_group = (row.before or {}).get("age_group", "")
            if CONSENT in after[ENTERED]:
                person.consent = ""
                consents.append(after[CONSENT_ROW])
            person.seal()
        User.objects.bulk_update(people.values(), ["date_of_birth", "age_group", "consent"])
        with as_owner():  # requests delete no consent; these were recorded by the import that is undone
            Consent.objects.filter(pk__in=consents, enterprise=source.enterprise_id).delete()


def _birthday_digest(person: int, born: date) -> str:
    """Return a keyed digest by which an undo sees another date; it differs for twins."""
    return value_digest([person, born.isoformat()])


def _enters_consent(values: Mapping[str, str], stored: StoredFacts, today: date) -> bool:
    on, by = (values.get(name, "").strip() for name in ("consent_on", "consent_by"))
    if not (on or by):
        return False
    day = _parse_day(on, "consent_on", "consent_day") if on else None
    known = (stored.guardian, escape_formula(stored.guardian))
    if stored.consent == ConsentState.GIVEN and day == stored.day and by in known:
        return False
    if day is None or not by:
        raise RowRefused(RowRefusal("consent_by" if on else "consent_on", on or by, "consent_half"))
    if stored.consent:
        raise RowRefused(RowRefusal("consent_on", on, "consent_known"))
    if day > today:
        raise RowRefused(RowRefusal("consent_on", on, "consent_day"))
    if len(by) > MAX_GUARDIAN_LENGTH:
        raise RowRefused(RowRefusal("consent_by", by, "long_guardian"))
    return True


def _birthday(cell: str, today: date) -> date:
    born = _parse_day(cell, BORN, "birthday")
    if born > today or today.year - born.year > MAX_AGE_YEARS:
        raise RowRefused(RowRefusal(BORN, cell, "birthday"))
    return born


def _parse_day(cell: str, column: str, reason: str) -> date:
    found = _DAY.fullmatch(cell)
    try:
        year, month, day = (int(part) for part in found.groups() if part) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        raise RowRefused(RowRefusal(column, cell, reason)) from None


def _consent(source: PeopleImport, person: User, values: Mapping[str, str], by: User | None) -> Consent:
    return Consent(
        enterprise=source.enterprise,
        person=person,
        state=ConsentState.GIVEN,
        day=_parse_day(values["consent_on"].strip(), "consent_on", "consent_day"),
        guardian=values["consent_by"].strip(),
        how=Consent.How.OTHER,
        by=by,
    )


def _batches(rows: Any) -> Iterator[list[PeopleImportRow]]:
    found = rows.order_by("pk").iterator(BATCH)
    while batch := list(islice(found, BATCH)):
        yield batch
