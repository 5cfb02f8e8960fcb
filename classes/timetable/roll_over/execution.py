"""Write what a preview shows, in the transaction of the caller, which holds all locks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from accounts.bulk.services import deactivate_people
from accounts.models import Enterprise, StudentGroup, User
from classes.conflicts.guard import enforce_teacher_constraint, set_conflict_override
from classes.lessons.passwords import set_passwords
from classes.models import Course, Lesson, LessonKey
from classes.timetable.courses.bulk_insert import insert_lessons
from classes.timetable.courses.planning import COURSE_FIELDS
from classes.timetable.roll_over.applied import AppliedCourse, AppliedGroup, course_digests, group_values
from classes.timetable.roll_over.choices import GroupAct
from classes.timetable.roll_over.courses import CourseRow, copied_columns
from classes.timetable.roll_over.people import people_fields
from classes.timetable.roll_over.plan import Plan
from console.audit.trail import diff_snapshots, record, snapshot
from console.bulk_sql import bulk_insert, bulk_update

BATCH = 2_000
GROUP_COLUMNS = ("name", "sort_name", "search_name", "grade", "archived_at")


def write_plan(plan: Plan, *, by: User, reason: str) -> dict[str, Any]:
    """Change groups, people and courses; return what the undo needs (`applied`)."""
    groups = _change_groups(plan, by)
    people = list(User.objects.filter(pk__in=plan.deactivated).select_related("enterprise"))
    if people:
        deactivate_people(people=people, by=by, reason=str(plan.roll_over))
    courses = _copy_courses(plan, by, reason)
    return {
        "groups": [one.stored() for one in groups],
        "people": [one.pk for one in people],
        "courses": [one.stored() for one in courses],
    }


def _change_groups(plan: Plan, by: User) -> list[AppliedGroup]:
    now = timezone.now()
    changed: list[AppliedGroup] = []
    for row in plan.groups:
        if not row.changes:
            continue
        group, before = row.group, group_values(row.group)
        group.name, group.grade = row.name, row.grade_after
        if row.act == GroupAct.ARCHIVE:
            group.archived_at = now
        changed.append(AppliedGroup(group.pk, before, group_values(group)))
    save_groups([row.group for row in plan.groups if row.changes])
    by_key = {row.group.pk: row for row in plan.groups}
    for one in changed:
        row = by_key[one.pk]
        action = "group.change" if row.goes_on else "group.archive"
        old, new = diff_snapshots(audit_values(one.before), audit_values(one.after))
        record(action, row.group, by=by, before=old, after=new)
    return changed


def save_groups(groups: Sequence[StudentGroup]) -> None:
    """Save names, grades and archived states.

    The names are unique at each moment: groups that take each other's names get names of their own first.
    """
    if not groups:
        return
    names = {group.pk: group.name for group in groups}
    for group in groups:
        group.name = f"\x1f{group.pk}"
    bulk_update(groups, ["name"])
    for group in groups:
        group.name = names[group.pk]
    bulk_update(groups, GROUP_COLUMNS)


def audit_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a group for the audit trail."""
    return {"name": values["name"], "grade": values["grade"]}


def _copy_courses(plan: Plan, by: User, reason: str) -> list[AppliedCourse]:
    """Create the copies with their people, lessons and operations."""
    school, rows = plan.roll_over.enterprise, [one for one in plan.copies if one.is_valid]
    if not rows:
        return []
    copies = [_build_course(plan, row) for row in rows]
    bulk_insert(copies)
    _link_people(list(zip(rows, copies, strict=True)))
    series = []
    for row, course in zip(rows, copies, strict=True):
        series.append((_build_lessons(school, row, course, by, reason), row.people))
    with enforce_teacher_constraint():
        insert_lessons(school, series, by=by)
    _copy_passwords(rows, [lessons for lessons, _people in series])
    for row, course in zip(rows, copies, strict=True):
        after = snapshot(course, COURSE_FIELDS) | {"lessons": len(row.dates)}
        allowed = len(row.conflicting_places)
        after |= {"conflicts_allowed": allowed} if allowed else {}
        record("course.add", course, by=by, after=after, reason=reason if allowed else "")
    digests = course_digests([one.pk for one in copies])
    return [
        AppliedCourse(row.course.pk, course.pk, digests[course.pk])
        for row, course in zip(rows, copies, strict=True)
    ]


def _build_course(plan: Plan, row: CourseRow) -> Course:
    values = {name: getattr(row.course, name) for name in copied_columns()}
    return Course(
        **values
        | {
            "title": row.title,
            "teacher_id": row.teacher.pk if row.teacher else None,
            "term_id": plan.beginning.pk,
            "starts_local": row.first,
            "rrule": row.rule,
        }
    )


def _link_people(pairs: Sequence[tuple[CourseRow, Course]]) -> None:
    for name in people_fields():
        relation: Any = Course._meta.get_field(name)
        through, column = relation.remote_field.through, relation.m2m_reverse_field_name()
        links = [
            through(course_id=course.pk, **{f"{column}_id": one.pk})
            for row, course in pairs
            for one in row.related[name]
        ]
        through._default_manager.bulk_create(links, batch_size=BATCH)


def _build_lessons(school: Enterprise, row: CourseRow, course: Course, by: User, reason: str) -> list[Lesson]:
    lessons = [
        Lesson(
            enterprise=school,
            course=course,
            occurrence=one.day,
            topic=row.title,
            class_type=course.class_type,
            teacher=row.teacher,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            **row.settings,
        )
        for one in row.dates
    ]
    for place, lesson in enumerate(lessons):
        set_conflict_override(lesson, place in row.conflicting_places, reason, by)
    return lessons


def _copy_passwords(rows: Sequence[CourseRow], lessons: Iterable[list[Lesson]]) -> None:
    """Give the lessons of each copy the password of the last lesson of its course."""
    models = {row.model_lesson for row in rows if row.model_lesson}
    keys = LessonKey.objects.filter(lesson__in=models, password__isnull=False)
    passwords: dict[int, str] = defaultdict(str)
    passwords |= {key.lesson_id: key.password.reveal() for key in keys}
    for row, copies in zip(rows, lessons, strict=True):
        if password := passwords.get(row.model_lesson or 0):
            set_passwords(copies, password)
