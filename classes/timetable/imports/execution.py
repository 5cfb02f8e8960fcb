"""Write a checked timetable, or nothing if the school changed since the check."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Enterprise, Role, User
from classes.conflicts.guard import enforce_teacher_constraint, lock_people, set_conflict_override
from classes.lessons.groups import lock_groups
from classes.lessons.roster import ExpectedPeople
from classes.models import Course, Lesson, Member, Term, TimetableImport, TimetableRow
from classes.timetable.courses.bulk_insert import insert_lessons
from classes.timetable.imports import checks
from classes.timetable.imports.checks import CheckedRow, ImportCheck
from classes.timetable.imports.row_parser import PlannedRow
from classes.timetable.subjects.services import lock_subjects
from console.audit.trail import record
from console.imports.import_type import ImportOutdated

Outcome = TimetableRow.Outcome
BATCH = 2_000
_LINK_ROWS = """
UPDATE classes_timetablerow r SET course_id = v.course, lesson_id = v.lesson
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS v(id, course, lesson) WHERE r.id = v.id
"""
#: Rows with equal keys have the same people and are inserted together.
PeopleKey = tuple[int, tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def write_import(source: TimetableImport, *, by: User | None, reason: str) -> int:
    """Create what the check showed, in the caller's transaction; return the number of lessons.

    Raise ImportOutdated if the school changed since the check, and ValidationError for conflicts without a
    reason.
    """
    _lock_inputs(source)
    check = checks.build_check(source)
    if check.digest != source.seen:
        raise ImportOutdated
    require_conflict_reason(source, reason)
    lessons = _write_lessons(source.enterprise, check, by, reason)
    after = {"file": source.filename, "sha256": source.digest, "lessons": lessons, **source.counts}
    record("timetable.import", source, by=by, after=after, reason=reason)
    return lessons


def require_conflict_reason(source: TimetableImport, reason: str) -> None:
    """Raise ValidationError if the check found conflicts and there is no reason."""
    if source.counts.get(Outcome.CONFLICT) and not reason:
        raise ValidationError(_("There are conflicts. Change the file, or enter a reason to allow them."))


def _lock_inputs(source: TimetableImport) -> None:
    """Lock everything that the check reads: subjects, terms, groups, and the people to plan."""
    stored_rows: Iterable[Any] = source.lines.exclude(wanted=None).values_list("wanted", flat=True)
    rows = [PlannedRow.from_stored(stored) for stored in stored_rows]
    lock_subjects(one.subject for one in rows if one.subject)
    terms = Term.objects.select_for_update(no_key=True).filter(pk__in={one.term for one in rows if one.term})
    list(terms.order_by("pk").values_list("pk", flat=True))
    groups = {group for one in rows for group in one.groups}
    lock_groups(groups)
    people = {pk for one in rows for pk in (one.teacher, *one.assistants, *one.students)}
    people |= {pk for students in checks.students_by_group(groups).values() for pk in students}
    if people:
        lock_people(people)


def _write_lessons(school: Enterprise, check: ImportCheck, by: User | None, reason: str) -> int:
    """Create courses, lessons, members and operations; link the rows to their results."""
    chosen = [one for one in check.rows if one.planned and one.slots]
    roles = _helper_roles(chosen)
    teachers = User.objects.in_bulk({one.planned.teacher for one in chosen if one.planned})
    courses = _create_courses(school, [one for one in chosen if one.planned and one.planned.rrule])
    series: dict[PeopleKey, tuple[list[Lesson], ExpectedPeople]] = {}
    singles: list[tuple[CheckedRow, Lesson]] = []
    for one in chosen:
        if one.planned is None:
            continue
        lessons = _build_lessons(
            school, one, teachers[one.planned.teacher], courses.get(one.row.pk), reason, by
        )
        key = _people_key(one.planned)
        if key not in series:
            series[key] = ([], _expected_people(check, one.planned, roles))
        series[key][0].extend(lessons)
        if one.row.pk not in courses:
            singles.append((one, lessons[0]))
    with enforce_teacher_constraint():
        written = insert_lessons(school, list(series.values()), by=by)
    links = [(row, course.pk, None) for row, course in courses.items()]
    _link_rows([*links, *((one.row.pk, None, lesson.pk) for one, lesson in singles)])
    return len(written)


def _link_rows(links: list[tuple[int, int | None, int | None]]) -> None:
    """Store which course or lesson each row created."""
    columns = [list(column) for column in zip(*links, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_LINK_ROWS, columns)


def _people_key(planned: PlannedRow) -> PeopleKey:
    return planned.teacher, tuple(planned.assistants), tuple(planned.students), tuple(planned.groups)


def _helper_roles(chosen: Iterable[CheckedRow]) -> dict[int, str]:
    helpers = {pk for one in chosen if one.planned for pk in one.planned.assistants}
    supervisors = User.objects.filter(pk__in=helpers, role=Role.SUPERVISOR).values_list("pk", flat=True)
    found = dict.fromkeys(helpers, str(Member.Role.ASSISTANT))
    return found | dict.fromkeys(supervisors, str(Member.Role.SUPERVISOR))


def _expected_people(check: ImportCheck, planned: PlannedRow, roles: dict[int, str]) -> ExpectedPeople:
    """Named students count as added by hand, the others as joined through the first of the groups."""
    students: dict[int, int | None] = {}
    for group in reversed(planned.groups):
        students |= dict.fromkeys(check.students.get(group, ()), group)
    students |= dict.fromkeys(planned.students, None)
    return ExpectedPeople(students, {pk: roles[pk] for pk in planned.assistants}, planned.groups)


def _create_courses(school: Enterprise, chosen: list[CheckedRow]) -> dict[int, Course]:
    """Return a course, with its people, for each row that has a rule, by the row's key."""
    courses = Course.objects.bulk_create(
        (
            Course(
                enterprise=school,
                title=one.planned.topic,
                teacher_id=one.planned.teacher,
                starts_local=one.planned.first,
                duration_minutes=one.planned.minutes,
                rrule=one.planned.rrule,
                term_id=one.planned.term,
                subject_id=one.planned.subject,
            )
            for one in chosen
            if one.planned
        ),
        batch_size=BATCH,
    )
    links: dict[Any, list[Any]] = defaultdict(list)
    for one, course in zip(chosen, courses, strict=True):
        if one.planned:
            _add_links(links, Course.groups.through, course, "studentgroup_id", one.planned.groups)
            _add_links(links, Course.members.through, course, "user_id", one.planned.students)
            _add_links(links, Course.assistants.through, course, "user_id", one.planned.assistants)
    for through, rows in links.items():
        through.objects.bulk_create(rows, batch_size=BATCH)
    return {one.row.pk: course for one, course in zip(chosen, courses, strict=True)}


def _add_links(
    links: dict[Any, list[Any]], through: Any, course: Course, column: str, keys: list[int]
) -> None:
    links[through] += [through(course=course, **{column: key}) for key in keys]


def _build_lessons(
    school: Enterprise, one: CheckedRow, teacher: User, course: Course | None, reason: str, by: User | None
) -> list[Lesson]:
    lessons = [
        Lesson(
            enterprise=school,
            course=course,
            occurrence=slot.starts_at.astimezone(school.tz).date() if course else None,
            topic=slot.topic,
            teacher=teacher,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
        )
        for slot in one.slots
    ]
    for slot, lesson in zip(one.slots, lessons, strict=True):
        set_conflict_override(lesson, slot.place in one.conflicting_places, reason, by)
    return lessons
