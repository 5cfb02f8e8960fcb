"""The courses of the term that ends, and their copies in the term that begins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup, User
from accounts.people.queries import active_people
from classes.choices import ClassType
from classes.lessons.fields import SETTING_NAMES
from classes.lessons.roster import ExpectedPeople, helper_role
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Course, Holiday, Lesson, Member, Term
from classes.timetable.courses.dates import Occurrence
from classes.timetable.roll_over.choices import CourseChoice
from classes.timetable.roll_over.dates import copied_dates, copied_rule, first_start
from classes.timetable.roll_over.edits import EditedRow, clean_text
from classes.timetable.roll_over.groups import GroupRow
from classes.timetable.roll_over.names import replace_words
from classes.timetable.roll_over.people import SchoolPeople, people_fields

#: What a copy does not take over: its key, and what depends on the term.
OWN_FIELDS = frozenset({"id", "term", "starts_local", "rrule", "skip"})
MAX_TITLE = 100
#: Conflicts named per course.
MAX_NAMED = 3


def copied_columns() -> list[str]:
    """Return the columns of a course that its copy takes over; a new column is among them."""
    return [one.attname for one in Course._meta.concrete_fields if one.name not in OWN_FIELDS]


class CopiedSeries(NamedTuple):
    """Rule, first start and dates of a copy."""

    rule: str
    first: datetime
    dates: list[Occurrence]


@dataclass
class CourseRow(EditedRow):
    """A course of the ending term. Everything but `course` is about the copy.

    `faulty` is the field that an error is about.
    """

    course: Course
    copy: bool = False
    default: bool = False
    title: str = ""
    proposed: str = ""
    teacher: User | None = None
    error: str | Promise = ""
    faulty: str = "copy"
    rule: str = ""
    first: datetime | None = None
    dates: list[Occurrence] = field(default_factory=list)
    related: dict[str, list[Any]] = field(default_factory=dict)
    students: dict[int, int | None] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    model_lesson: int | None = None
    conflicting_places: set[int] = field(default_factory=set)
    conflicts: list[str] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.course.pk

    @property
    def values(self) -> dict[str, Any]:
        teacher = self.teacher.pk if self.teacher else None
        return {"copy": self.copy, "title": clean_text(self.title), "teacher": teacher}

    @property
    def labels(self) -> dict[str, str | Promise]:
        teacher = (self.teacher.nickname or self.teacher.user_id) if self.teacher else ""
        return {"title": self.title, "teacher": teacher}

    @property
    def needs_teacher(self) -> bool:
        """Whether another teacher must be chosen, or was."""
        is_other = self.teacher is None or self.teacher.pk != self.course.teacher_id
        return is_other or "teacher" in self.entered

    @property
    def is_valid(self) -> bool:
        return self.copy and not self.error

    @property
    def groups(self) -> list[StudentGroup]:
        return self.related.get("groups", [])

    @property
    def people(self) -> ExpectedPeople:
        helpers = {one.pk: helper_role(one) for one in self.related.get("assistants", ())}
        return ExpectedPeople(self.students, helpers, [one.pk for one in self.groups])

    @property
    def booked(self) -> set[int]:
        """Return who must not be planned twice."""
        assistants = {pk for pk, role in self.people.helpers.items() if role == Member.Role.ASSISTANT}
        return {*self.students, *assistants} | ({self.teacher.pk} if self.teacher else set())

    @property
    def limit(self) -> int:
        """Return how many students a lesson has room for; 0 for any number."""
        return 1 if self.course.class_type == ClassType.ONE else self.settings.get("capacity") or 0


def plan_courses(
    ending: Term,
    beginning: Term,
    groups: Sequence[GroupRow],
    people: SchoolPeople,
    choices: Mapping[int, CourseChoice],
) -> tuple[list[CourseRow], Sequence[User]]:
    """Return a row for each course of the ending term, by title; at most four queries.

    Also return who may teach, if a course needs another teacher or has one.
    """
    courses = list(Course.objects.filter(term=ending).select_related("teacher").order_by("title", "id"))
    going_on = {one.group.pk: one for one in groups if one.goes_on}
    teachers = _teachers(ending, courses, choices)
    by_key = {one.pk: one for one in teachers}
    models = _model_lessons(ending)
    planned = []
    for course in courses:
        course.enterprise = people.school
        row = CourseRow(course, related=_related(course, people, going_on))
        _plan_copy(row, going_on, choices.get(course.pk, CourseChoice()), by_key, models.get(course.pk))
        planned.append(row)
    copied = [one for one in planned if one.copy]
    for row in copied:
        _set_students(row, people)
    _plan_dates(copied, ending, beginning)
    return planned, teachers


def choose_for_course(
    row: CourseRow, before: CourseChoice | None, changed: Mapping[str, Any]
) -> CourseChoice:
    """Return the choice about a course once these values change: only what differs from the proposal."""
    before = before or CourseChoice()
    copy, title = changed.get("copy", before.copy), changed.get("title", before.title)
    return CourseChoice(
        None if copy == row.default else copy,
        changed.get("teacher", before.teacher),
        "" if title == clean_text(row.proposed) else title,
    )


def _teachers(ending: Term, courses: Iterable[Course], choices: Mapping[int, CourseChoice]) -> Sequence[User]:
    """Return who may teach; nobody, without a query, if all courses keep their teachers."""
    is_chosen = any(one.teacher is not None for one in choices.values())
    if not is_chosen and all(_may_teach(one.teacher) for one in courses):
        return ()
    return list(active_people(ending.enterprise_id, *TEACHING_ROLES))


def _may_teach(person: User) -> bool:
    return person.is_active and person.role in TEACHING_ROLES


def _related(course: Course, people: SchoolPeople, going_on: Mapping[int, GroupRow]) -> dict[str, list[Any]]:
    """Return, by relation, the groups that go on, and the people who are active and do not leave."""
    found: dict[str, list[Any]] = {name: [] for name in people_fields()}
    found |= people.of_courses.get(course.pk, {})
    for name, keys in people.groups.get(course.pk, {}).items():
        found[name] = [row.group for pk, row in going_on.items() if pk in keys]
    return found


def _plan_copy(
    row: CourseRow,
    going_on: Mapping[int, GroupRow],
    choice: CourseChoice,
    teachers: Mapping[int, User],
    model: Lesson | None,
) -> None:
    """Set whether a course is copied, with which title, teacher and settings."""
    course = row.course
    if model:
        row.settings = {name: getattr(model, name) for name in SETTING_NAMES}
        row.model_lesson = model.pk
    # A cancelled course has no lesson left; a single lesson is an event of its day.
    row.default = bool(row.groups and row.model_lesson and course.rrule)
    row.copy = row.default if choice.copy is None else choice.copy
    names = {group.name: going_on[group.pk].name for group in row.groups}
    row.proposed = replace_words(course.title, names)
    row.proposed = row.proposed if len(row.proposed) <= MAX_TITLE else course.title
    row.title = choice.title or row.proposed
    if _may_teach(course.teacher):
        row.teacher = course.teacher
    row.teacher = teachers.get(choice.teacher or 0, row.teacher)
    if row.copy and row.teacher is None:
        row.faulty = "teacher"
        row.error = _("The teacher is not active any more. Choose another one, or leave this course out.")
    elif row.copy and len(row.title) > MAX_TITLE:
        row.faulty = "title"
        row.error = _("This title is too long. Enter at most 100 characters.")


def _set_students(row: CourseRow, people: SchoolPeople) -> None:
    """Set the students of a copy: those of its groups, and those added by hand."""
    for group in sorted((one.pk for one in row.groups), reverse=True):
        row.students |= dict.fromkeys(people.students.get(group, ()), group)
    row.students |= dict.fromkeys((one.pk for one in row.related.get("members", ())), None)


def _model_lessons(ending: Term) -> dict[int, Lesson]:
    """Return the last lesson of each course that is neither cancelled nor a make-up lesson. One query.

    The lessons of a copy have its settings and its password.
    """
    lessons = Lesson.objects.filter(course__term=ending, cancelled_at=None, makes_up_for=None)
    last = lessons.order_by("course_id", "-starts_at", "-id").distinct("course_id")
    return {one.course_id or 0: one for one in last.only("course_id", *SETTING_NAMES)}


def _plan_dates(rows: Collection[CourseRow], ending: Term, term: Term) -> None:
    """Set rule and dates of the copies. Courses at the same time have the same dates, calculated once."""
    holidays = list(Holiday.objects.filter(enterprise=ending.enterprise_id)) if rows else []
    now = timezone.now()
    known: dict[tuple[Any, ...], CopiedSeries | ValidationError] = {}
    for row in rows:
        course = row.course
        series = (course.starts_local, course.rrule, course.duration_minutes)
        if series not in known:
            known[series] = _copied_series(course, ending, term, holidays, now)
        copied = known[series]
        if isinstance(copied, ValidationError):
            row.error = row.error or " ".join(copied.messages)
        else:
            row.rule, row.first, row.dates = copied


def _copied_series(
    course: Course, ending: Term, term: Term, holidays: Collection[Holiday], now: datetime
) -> CopiedSeries | ValidationError:
    try:
        rule = copied_rule(course.rrule, term)
        first = first_start(course, rule, ending, term)
        return CopiedSeries(rule, first, copied_dates(course, rule, first, term, holidays=holidays, now=now))
    except ValidationError as error:
        return error
