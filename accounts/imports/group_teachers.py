"""Changes of the teachers in charge of groups by an import. Deputies and dates to come stay as they are.

`PeopleImport.charges` maps group IDs, as text because JSON has no other keys, to snapshots of all charges of
the group. The preview keeps one snapshot per group, the applied import a pair: before and after, so that an
undo restores the days exactly.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from accounts.models import PeopleImport, StudentGroup, TeacherInCharge, User
from accounts.models.charge import in_force
from accounts.people.charge_services import begin, end_row
from accounts.people.charges import school_day

#: Rows of teacher, kind, first and last day (ISO dates or None).
Snapshot = list[list[Any]]

# Groups with teachers whom the file newly names (takers), whom it names besides (stayers), and who give the
# group up (leavers). Where somebody takes a group over, whom the file does not name leaves it.
_CHANGES_SQL = """
SELECT g.id, array_agg(moved.person) FILTER (WHERE moved.how = 'takes'),
    array_agg(moved.person) FILTER (WHERE moved.how = 'stays'),
    array_agg(moved.person) FILTER (WHERE moved.how = 'leaves')
FROM (
    SELECT requested.name, r.person_id AS person, 'takes' AS how
    FROM accounts_importrow r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.after -> 'in_charge') AS requested(name)
    WHERE r.source_id = %(source)s AND r.outcome IN ('added', 'changed')
    AND NOT COALESCE(r.before -> 'in_charge' ? requested.name, false)
    UNION ALL
    SELECT claim.name, r.person_id, 'stays'
    FROM accounts_importrow r CROSS JOIN LATERAL unnest(r.claims) AS claim(name)
    WHERE r.source_id = %(source)s AND r.outcome <> 'refused'
    UNION ALL
    SELECT given.name, r.person_id, 'leaves'
    FROM accounts_importrow r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.before -> 'in_charge') AS given(name)
    WHERE r.source_id = %(source)s AND r.outcome = 'changed' AND NOT r.after -> 'in_charge' ? given.name
) AS moved
JOIN accounts_studentgroup g ON g.enterprise_id = %(school)s AND g.name = moved.name
WHERE g.archived_at IS NULL
GROUP BY g.id HAVING count(*) FILTER (WHERE moved.how <> 'stays') > 0 ORDER BY g.id
"""


def current_teachers(source: PeopleImport) -> dict[str, Any]:
    """Return the groups that the import affects, and who is in charge now."""
    changes = _changes(source)
    snapshots = _snapshots(changes)
    return {str(group): snapshots[group] for group in changes}


def assign_teachers(source: PeopleImport, by: User | None) -> dict[str, Any]:
    """Assign the teachers in charge from today on, also of new groups; return both snapshots per group."""
    changes, today = _changes(source), school_day(source.enterprise)
    before = _snapshots(changes)
    for group in StudentGroup.objects.filter(pk__in=changes).order_by("pk"):
        takers, stayers, leavers = changes[group.pk]
        present = list(group.charges.filter(in_force(today), kind=TeacherInCharge.Kind.CHARGE))
        for row in present:
            named = row.teacher_id in takers or row.teacher_id in stayers
            if row.teacher_id in leavers or (takers and not named):
                end_row(row, today)
        held = {row.teacher_id for row in present}
        for teacher in User.objects.filter(pk__in=takers - held).order_by("pk"):
            begin(group, teacher, by, today)
    after = _snapshots(changes)
    return {str(group): [before[group], after[group]] for group in changes}


def restore_teachers(source: PeopleImport, by: User | None) -> None:
    """Restore the days of the teachers in charge, unless they changed since the import."""
    known = set(User.objects.filter(enterprise=source.enterprise_id).values_list("pk", flat=True))
    groups = StudentGroup.objects.filter(pk__in=source.charges, archived_at=None)
    now = _snapshots([group.pk for group in groups])
    for group in groups.order_by("pk"):
        before, after = source.charges[str(group.pk)]
        if now[group.pk] == after:
            _restore(group, [row for row in before if row[0] in known], by)


def _restore(group: StudentGroup, before: Snapshot, by: User | None) -> None:
    missing = list(before)
    for row in group.charges.all():
        values = _row(row)
        if values in missing:
            missing.remove(values)
        else:
            row.delete()
    for teacher, kind, starts_on, ends_on in missing:
        TeacherInCharge.objects.create(
            enterprise_id=group.enterprise_id,
            group=group,
            teacher_id=teacher,
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            created_by=by,
        )


def _snapshots(groups: Collection[int]) -> dict[int, Snapshot]:
    found: dict[int, Snapshot] = {group: [] for group in groups}
    for row in TeacherInCharge.objects.filter(group__in=groups):
        found[row.group_id or 0].append(_row(row))
    return {group: sorted(rows, key=str) for group, rows in found.items()}


def _row(charge: TeacherInCharge) -> list[Any]:
    return [charge.teacher_id, charge.kind, _iso(charge.starts_on), _iso(charge.ends_on)]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _changes(source: PeopleImport) -> dict[int, tuple[set[int], set[int], set[int]]]:
    """Return takers, stayers and leavers by group."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES_SQL, {"source": source.pk, "school": source.enterprise_id})
        return {group: (set(a or ()), set(b or ()), set(c or ())) for group, a, b, c in cursor.fetchall()}
