"""The preview of a roll-over: what it would do to the school as it is now."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from classes.models import RollOver, Term
from classes.timetable.roll_over.choices import Choices, GroupAct
from classes.timetable.roll_over.conflicts import find_row_conflicts
from classes.timetable.roll_over.courses import CourseRow, copied_columns, plan_courses
from classes.timetable.roll_over.groups import GroupRow, plan_groups
from classes.timetable.roll_over.people import load_people


@dataclass
class Plan:
    """The groups, leavers (by key) and courses of a roll-over, with its choices.

    `staying` is the number of students of archived groups who do not leave, because of their other groups.
    `teachers` are those who may teach, if a course needs another teacher or has one.
    """

    roll_over: RollOver
    choices: Choices
    ending: Term
    beginning: Term
    groups: list[GroupRow] = field(default_factory=list)
    leavers: list[int] = field(default_factory=list)
    staying: int = 0
    courses: list[CourseRow] = field(default_factory=list)
    teachers: Sequence[User] = ()

    @property
    def copies(self) -> list[CourseRow]:
        return [one for one in self.courses if one.copy]

    @property
    def deactivated(self) -> list[int]:
        """Return the people whom the roll-over deactivates."""
        return self.leavers if self.choices.deactivates else []

    @property
    def group_errors(self) -> list[GroupRow]:
        return [one for one in self.groups if one.error]

    @property
    def course_errors(self) -> list[CourseRow]:
        return [one for one in self.courses if one.error]

    @property
    def conflicts(self) -> int:
        """Return how many lessons of the copies have a conflict."""
        return sum(len(one.conflicting_places) for one in self.copies)

    @property
    def counts(self) -> dict[str, int]:
        acts = [one.act for one in self.groups]
        return {
            "promoted": acts.count(GroupAct.PROMOTE),
            "archived": acts.count(GroupAct.ARCHIVE),
            "leavers": len(self.leavers),
            "deactivated": len(self.deactivated),
            "courses": len(self.copies),
            "lessons": sum(len(one.dates) for one in self.copies),
        }

    @property
    def is_empty(self) -> bool:
        return not any(one.changes for one in self.groups) and not self.copies

    @property
    def digest(self) -> str:
        """Digest of what would be done, and of what the school is like, with the conflicts."""
        places = [[one.course.pk, sorted(one.conflicting_places)] for one in self.copies]
        return _digest_of([self.digest_without_conflicts, places])

    @property
    def digest_without_conflicts(self) -> str:
        """Digest by which a page notices that the school changed since the choices were saved."""
        return _digest_of(
            [
                [(one.pk, one.starts_on, one.ends_on) for one in (self.ending, self.beginning)],
                [_group_facts(one) for one in self.groups],
                [sorted(self.leavers), self.choices.deactivates],
                [_course_facts(one) for one in self.courses],
            ]
        )


def _digest_of(facts: list[Any]) -> str:
    text = json.dumps(facts, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def build_plan(roll_over: RollOver) -> Plan | None:
    """Return the preview without conflicts (`find_row_conflicts`); None if a term was deleted."""
    ending, beginning = roll_over.ending, roll_over.beginning
    if ending is None or beginning is None:
        return None
    plan = Plan(roll_over, Choices.from_stored(roll_over.choices), ending, beginning)
    people = load_people(roll_over.enterprise, ending)
    plan.groups = plan_groups(roll_over.enterprise, people.students, plan.choices.groups, ending.ends_on.year)
    plan.leavers, plan.staying = people.find_leavers({one.pk: one.goes_on for one in plan.groups})
    people.leave_courses(frozenset(plan.deactivated))
    plan.courses, plan.teachers = plan_courses(ending, beginning, plan.groups, people, plan.choices.courses)
    return plan


def build_preview(roll_over: RollOver) -> Plan | None:
    """Return the preview with its conflicts."""
    plan = build_plan(roll_over)
    if plan is not None:
        find_row_conflicts(roll_over.enterprise, plan.copies)
    return plan


def _group_facts(row: GroupRow) -> list[Any]:
    group = row.group
    return [group.pk, group.name, group.grade_id, row.following and row.following.pk, row.act, row.name]


def _course_facts(row: CourseRow) -> list[Any]:
    course = row.course
    columns = [str(getattr(course, name)) for name in copied_columns()]
    facts = [course.pk, columns, row.copy, row.title, row.teacher and row.teacher.pk, bool(row.error)]
    if not row.copy:
        return facts
    related = {name: sorted(one.pk for one in rows) for name, rows in row.related.items()}
    times = [one.starts_at for one in row.dates]
    return [*facts, row.rule, times, related, sorted(row.students), row.settings]
