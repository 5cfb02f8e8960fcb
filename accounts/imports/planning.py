"""What an import would do: each row compared with the school as it is now. Set by set, never row by row."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from accounts.imports import charges
from accounts.imports.checking import Judge, Known, Refused
from accounts.imports.columns import FIELDS, GROUPS, IN_CHARGE, Options, split_groups
from accounts.models import GroupStudent, ImportRow, PeopleImport, StudentGroup, User
from accounts.roles import Role

BATCH = 1_000
Outcome = ImportRow.Outcome
State = PeopleImport.State

_WRITE = """
UPDATE accounts_importrow r SET
    user_id = v.user_id, outcome = v.outcome, "column" = v.col, value = v.value, reason = v.reason,
    named = v.named, before = v.before, after = v.after, person_id = v.person_id, twin = false,
    claims = v.claims
FROM jsonb_to_recordset(%s::jsonb) AS v(id bigint, user_id text, outcome text, col text, value text,
    reason text, named text, before jsonb, after jsonb, person_id bigint, claims text[])
WHERE r.id = v.id
"""

# The first row of a user id counts; each further one names it.
_TWICE = """
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

# A group has one person in charge: the first row that names it counts.
_CHARGED_TWICE = """
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

_TWINS = """
UPDATE accounts_importrow r SET twin = true
WHERE r.source_id = %(source)s AND r.outcome = 'added' AND (
    r.after ->> 'nickname' IN (
        SELECT after ->> 'nickname' FROM accounts_importrow
        WHERE source_id = %(source)s AND outcome = 'added' GROUP BY 1 HAVING count(*) > 1)
    OR EXISTS (
        SELECT 1 FROM accounts_user u
        WHERE u.enterprise_id = %(school)s AND u.nickname = r.after ->> 'nickname'))
"""

_NEW_GROUPS = """
SELECT DISTINCT wanted.name FROM accounts_importrow r
CROSS JOIN LATERAL
    jsonb_array_elements_text((r.after -> 'groups') || (r.after -> 'in_charge')) AS wanted(name)
WHERE r.source_id = %(source)s AND r.outcome IN ('added', 'changed') AND NOT EXISTS (
    SELECT 1 FROM accounts_studentgroup g WHERE g.enterprise_id = %(school)s AND g.name = wanted.name)
ORDER BY 1
"""


def plan(source: PeopleImport) -> None:
    """Compare all rows at once; the import is `checked` afterwards."""
    begin(source)
    after = 0
    while last := step(source, after):
        after = last
    finish(source)


def begin(source: PeopleImport) -> None:
    """Mark it as being checked; what an earlier check found does not hold any more."""
    source.state, source.counts, source.new_groups = State.CHECKING, {}, []
    source.save(update_fields=["state", "counts", "new_groups", "columns", "options", "job"])


@transaction.atomic
def step(source: PeopleImport, after: int) -> int:
    """Compare the next rows after a row number; returns the number of the last one, 0 where none was left."""
    following = source.lines.filter(number__gt=after).order_by("number")
    # Without its source a row would ask for it, one by one.
    rows = list(following.only("source", "number", "cells")[:BATCH])
    if rows:
        judge = judge_of(source)
        _write(_compared(source, judge, rows))
    return rows[-1].number if rows else 0


@transaction.atomic
def finish(source: PeopleImport) -> None:
    """What only all rows together show: user ids that stand twice, equal names, groups to be made."""
    told = {"source": source.pk, "school": source.enterprise_id}
    with connection.cursor() as cursor:
        cursor.execute(_TWICE, told)
        cursor.execute(_CHARGED_TWICE, told)
        cursor.execute(_TWINS, told)
        cursor.execute(_NEW_GROUPS, told)
        source.new_groups = [name for (name,) in cursor.fetchall()]
    source.counts = counted(source)
    source.charges = charges.as_they_are(source)
    source.state = State.CHECKED
    source.save(update_fields=["state", "counts", "new_groups", "charges"])


def counted(source: PeopleImport) -> dict[str, int]:
    """Rows by outcome, and how many of the added have somebody's name."""
    rows = source.lines.order_by().values_list("outcome").annotate(n=Count("pk"))
    counts = dict.fromkeys(Outcome.values, 0) | dict(rows)
    return {**counts, "twins": source.lines.filter(twin=True).count()}


def judge_of(source: PeopleImport) -> Judge:
    groups = StudentGroup.objects.filter(enterprise_id=source.enterprise_id)
    archived = dict(groups.values_list("name", "archived_at"))
    return Judge(
        options=Options.of(source.options),
        groups=set(archived),
        archived={name for name, at in archived.items() if at},
        by_superadmin=source.by.role == Role.SUPERADMIN,
        importer=source.by_id,
    )


def told_by(source: PeopleImport, cells: Sequence[str]) -> dict[str, str]:
    """What a row says, by field; columns that fill none are left out."""
    told = {field: "" for field in source.columns if field}
    told |= {field: cell for field, cell in zip(source.columns, cells, strict=False) if field}
    if "user_id" in told:
        told["user_id"] = told["user_id"].strip()
    return told


def known_people(school: int, user_ids: Iterable[str]) -> dict[str, Known]:
    """People of a school by user id, with the names of their groups in order; archived ones are left out."""
    rows = User.objects.filter(enterprise_id=school, user_id__in=set(user_ids))
    found = {
        row["user_id"]: Known(
            row["pk"],
            {name: row[name] for name in FIELDS} | {GROUPS: [], IN_CHARGE: []},
            erased=bool(row["erased_at"]),
            active=row["is_active"],
        )
        for row in rows.values("pk", "user_id", "erased_at", "is_active", *FIELDS)
    }
    by_pk = {person.pk: person for person in found.values()}
    entries = GroupStudent.objects.filter(student__in=by_pk, group__archived_at=None)
    for pk, name in entries.values_list("student_id", "group__name"):
        by_pk[pk].now[GROUPS].append(name)
    in_charge = StudentGroup.objects.filter(teacher__in=by_pk, archived_at=None)
    for pk, name in in_charge.values_list("teacher_id", "name"):
        by_pk[pk].now[IN_CHARGE].append(name)
    for person in by_pk.values():
        person.now[GROUPS].sort()
        person.now[IN_CHARGE].sort()
    return found


def _compared(source: PeopleImport, judge: Judge, rows: Sequence[ImportRow]) -> Iterator[dict[str, Any]]:
    told = {row.pk: told_by(source, row.cells) for row in rows}
    known = known_people(source.enterprise_id, (one.get("user_id", "") for one in told.values()))
    for row in rows:
        user_id = told[row.pk].get("user_id", "")
        person = known.get(user_id)
        wanted = judge.wanted(told[row.pk], person)
        claims = [] if isinstance(wanted, Refused) else split_groups(told[row.pk].get(IN_CHARGE, ""))
        yield {"id": row.pk, "user_id": user_id[:64], "claims": claims, **_outcome(wanted, person)}


def _outcome(wanted: dict[str, Any] | Refused, person: Known | None) -> dict[str, Any]:
    line = {"col": "", "value": "", "reason": "", "named": "", "before": None, "after": None}
    line["person_id"] = person.pk if person else None
    if isinstance(wanted, Refused):
        named = {"col": wanted.column, "value": wanted.value[:200], "reason": wanted.reason}
        return {**line, **named, "named": wanted.named, "outcome": Outcome.REFUSED}
    if person is None:
        return {**line, "outcome": Outcome.ADDED, "after": wanted}
    if wanted == person.now:
        return {**line, "outcome": Outcome.UNCHANGED, "before": person.now}
    return {**line, "outcome": Outcome.CHANGED, "before": person.now, "after": wanted}


def _write(lines: Iterable[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [json.dumps(list(lines), ensure_ascii=False)])
