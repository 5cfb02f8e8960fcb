"""Compare the rows of an import with the school. Works on sets of rows, with a constant number of queries."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from accounts.imports import group_teachers
from accounts.imports.columns import FIELDS, GROUPS, IN_CHARGE, ImportOptions
from accounts.imports.row_validation import ExistingPerson, RowRefusal, RowValidator
from accounts.models import GroupMembership, PeopleImport, PeopleImportRow, StudentGroup, User
from accounts.models.roles import Role
from console.bulk_sql import bulk_update
from console.imports.columns import split_names, values_by_field

BATCH = 1_000
Outcome = PeopleImportRow.Outcome
State = PeopleImport.State

#: Columns of a row that the comparison sets.
RESULT_FIELDS = (
    *("user_id", "claims", "outcome", "column", "value", "reason", "named"),
    *("before", "after", "person", "twin"),
)

# The first row of a user ID wins; duplicates are refused and name its number.
_DUPLICATE_IDS_SQL = """
UPDATE accounts_importrow r SET
    outcome = 'refused', "column" = 'user_id', value = r.user_id, reason = 'twice',
    named = first.number::text, after = NULL
FROM (
    SELECT user_id, min(number) AS number FROM accounts_importrow
    WHERE source_id = %(source)s AND outcome <> 'refused' GROUP BY user_id HAVING count(*) > 1
) AS first
WHERE r.source_id = %(source)s AND r.outcome <> 'refused'
  AND r.user_id = first.user_id AND r.number > first.number
"""

# A group has one person in charge: the first row that names the group wins.
_DUPLICATE_TEACHERS_SQL = """
UPDATE accounts_importrow r SET
    outcome = 'refused', "column" = 'in_charge', value = left(first.name, 200), reason = 'charge_twice',
    named = first.number::text, after = NULL
FROM (
    SELECT claim.name, min(number) AS number FROM accounts_importrow
    CROSS JOIN LATERAL unnest(claims) AS claim(name)
    WHERE source_id = %(source)s AND outcome <> 'refused' GROUP BY claim.name HAVING count(*) > 1
) AS first
WHERE r.source_id = %(source)s AND r.outcome <> 'refused'
  AND first.name = ANY(r.claims) AND r.number > first.number
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
    remaining = source.lines.filter(number__gt=after).order_by("number")
    # Load `source`, too: otherwise each row would query it.
    rows = list(remaining.only("source", "number", "cells")[:BATCH])
    if not rows:
        _finish_comparison(source)
        return 0
    _compare_rows(source, rows)
    bulk_update(rows, RESULT_FIELDS)
    return rows[-1].number


def _finish_comparison(source: PeopleImport) -> None:
    """Find what depends on all rows: duplicate user IDs, equal names and new groups."""
    params = {"source": source.pk, "school": source.enterprise_id}
    with connection.cursor() as cursor:
        cursor.execute(_DUPLICATE_IDS_SQL, params)
        cursor.execute(_DUPLICATE_TEACHERS_SQL, params)
        cursor.execute(_SAME_NAME_SQL, params)
        cursor.execute(_NEW_GROUPS_SQL, params)
        source.new_groups = [name for (name,) in cursor.fetchall()]
    source.counts = count_outcomes(source)
    source.charges = group_teachers.current_teachers(source)
    source.state = State.CHECKED
    source.save(update_fields=["state", "counts", "new_groups", "charges"])


def count_outcomes(source: PeopleImport) -> dict[str, int]:
    """Return the number of rows by outcome, and as `twins` the added rows with a name that exists."""
    rows = source.lines.order_by().values_list("outcome").annotate(n=Count("pk"))
    counts = dict.fromkeys(Outcome.values, 0) | dict(rows)
    return {**counts, "twins": source.lines.filter(twin=True).count()}


def build_validator(source: PeopleImport) -> RowValidator:
    groups = StudentGroup.objects.filter(enterprise_id=source.enterprise_id)
    archived = dict(groups.values_list("name", "archived_at"))
    return RowValidator(
        options=ImportOptions.from_mapping(source.options),
        groups=set(archived),
        archived={name for name, at in archived.items() if at},
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
    people = {
        row["user_id"]: ExistingPerson(
            row["pk"],
            {name: row[name] for name in FIELDS} | {GROUPS: [], IN_CHARGE: []},
            erased=bool(row["erased_at"]),
            active=row["is_active"],
        )
        for row in rows.values("pk", "user_id", "erased_at", "is_active", *FIELDS)
    }
    by_pk = {person.pk: person for person in people.values()}
    entries = GroupMembership.objects.filter(student__in=by_pk, group__archived_at=None)
    for pk, name in entries.values_list("student_id", "group__name"):
        by_pk[pk].now[GROUPS].append(name)
    in_charge = StudentGroup.objects.filter(teacher__in=by_pk, archived_at=None)
    for pk, name in in_charge.values_list("teacher_id", "name"):
        by_pk[pk].now[IN_CHARGE].append(name)
    for person in by_pk.values():
        person.now[GROUPS].sort()
        person.now[IN_CHARGE].sort()
    return people


def _compare_rows(source: PeopleImport, rows: Sequence[PeopleImportRow]) -> None:
    """Set the results on the rows, without saving."""
    validator = build_validator(source)
    values = {row.pk: person_values(source, row.cells) for row in rows}
    known = people_by_user_id(source.enterprise_id, (cells.get("user_id", "") for cells in values.values()))
    for row in rows:
        user_id = values[row.pk].get("user_id", "")
        person = known.get(user_id)
        result = validator.validate(values[row.pk], person)
        refused = isinstance(result, RowRefusal)
        row.user_id, row.twin = user_id[:64], False
        row.claims = [] if refused else split_names(values[row.pk].get(IN_CHARGE, ""))
        _set_result(row, result, person)


def _set_result(
    row: PeopleImportRow, result: dict[str, Any] | RowRefusal, person: ExistingPerson | None
) -> None:
    row.column = row.value = row.reason = row.named = ""
    row.before = row.after = None
    row.person_id = person.pk if person else None
    if isinstance(result, RowRefusal):
        row.outcome, row.column, row.value = Outcome.REFUSED, result.column, result.value[:200]
        row.reason, row.named = result.reason, result.named
    elif person is None:
        row.outcome, row.after = Outcome.ADDED, result
    elif result == person.now:
        row.outcome, row.before = Outcome.UNCHANGED, person.now
    else:
        row.outcome, row.before, row.after = Outcome.CHANGED, person.now, result
