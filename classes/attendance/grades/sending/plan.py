"""Who of a revision can be sent to a OneRoster service, to which class, and why others cannot."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from accounts.imports.one_roster.links import sourced_ids_of
from accounts.models import GroupMembership, SourcedId, User
from classes.models import Course, GradeRevision, Term

Kind = SourcedId.Kind
#: Why a student is not sent: no account any more, no OneRoster ID, in no group with one.
GONE, NO_ID, NO_CLASS = "gone", "id", "class"


class PlannedGrade(NamedTuple):
    """A student of a revision. With a `reason`, they are not sent; `person` is None for GONE.

    `grade` is that of the body, None for a student whose grade of an earlier revision is taken back.
    """

    user_id: str
    grade: Mapping[str, Any] | None
    person: int | None
    nickname: str
    sourced_id: str
    class_id: str
    reason: str


def plan_grades(revision: GradeRevision) -> list[PlannedGrade]:
    """Return the students of a revision in a fixed order: first its own, then those of earlier ones alone."""
    grades: dict[str, Mapping[str, Any] | None] = {one["user_id"]: one for one in revision.body["people"]}
    for user_id in sorted(_graded_before(revision) - grades.keys()):
        grades[user_id] = None
    people = User.objects.filter(enterprise=revision.enterprise_id, user_id__in=list(grades))
    known = {user_id: (pk, name) for pk, user_id, name in people.values_list("pk", "user_id", "nickname")}
    keys = [pk for pk, _name in known.values()]
    ids = sourced_ids_of(revision.enterprise_id, Kind.USER, keys)
    classes = _classes_of(revision.course, keys)
    planned = []
    for user_id, grade in grades.items():
        person, nickname = known.get(user_id, (None, user_id))
        sourced_id, class_id = ids.get(person or 0, ""), classes.get(person or 0, "")
        reason = GONE if person is None else NO_ID if not sourced_id else "" if class_id else NO_CLASS
        planned.append(PlannedGrade(user_id, grade, person, nickname, sourced_id, class_id, reason))
    return planned


def term_id_of(revision: GradeRevision) -> str:
    """Return the sourcedId of the term of a revision, or an empty string."""
    terms = Term.objects.filter(
        enterprise=revision.enterprise_id, starts_on=revision.since, ends_on=revision.until
    )
    ids = sourced_ids_of(revision.enterprise_id, Kind.SESSION, list(terms.values_list("pk", flat=True)))
    return min(ids.values(), default="")


def _graded_before(revision: GradeRevision) -> set[str]:
    """Return the students with a percentage in an earlier revision."""
    earlier = GradeRevision.objects.filter(
        course=revision.course_id,
        since=revision.since,
        until=revision.until,
        number__lt=revision.number,
    )
    bodies = earlier.values_list("body", flat=True)
    return {one["user_id"] for body in bodies for one in body["people"] if one["percent"] is not None}


def _classes_of(course: Course, people: Iterable[int]) -> dict[int, str]:
    """Return the sourcedId of the group by which each student belongs to a course; of several, the first."""
    groups = list(course.groups.values_list("pk", flat=True))
    ids = sourced_ids_of(course.enterprise_id, Kind.CLASS, groups)
    entries = GroupMembership.objects.filter(group__in=ids, student__in=list(people))
    found: dict[int, str] = {}
    for student, group in entries.values_list("student", "group"):
        found[student] = min(found.get(student, ids[group]), ids[group])
    return found
