"""Planning what a checked file asks for: all in one transaction, or nothing where the school changed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, Role, User
from classes.conflicts.booking import judged, mark, queue_up
from classes.courses.writing import People, write_lessons
from classes.imports import planning, push
from classes.imports.checking import Wanted
from classes.imports.planning import Check, Found
from classes.models import Course, Lesson, Member, TimetableImport, TimetableRow
from console.audit.trail import record

State, Outcome = TimetableImport.State, TimetableRow.Outcome
BATCH = 2_000
_REMEMBER = """
UPDATE classes_timetablerow r SET course_id = v.course, lesson_id = v.lesson
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS v(id, course, lesson) WHERE r.id = v.id
"""
#: Rows that ask for the same people are written in one go.
Key = tuple[int, tuple[int, ...], tuple[int, ...], tuple[int, ...]]


class ChangedSince(Exception):
    """The school is not as it was when the file was checked."""


def apply(*, source: TimetableImport, by: User | None, reason: str = "") -> TimetableImport:
    """Plan what the check showed, and start the job that follows the sending.

    Where the school changed since the check, nothing is written: the file is checked again and ChangedSince
    raised, so that somebody looks at the new preview. ValidationError where it is not checked, and where
    there are conflicts and no reason to allow them.
    """
    try:
        with transaction.atomic():
            return _apply(source, by, reason.strip()[:300])
    except ChangedSince:
        planning.plan(TimetableImport.objects.get(pk=source.pk))
        raise


def _apply(source: TimetableImport, by: User | None, reason: str) -> TimetableImport:
    source = TimetableImport.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if source.state not in (State.CHECKED, State.APPLYING):
        raise ValidationError(_("This import is not waiting to be applied any more. Look at its page."))
    asked = source.lines.exclude(wanted=None).values_list("wanted__teacher", "wanted__assistants")
    queue_up({pk for teacher, assistants in asked for pk in (teacher, *assistants)})
    check = planning.check_of(source)
    if check.digest != source.seen:
        raise ChangedSince
    if source.counts.get(Outcome.CONFLICT) and not reason:
        raise ValidationError(_("There are conflicts. Change the file, or write why they are allowed."))
    lessons = _write(source.enterprise, check, by, reason)
    told = {"file": source.filename, "sha256": source.digest, "lessons": lessons, **source.counts}
    record("timetable.import", source, by=by, after=told, reason=reason)
    source.state, source.applied_at, source.reason = State.APPLIED, timezone.now(), reason
    source.job = push.follow(source, by=by, total=lessons)
    source.save(update_fields=["state", "applied_at", "reason", "job"])
    return source


def _write(school: Enterprise, check: Check, by: User | None, reason: str) -> int:
    """Courses, lessons, people and operations; the rows remember what came of them."""
    chosen = [one for one in check.rows if one.wanted and one.slots]
    roles = _roles(chosen)
    teachers = User.objects.in_bulk({one.wanted.teacher for one in chosen if one.wanted})
    courses = _courses(school, [one for one in chosen if one.wanted and one.wanted.rrule])
    series: dict[Key, tuple[list[Lesson], People]] = {}
    singles: list[tuple[Found, Lesson]] = []
    for one in chosen:
        if one.wanted is None:
            continue
        lessons = _lessons(school, one, teachers[one.wanted.teacher], courses.get(one.row.pk), reason, by)
        key = _key(one.wanted)
        if key not in series:
            series[key] = ([], _people(check, one.wanted, roles))
        series[key][0].extend(lessons)
        if one.row.pk not in courses:
            singles.append((one, lessons[0]))
    with judged():
        written = write_lessons(school, list(series.values()), by=by)
    made = [(row, course.pk, None) for row, course in courses.items()]
    _remember([*made, *((one.row.pk, None, lesson.pk) for one, lesson in singles)])
    return len(written)


def _remember(made: list[tuple[int, int | None, int | None]]) -> None:
    """Which course or lesson came of which row."""
    columns = [list(column) for column in zip(*made, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, columns)


def _key(wanted: Wanted) -> Key:
    return wanted.teacher, tuple(wanted.assistants), tuple(wanted.students), tuple(wanted.groups)


def _roles(chosen: Iterable[Found]) -> dict[int, str]:
    helpers = {pk for one in chosen if one.wanted for pk in one.wanted.assistants}
    supervisors = User.objects.filter(pk__in=helpers, role=Role.SUPERVISOR).values_list("pk", flat=True)
    found = dict.fromkeys(helpers, str(Member.Role.ASSISTANT))
    return found | dict.fromkeys(supervisors, str(Member.Role.SUPERVISOR))


def _people(check: Check, wanted: Wanted, roles: dict[int, str]) -> People:
    """Whoever is named came by hand, the others by the first of the groups."""
    students: dict[int, int | None] = {}
    for group in reversed(wanted.groups):
        students |= dict.fromkeys(check.students.get(group, ()), group)
    students |= dict.fromkeys(wanted.students, None)
    return People(students, {pk: roles[pk] for pk in wanted.assistants}, wanted.groups)


def _courses(school: Enterprise, chosen: list[Found]) -> dict[int, Course]:
    """A course for each row that has a rule, by the row's key, with its people."""
    made = Course.objects.bulk_create(
        (
            Course(
                enterprise=school,
                title=one.wanted.topic,
                teacher_id=one.wanted.teacher,
                starts_local=one.wanted.first,
                duration_minutes=one.wanted.minutes,
                rrule=one.wanted.rrule,
                term_id=one.wanted.term,
            )
            for one in chosen
            if one.wanted
        ),
        batch_size=BATCH,
    )
    links: dict[Any, list[Any]] = defaultdict(list)
    for one, course in zip(chosen, made, strict=True):
        if one.wanted:
            _link(links, Course.groups.through, course, "studentgroup_id", one.wanted.groups)
            _link(links, Course.members.through, course, "user_id", one.wanted.students)
            _link(links, Course.assistants.through, course, "user_id", one.wanted.assistants)
    for through, rows in links.items():
        through.objects.bulk_create(rows, batch_size=BATCH)
    return {one.row.pk: course for one, course in zip(chosen, made, strict=True)}


def _link(links: dict[Any, list[Any]], through: Any, course: Course, column: str, keys: list[int]) -> None:
    links[through] += [through(course=course, **{column: key}) for key in keys]


def _lessons(
    school: Enterprise, one: Found, teacher: User, course: Course | None, reason: str, by: User | None
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
        mark(lesson, slot.place in one.clashing, reason, by)
    return lessons
