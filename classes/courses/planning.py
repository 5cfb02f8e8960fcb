"""Planning a series: its dates and conflicts before saving, and then the course with all its lessons."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Enterprise, GroupStudent, Role, StudentGroup, User
from classes.conflicts.booking import allow, judged, mark
from classes.conflicts.finding import Conflict, Slot, Wanted, conflicts_of
from classes.courses import recurrence
from classes.courses.dates import Occurrence, dates_of, kept
from classes.courses.writing import People, write_lessons
from classes.kinds import ClassType
from classes.models import Course, Lesson, Member, Term
from classes.passwords import set_passwords, trail_of
from classes.rules import check_lesson, check_people
from console.audit.trail import record, snapshot

#: What else the lessons of a series have, all alike.
SETTINGS = ("record_types", "auto_open_mic", "auto_open_camera", "bitrate", "max_on_mic", "capacity")
FIELDS = ("title", "teacher", "class_type", "term", "starts_local", "duration_minutes", "rrule", "skip")


@dataclass(frozen=True)
class Plan:
    """What a series would be: all its dates, the left out ones too, its people and what is in the way."""

    dates: list[Occurrence]
    people: People
    conflicts: list[Conflict]

    @property
    def kept(self) -> list[Occurrence]:
        return kept(self.dates)


@dataclass(frozen=True)
class Series:
    """What somebody wants: the fields of a course, and those of its lessons in `settings`."""

    title: str
    teacher: User
    starts_local: datetime
    duration_minutes: int
    rrule: str = ""
    skip: Collection[date] = ()
    assistants: Collection[User] = ()
    members: Collection[User] = ()
    groups: Collection[StudentGroup] = ()
    class_type: str = ClassType.SMALL
    term: Term | None = None
    settings: Any = None
    rules: Any = None
    password: str | None = field(default=None, repr=False)

    @property
    def school(self) -> Enterprise:
        school: Enterprise = self.teacher.enterprise  # type: ignore[assignment]
        return school


def plan_course(*, by: User | None, conflict_reason: str = "", **fields: Any) -> Course:
    """Plan a series: the course, its lessons, and for each lesson its own operation (`/class/create`).

    Fields are those of Series: `title`, `teacher`, `starts_local` (naive, on the wall of the school),
    `duration_minutes`, `rrule` (RFC 5545, empty for one lesson), `skip` (days), `assistants`, `members` and
    `groups` (whose students come besides, and follow the group), `class_type`, `term` (whose holidays it
    keeps), `rules` of attendance, and `settings`, a mapping of what else a Lesson has; `password` is that
    of each lesson. Conflicted (a ValidationError) where there are conflicts and no reason to allow them;
    ValidationError where a field does not hold. One transaction.
    """
    return _plan(Series(**fields), by, conflict_reason)


def preview_course(**fields: Any) -> Plan:
    """What `plan_course` would do with these fields; the same ValidationErrors, but conflicts are told."""
    series = Series(**fields)
    check(series)
    dates, people = all_dates(series), people_of(series)
    return Plan(dates, people, conflicts_of(wanted_of(series, kept(dates), people)))


@transaction.atomic
def _plan(series: Series, by: User | None, reason: str) -> Course:
    course = check(series)
    dates, people = kept(all_dates(series)), people_of(series)
    if not dates:
        raise ValidationError({"rrule": _("Not one lesson is left: all dates of this series are left out.")})
    places = allow(wanted_of(series, dates, people), reason)
    course.save()
    course.assistants.set(series.assistants)
    course.members.set(series.members)
    course.groups.set(series.groups)
    lessons = lessons_on(dates, course, series)
    for place, lesson in enumerate(lessons):
        mark(lesson, place in places, reason, by)
    with judged():
        write_lessons(series.school, [(lessons, people)], by=by)
    set_passwords(lessons, series.password)
    told = snapshot(course, FIELDS) | {"lessons": len(lessons), "conflicts_allowed": len(places)}
    told |= trail_of(series.password or None)
    record("course.add", course, by=by, after=told, reason=reason if places else "")
    return course


def check(series: Series) -> Course:
    """The course, not saved, with every rule that its fields have to keep."""
    course = Course(
        enterprise=series.school,
        rrule=recurrence.tidy(series.rrule),
        skip=sorted(set(series.skip)),
        rules=series.rules,
        **{name: getattr(series, name) for name in FIELDS if name not in ("rrule", "skip")},
    )
    course.full_clean(exclude=["enterprise", "rrule"], validate_constraints=False)
    check_people(series.school, series.members, "members", roles=(Role.STUDENT,))
    check_people(series.school, series.assistants, "assistants")
    if any(group.enterprise_id != series.school.pk for group in series.groups):
        raise ValidationError({"groups": _("One of these groups is not of your school.")})
    if series.term and series.term.enterprise_id != series.school.pk:
        raise ValidationError({"term": _("This term is not of your school.")})
    return course


def all_dates(series: Series) -> list[Occurrence]:
    """The dates; the first is held against the rules of a lesson, for all lessons have the same fields."""
    dates = dates_of(
        series.school,
        starts_local=series.starts_local,
        duration_minutes=series.duration_minutes,
        rrule=series.rrule,
        skip=series.skip,
        term=series.term,
    )
    for date_ in dates[:1]:
        (lesson,) = lessons_on([date_], None, series)
        check_lesson(lesson)
    return dates


def lessons_on(dates: Iterable[Occurrence], course: Course | None, series: Series) -> list[Lesson]:
    """A lesson for each date, not saved."""
    return [
        Lesson(
            enterprise=series.school,
            course=course,
            occurrence=one.day,
            topic=series.title,
            class_type=series.class_type,
            teacher=series.teacher,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            **(series.settings or {}),
        )
        for one in dates
    ]


def people_of(series: Series) -> People:
    """Who is expected: those named, and the active students of the groups."""
    entries = GroupStudent.objects.filter(
        group__in=series.groups, student__role=Role.STUDENT, student__is_active=True
    )
    students: dict[int, int | None] = dict(entries.order_by("-group").values_list("student", "group"))
    students |= dict.fromkeys((one.pk for one in series.members), None)
    helpers = {one.pk: helper_role(one) for one in series.assistants}
    return People(students, helpers, [group.pk for group in series.groups])


def helper_role(person: User) -> str:
    return str(Member.Role.SUPERVISOR if person.role == Role.SUPERVISOR else Member.Role.ASSISTANT)


def wanted_of(series: Series, dates: Iterable[Occurrence], people: People) -> Wanted:
    return Wanted(
        school=series.school,
        slots=[Slot(one.starts_at, one.ends_at) for one in dates],
        teacher=series.teacher,
        assistants=[pk for pk, role in people.helpers.items() if role == Member.Role.ASSISTANT],
        students=people.students.keys(),
        class_type=series.class_type,
        most=(series.settings or {}).get("capacity") or 0,
    )
