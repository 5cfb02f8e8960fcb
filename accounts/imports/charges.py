"""Who is in charge of which group, as an import changes it: one person a group, whoever had it before.

Maps of `PeopleImport.charges` are by the id of a group, as text, for JSON has no other keys.
"""

from typing import Any

from django.db import connection

from accounts.models import PeopleImport, StudentGroup, User

# Groups that a row takes over or gives up, with who gets them; of two rows about one the taker counts.
_MOVES = """
SELECT g.id, g.teacher_id, max(moved.taker)
FROM (
    SELECT wanted.name, r.person_id AS taker, r.before -> 'in_charge' AS besides
    FROM accounts_importrow r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.after -> 'in_charge') AS wanted(name)
    WHERE r.source_id = %(source)s AND r.outcome IN ('added', 'changed')
    UNION ALL
    SELECT given.name, NULL, r.after -> 'in_charge'
    FROM accounts_importrow r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.before -> 'in_charge') AS given(name)
    WHERE r.source_id = %(source)s AND r.outcome = 'changed'
) AS moved
JOIN accounts_studentgroup g ON g.enterprise_id = %(school)s AND g.name = moved.name
WHERE g.archived_at IS NULL AND NOT COALESCE(moved.besides ? moved.name, false)
GROUP BY g.id, g.teacher_id ORDER BY g.id
"""


def as_they_are(source: PeopleImport) -> dict[str, Any]:
    """The groups that the import moves, with who is in charge now."""
    return {str(group): now for group, now, _taker in _moves(source)}


def hand_over(source: PeopleImport) -> dict[str, Any]:
    """Put in charge whom the rows name, groups made just now too; per group who it was and who it became."""
    done = {str(group): [was, taker] for group, was, taker in _moves(source)}
    for group, (_was, taker) in done.items():
        StudentGroup.objects.filter(pk=group).update(teacher=taker)
    return done


def give_back(source: PeopleImport) -> None:
    """Put back who was in charge, where nobody changed that since."""
    known = set(User.objects.filter(enterprise=source.enterprise_id).values_list("pk", flat=True))
    for group, both in source.charges.items():
        was, became = both
        now = StudentGroup.objects.filter(pk=group, archived_at=None, teacher=became)
        now.update(teacher=was if was in known else None)


def _moves(source: PeopleImport) -> list[tuple[int, int | None, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, {"source": source.pk, "school": source.enterprise_id})
        return cursor.fetchall()
