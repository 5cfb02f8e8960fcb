"""Who is in the groups of a school, and in the courses of a term, in one query."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast

from accounts.models import Enterprise, GroupMembership, Role, User
from classes.models import Course, Term

#: The name under which the students of groups stand among the relations of courses.
_STUDENTS = "group.students"
_ACTIVE = "school.active"


class CoursePerson(NamedTuple):
    """An active person of a course."""

    pk: int
    role: str


@dataclass
class SchoolPeople:
    """The active students of each active group, and the active people and the groups of each course.

    Those of a course are by the relation that they stand in; `groups` are keys.
    """

    school: Enterprise
    students: dict[int, list[int]] = field(default_factory=dict)
    of_courses: dict[int, dict[str, list[CoursePerson]]] = field(default_factory=dict)
    groups: dict[int, dict[str, list[int]]] = field(default_factory=dict)

    def find_leavers(self, goes_on: Mapping[int, bool]) -> tuple[list[int], int]:
        """Return the students whose groups are all archived, and how many others these groups have.

        `goes_on` says of each group whether it is kept.
        """
        staying: set[int] = set()
        leaving: set[int] = set()
        for group, students in self.students.items():
            (staying if goes_on.get(group) else leaving).update(students)
        return sorted(leaving - staying), len(leaving & staying)

    def leave_courses(self, leavers: Collection[int]) -> None:
        """Take these people out of the courses."""
        for relations in self.of_courses.values():
            for people in relations.values():
                people[:] = [one for one in people if one.pk not in leavers]


def people_fields() -> list[str]:
    """Return the relations of a course to people and groups."""
    return [one.name for one in Course._meta.many_to_many]


def load_people(school: Enterprise, term: Term) -> SchoolPeople:
    """Return who is in the groups of the school and in the courses of the term. One query, arrays of keys.

    It joins nobody: without statistics, the database would search the links of each person of the school.
    """
    active = User.objects.filter(enterprise=school, is_active=True)
    entries = GroupMembership.objects.filter(group__enterprise=school, group__archived_at=None)
    rows = _keys_by(active, _ACTIVE, "role", "id").union(
        _keys_by(entries, _STUDENTS, "group_id", "student_id"),
        *(_links_of(name, term) for name in people_fields()),
        all=True,
    )
    return _assemble(school, list(rows))


def _links_of(name: str, term: Term) -> QuerySet[Any, Any]:
    """Return the keys in one relation of each course of the term."""
    relation: Any = Course._meta.get_field(name)
    links = relation.remote_field.through._default_manager.filter(course__term=term)
    return _keys_by(links, name, "course_id", f"{relation.m2m_reverse_field_name()}_id")


def _keys_by(rows: Any, name: str, owner: str, key: str) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(
        part=Value(name, output_field=CharField()), owner=Cast(owner, CharField())
    )
    found: QuerySet[Any, Any] = named.values_list("part", "owner").annotate(keys=ArrayAgg(key, order_by=key))
    return found


def _assemble(school: Enterprise, rows: Sequence[tuple[str, str, list[int]]]) -> SchoolPeople:
    roles = {pk: role for part, role, keys in rows if part == _ACTIVE for pk in keys}
    found = SchoolPeople(school)
    for part, owner, keys in rows:
        if part == _STUDENTS:
            found.students[int(owner)] = [pk for pk in keys if roles.get(pk) == Role.STUDENT]
        elif part == _ACTIVE:
            continue
        elif Course._meta.get_field(part).related_model is User:
            people = [CoursePerson(pk, roles[pk]) for pk in keys if pk in roles]
            found.of_courses.setdefault(int(owner), {})[part] = people
        else:
            found.groups.setdefault(int(owner), {})[part] = keys
    return found
