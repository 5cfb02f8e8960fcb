"""Compare the rows of an import with the school. Works on sets of rows, with a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from accounts.imports import group_grades, group_teachers
from accounts.imports.columns import (
    FIELDS,
    GRADE,
    GROUPS,
    GUARDIAN_COLUMNS,
    IN_CHARGE,
    OFFICE_FIELDS,
    ImportOptions,
)
from accounts.imports.guardian_cells import StoredGuardian
from accounts.imports.guardians import add_entered_guardians, rows_with_another_guardian, stored_guardians
from accounts.imports.office_facts import StoredFacts, add_entered_facts, stored_facts
from accounts.imports.row_validation import ExistingPerson, RowRefusal, RowRefused, RowValidator
from accounts.models import (
    Enterprise,
    Grade,
    GroupMembership,
    PeopleImport,
    PeopleImportRow,
    StudentGroup,
    TeacherInCharge,
    User,
)
from accounts.models.roles import Role
from accounts.people.age_and_consent import today_at
from accounts.people.charges import charges_in_force
from console.bulk_sql import bulk_update
from console.imports.columns import split_names, values_by_field

BATCH = 1_000
Outcome = PeopleImportRow.Outcome
State = PeopleImport.State

#: Columns whose values no row keeps.
CONFIDENTIAL = (*OFFICE_FIELDS, *GUARDIAN_COLUMNS)
#: Columns of a row that the comparison sets.
RESULT_FIELDS = (
    *("user_id", "claims", "outcome", "column", "value", "reason", "named"),
    *("before", "after", "person", "twin"),
)

# The first row of a user ID wins; duplicates are refused and name its number. They are found once:
# as a part of the join they are looked for at each row where PostgreSQL believes that the table is empty.
_DUPLICATE_IDS_SQL = """
WITH first AS MATERIALIZED (
    SELECT user_id, min(number) AS number FROM accounts_importrow
    WHERE source_id = %(source)s AND outcome <> 'refused' GROUP BY user_id HAVING count(*) > 1
)
UPDATE accounts_importrow r SET
    outcome = 'refused', "column" = 'user_id', value = r.user_id, reason = 'twice',
    named = first.number::text, after = NULL
FROM first
WHERE r.source_id = %(source)s AND r.outcome <> 'refused'
  AND r.user_id = first.user_id AND r.number > first.number
"""

_SAME_NAME_SQL = """
UPDATE accounts_importrow r SET twin = true
WHERE r.source_id = %(source)s AND r.outcome = 'added' AND (
    r.after ->> 'nickname' IN (
        SELECT after ->> 'nickname' FROM accounts_importrow
        WHERE source_id = %(source)s AND outcome = 'added' GROUP BY 1 HAVING count(*) > 1)
    OR EXISTS (
        SELECT 1 FROM accounts_user u
        WHERE u.enterprise_id = %(school)s AND u.nickname = r.after ->> 'nickname'))
"""

_NEW_GROUPS_SQL = """
SELECT DISTINCT requested.name FROM accounts_importrow r
CROSS JOIN LATERAL
    jsonb_array_elements_text((r.after -> 'groups') || (r.after -> 'in_charge')) AS requested(name)
WHERE r.source_id = %(source)s AND r.outcome IN ('added', 'changed') AND NOT EXISTS (
    SELECT 1 FROM accounts_studentgroup g WHERE g.enterprise_id = %(school)s AND g.name = requested.name)
ORDER BY 1
"""


@transaction.atomic
def compare_next_rows(source: PeopleImport, after: int) -> int:
    """Compare a batch of rows after row number `after`; return the last number.

    If no row is left, set the import to `checked` and return 0.
    """
    rows = next_rows(source, after)
    if not rows:
        find_duplicates(source)
        finish_comparison(source)
        return 0
    validator = build_validator(source)
    compare_rows(source, rows, validator, {row.pk: person_values(source, row.cells) for row in rows})
    bulk_update(rows, RESULT_FIELDS)
    return rows[-1].number


def next_rows(source: PeopleImport, after: int, **filters: Any) -> list[PeopleImportRow]:
    """Return a batch of rows to compare, those after row number `after`."""
    remaining = source.lines.filter(number__gt=after, **filters).order_by("number")
    # Load `source`, too: otherwise each row would query it.
    return list(remaining.only("source", "number", "cells")[:BATCH])


def find_duplicates(source: PeopleImport) -> None:
    """Refuse rows whose user ID an earlier row has."""
    with connection.cursor() as cursor:
        cursor.execute(_DUPLICATE_IDS_SQL, {"source": source.pk})


def finish_comparison(source: PeopleImport) -> None:
    """Find what depends on all rows: other grades, equal names and new groups. The import is `checked`."""
    params = {"source": source.pk, "school": source.enterprise_id}
    group_grades.refuse_other_grades(source)
    with connection.cursor() as cursor:
        cursor.execute(_SAME_NAME_SQL, params)
        cursor.execute(_NEW_GROUPS_SQL, params)
        source.new_groups = [name for (name,) in cursor.fetchall()]
    source.counts = count_outcomes(source)
    source.charges = group_teachers.current_teachers(source)
    source.grades = group_grades.planned_grades(source)
    source.state = State.CHECKED
    source.save(update_fields=["state", "counts", "new_groups", "charges", "grades"])


def count_outcomes(source: PeopleImport) -> dict[str, int]:
    """Return the number of rows by outcome, as `twins` the added rows with a name that exists, and as
    `guardians`, if there are any, the rows in which a known guardian becomes somebody else.
    """
    rows = source.lines.order_by().values_list("outcome").annotate(n=Count("pk"))
    counts = dict.fromkeys(Outcome.values, 0) | dict(rows)
    others = rows_with_another_guardian(source.lines.all()).count()
    counts |= {"guardians": others} if others else {}
    return {**counts, "twins": source.lines.filter(twin=True).count()}


def build_validator(source: PeopleImport) -> RowValidator:
    groups = StudentGroup.objects.filter(enterprise_id=source.enterprise_id)
    archived = dict(groups.values_list("name", "archived_at"))
    graded = groups.filter(archived_at=None, grade__isnull=False).values_list("name", "grade__name")
    return RowValidator(
        options=ImportOptions.from_mapping(source.options),
        groups=set(archived),
        archived={name for name, at in archived.items() if at},
        grades=set(Grade.objects.filter(enterprise=source.enterprise_id).values_list("name", flat=True)),
        grade_of=dict(graded),
        by_superadmin=source.by.role == Role.SUPERADMIN,
        importer=source.by_id,
    )


def person_values(source: PeopleImport, cells: Sequence[str]) -> dict[str, str]:
    """Return the cells of a row by field, without unmapped columns."""
    values = values_by_field(source.columns, cells)
    if "user_id" in values:
        values["user_id"] = values["user_id"].strip()
    return values


def people_by_user_id(school: int, user_ids: Iterable[str]) -> dict[str, ExistingPerson]:
    """Return people of a school by user ID, with the sorted names of their unarchived groups."""
    rows = User.objects.filter(enterprise_id=school, user_id__in=set(user_ids))
    rows = rows.annotate(has_birthday=Q(date_of_birth__isnull=False))
    people = {
        row["user_id"]: ExistingPerson(
            row["pk"],
            {name: row[name] for name in FIELDS} | {GROUPS: [], GRADE: "", IN_CHARGE: []},
            erased=bool(row["erased_at"]),
            active=row["is_active"],
            has_birthday=row["has_birthday"],
        )
        for row in rows.values("pk", "user_id", "erased_at", "is_active", "has_birthday", *FIELDS)
    }
    by_pk = {person.pk: person for person in people.values()}
    entries = GroupMembership.objects.filter(student__in=by_pk, group__archived_at=None)
    for pk, name in entries.values_list("student_id", "group__name"):
        by_pk[pk].now[GROUPS].append(name)
    present = charges_in_force(Enterprise.objects.get(pk=school))
    in_charge = present.filter(teacher__in=by_pk, kind=TeacherInCharge.Kind.CHARGE).order_by()
    for pk, name in in_charge.values_list("teacher_id", "group__name"):
        by_pk[pk].now[IN_CHARGE].append(name)
    for person in by_pk.values():
        person.now[GROUPS].sort()
        person.now[IN_CHARGE].sort()
    return people


def compare_rows(
    source: PeopleImport,
    rows: Sequence[PeopleImportRow],
    validator: RowValidator,
    values: Mapping[int, Mapping[str, str]],
) -> None:
    """Set the results on the rows, without saving; `values` are their cells by field, by key of the row."""
    known = people_by_user_id(source.enterprise_id, (cells.get("user_id", "") for cells in values.values()))
    has_facts = bool(OFFICE_FIELDS.keys() & set(source.columns))
    facts = stored_facts([one.pk for one in known.values()]) if has_facts else None
    has_guardians = bool(GUARDIAN_COLUMNS.keys() & set(source.columns))
    guardians = stored_guardians([one.pk for one in known.values()]) if has_guardians else None
    today = today_at(source.enterprise)
    for row in rows:
        user_id = values[row.pk].get("user_id", "")
        person = known.get(user_id)
        result = validator.validate(values[row.pk], person)
        if facts is not None and not isinstance(result, RowRefusal):
            stored = facts.get(person.pk, StoredFacts()) if person else StoredFacts()
            result = _with_facts(validator, values[row.pk], result, person, stored, today)
        if guardians is not None and not isinstance(result, RowRefusal):
            present = guardians.get(person.pk, []) if person else []
            result = _with_guardians(validator, values[row.pk], result, person, present)
        refused = isinstance(result, RowRefusal)
        row.user_id, row.twin = user_id[:64], False
        row.claims = [] if refused else split_names(values[row.pk].get(IN_CHARGE, ""))
        _set_result(row, result, person, group_grades.asked_grade(values[row.pk]))


def _with_facts(
    validator: RowValidator,
    values: Mapping[str, str],
    after: dict[str, Any],
    person: ExistingPerson | None,
    stored: StoredFacts,
    today: date,
) -> dict[str, Any] | RowRefusal:
    """Return the result of a row with the date of birth and the consent that it enters."""
    try:
        after = add_entered_facts(values, after, stored, today)
        validator.check_protected_person(values, after, person)
    except RowRefused as error:
        refusal: RowRefusal = error.args[0]
        return refusal
    return after


def _with_guardians(
    validator: RowValidator,
    values: Mapping[str, str],
    after: dict[str, Any],
    person: ExistingPerson | None,
    stored: list[StoredGuardian],
) -> dict[str, Any] | RowRefusal:
    """Return the result of a row with the guardians that it enters."""
    try:
        after = add_entered_guardians(values, after, stored)
        validator.check_protected_person(values, after, person)
    except RowRefused as error:
        refusal: RowRefusal = error.args[0]
        return refusal
    return after


def _set_result(
    row: PeopleImportRow,
    result: dict[str, Any] | RowRefusal,
    person: ExistingPerson | None,
    asked: dict[str, Any],
) -> None:
    """Set the result. A row keeps the grade that it asks for, also if nothing else is to change."""
    row.column = row.value = row.reason = row.named = ""
    row.before = row.after = None
    row.person_id = person.pk if person else None
    if isinstance(result, RowRefusal):
        row.outcome, row.column, row.reason = Outcome.REFUSED, result.column, result.reason
        row.value, row.named = result.value[:200], result.named
        if result.column in CONFIDENTIAL:  # only its cell holds it, until the import is applied
            row.value = ""
    elif person is None:
        row.outcome, row.after = Outcome.ADDED, {**result, **asked}
    elif result == person.now:
        row.outcome, row.before, row.after = Outcome.UNCHANGED, person.now, asked or None
    else:
        row.outcome, row.before, row.after = Outcome.CHANGED, person.now, {**result, **asked}
