"""Grades that an import gives to the groups in the cells of its rows. An empty cell asks for nothing.

Every row keeps what it asks for in `after` (GRADE_ASKED, GRADED_GROUPS), also if the groups have this grade
already, so that rows which ask for different grades are found. Other groups of a student are not affected.

`PeopleImport.grades` maps group IDs, as text because JSON has no other keys, to pairs of grade IDs: before
and after the import. So an undo restores only what did not change since.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection

from accounts.imports.columns import GRADE, GROUPS
from accounts.models import Grade, PeopleImport, StudentGroup
from console.imports.columns import split_names

#: Keys of `after`: the name of the grade that a row asks for, and the groups in its cell.
GRADE_ASKED, GRADED_GROUPS = "asked_grade", "graded_groups"

# The first row that gives a group a grade counts; a row that gives it another one is refused and names it.
_REFUSE_OTHER_GRADES_SQL = """
UPDATE accounts_importrow r SET
    outcome = 'refused', "column" = 'grade', value = left(r.after ->> 'asked_grade', 200),
    reason = 'other_grade', named = other.number::text, after = NULL
FROM (
    SELECT asked.id, min(asked.number) AS number FROM (
        SELECT r.id, r.after ->> 'asked_grade' AS grade,
            first_value(r.after ->> 'asked_grade') OVER w AS first_grade,
            first_value(r.number) OVER w AS number
        FROM accounts_importrow r
        CROSS JOIN LATERAL jsonb_array_elements_text(r.after -> 'graded_groups') AS member(name)
        WHERE r.source_id = %(source)s AND r.outcome <> 'refused'
        WINDOW w AS (PARTITION BY member.name ORDER BY r.number)
    ) AS asked WHERE asked.grade <> asked.first_grade GROUP BY asked.id
) AS other
WHERE r.id = other.id
"""

_CHANGES_SQL = """
SELECT DISTINCT g.id, g.grade_id, grade.id
FROM accounts_importrow r
CROSS JOIN LATERAL jsonb_array_elements_text(r.after -> 'graded_groups') AS member(name)
JOIN accounts_studentgroup g ON g.enterprise_id = %(school)s AND g.name = member.name
JOIN accounts_grade grade ON grade.enterprise_id = %(school)s AND grade.name = r.after ->> 'asked_grade'
WHERE r.source_id = %(source)s AND r.outcome <> 'refused' AND g.archived_at IS NULL
AND g.grade_id IS DISTINCT FROM grade.id
ORDER BY g.id
"""

_GONE_SQL = """
SELECT EXISTS (
    SELECT 1 FROM accounts_importrow r
    WHERE r.source_id = %(source)s AND r.outcome <> 'refused' AND r.after ->> 'asked_grade' <> ''
    AND NOT EXISTS (
        SELECT 1 FROM accounts_grade g
        WHERE g.enterprise_id = %(school)s AND g.name = r.after ->> 'asked_grade'))
"""


class GradeChange(NamedTuple):
    """A group that the import gives another grade; the names of both grades, "" for none."""

    group: str
    old: str
    new: str


def asked_grade(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the keys of `after` that say which grade a row asks for; none if its cell is empty."""
    grade = values.get(GRADE, "").strip()
    return {GRADE_ASKED: grade, GRADED_GROUPS: split_names(values.get(GROUPS, ""))} if grade else {}


def refuse_other_grades(source: PeopleImport) -> None:
    """Refuse rows that give a group another grade than a row above them."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE_OTHER_GRADES_SQL, _params(source))


def planned_grades(source: PeopleImport) -> dict[str, Any]:
    """Return the pairs of the groups that change; groups that the import creates are not among them."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES_SQL, _params(source))
        return {str(group): [before, after] for group, before, after in cursor.fetchall()}


def named_changes(source: PeopleImport) -> list[GradeChange]:
    """Return the changes of `source.grades` by name, without groups that were deleted since."""
    if not source.grades:
        return []
    grades = dict(Grade.objects.filter(enterprise=source.enterprise_id).values_list("pk", "name"))
    groups = StudentGroup.objects.filter(pk__in=source.grades, enterprise=source.enterprise_id)
    return [
        GradeChange(name, *(grades.get(grade, "") for grade in source.grades[str(group)]))
        for group, name in groups.order_by("name", "pk").values_list("pk", "name")
    ]


def changes_by_group(source: PeopleImport) -> dict[str, list[str]]:
    """Return the names of both grades by group, for the audit trail."""
    return {change.group: [change.old, change.new] for change in named_changes(source)}


def grades_are_gone(source: PeopleImport) -> bool:
    """Return whether a grade of the file does not exist any more."""
    with connection.cursor() as cursor:
        cursor.execute(_GONE_SQL, _params(source))
        return bool(cursor.fetchone()[0])


def lock_grades(source: PeopleImport) -> None:
    """Lock the grades of the school, after its groups, if the import gives grades or has given some.

    So nobody deletes one before a group has it.
    """
    if GRADE in source.columns or source.grades:
        grades = Grade.objects.filter(enterprise=source.enterprise_id).order_by("pk")
        list(grades.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def assign_grades(source: PeopleImport) -> dict[str, Any]:
    """Give the groups, which are locked like the grades, also new ones, their grades; return the pairs."""
    changes = planned_grades(source)
    for group in StudentGroup.objects.filter(pk__in=changes).order_by("pk"):
        group.grade_id = changes[str(group.pk)][1]
        group.save(update_fields=["grade"])
    return changes


def restore_grades(source: PeopleImport) -> dict[str, list[str]]:
    """Give the groups, which are locked like the grades, their former grades back.

    Grades that changed since the import stay. Return the names of both grades by group, for the audit trail.
    """
    grades = dict(Grade.objects.filter(enterprise=source.enterprise_id).values_list("pk", "name"))
    restored = {}
    for group in StudentGroup.objects.filter(pk__in=source.grades, archived_at=None).order_by("pk"):
        before, after = source.grades[str(group.pk)]
        if group.grade_id == after:
            group.grade_id = before if before in grades else None
            group.save(update_fields=["grade"])
            restored[group.name] = [grades.get(one or 0, "") for one in (after, group.grade_id)]
    return restored


def _params(source: PeopleImport) -> dict[str, int]:
    return {"source": source.pk, "school": source.enterprise_id}
