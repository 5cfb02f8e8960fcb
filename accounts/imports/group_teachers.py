"""Changes of the person in charge of a group by an import.

Keys of `PeopleImport.charges` are group IDs as text, because JSON has no other keys.
"""

from typing import Any

from django.db import connection

from accounts.models import PeopleImport, StudentGroup, User

# Groups that a row takes over or gives up, and who gets them. If one row gives up what another takes, the
# taker wins.
_TEACHER_CHANGES_SQL = """
SELECT g.id, g.teacher_id, max(moved.taker)
FROM (
    SELECT requested.name, r.person_id AS taker, r.before -> 'in_charge' AS other
    FROM accounts_importrow r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.after -> 'in_charge') AS requested(name)
    WHERE r.source_id = %(source)s AND r.outcome IN ('added', 'changed')
    UNION ALL
    SELECT given.name, NULL, r.after -> 'in_charge'
    FROM accounts_importrow r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.before -> 'in_charge') AS given(name)
    WHERE r.source_id = %(source)s AND r.outcome = 'changed'
) AS moved
JOIN accounts_studentgroup g ON g.enterprise_id = %(school)s AND g.name = moved.name
WHERE g.archived_at IS NULL AND NOT COALESCE(moved.other ? moved.name, false)
GROUP BY g.id, g.teacher_id ORDER BY g.id
"""


def current_teachers(source: PeopleImport) -> dict[str, Any]:
    """Return the groups that the import affects, and who is in charge now."""
    return {str(group): now for group, now, _taker in _teacher_changes(source)}


def assign_teachers(source: PeopleImport) -> dict[str, Any]:
    """Assign the people in charge, also of new groups; return the old and new person per group."""
    changes = {str(group): [old, new] for group, old, new in _teacher_changes(source)}
    for group, (_old, new) in changes.items():
        StudentGroup.objects.filter(pk=group).update(teacher=new)
    return changes


def restore_teachers(source: PeopleImport) -> None:
    """Restore the people in charge, unless that changed since the import."""
    known = set(User.objects.filter(enterprise=source.enterprise_id).values_list("pk", flat=True))
    for group, (old, new) in source.charges.items():
        unchanged = StudentGroup.objects.filter(pk=group, archived_at=None, teacher=new)
        unchanged.update(teacher=old if old in known else None)


def _teacher_changes(source: PeopleImport) -> list[tuple[int, int | None, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(_TEACHER_CHANGES_SQL, {"source": source.pk, "school": source.enterprise_id})
        changes: list[tuple[int, int | None, int | None]] = cursor.fetchall()
    return changes
