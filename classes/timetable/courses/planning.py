"""Plan a series: preview its dates and conflicts, create the course with all its lessons."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise, GroupMembership, Role, StudentGroup, User
from classes.choices import ClassType
from classes.conflicts.detection import BookingConflict, BookingRequest, TimeSlot, find_conflicts
from classes.conflicts.guard import check_conflicts, enforce_teacher_constraint, set_conflict_override
from classes.lessons.groups import lock_groups
from classes.lessons.passwords import password_audit_values, set_passwords
from classes.lessons.roster import ExpectedPeople, helper_role
from classes.lessons.validation import check_lesson, check_people
from classes.models import Course, Lesson, Member, Subject, Term
from classes.timetable.courses import recurrence
from classes.timetable.courses.bulk_insert import insert_lessons
from classes.timetable.courses.dates import Occurrence, compute_dates, included_dates, move_dates
from classes.timetable.subjects.services import lock_subject
from console.audit.trail import record, snapshot
from console.concurrency import service

COURSE_FIELDS = (
    "title",
    "teacher",
    "class_type",
    "term",
    "subject",
    "starts_local",
    "duration_minutes",
    "rrule",
    "skip",
    "make_up_skipped",
)


@dataclass(frozen=True)
class CoursePlan:
    """A planned series: all its dates, including those left out, its people and conflicts."""

    dates: list[Occurrence]
    people: ExpectedPeople
    conflicts: list[BookingConflict]

    @property
    def kept(self) -> list[Occurrence]:
        return included_dates(self.dates)


@dataclass(frozen=True)
class Series:
    """The fields of a course to plan; `settings` are those of its lessons."""

    title: str
    teacher: User
    starts_local: datetime
    duration_minutes: int
    rrule: str = ""
    skip: Collection[date] = ()
    make_up_skipped: bool = False
    moves: Mapping[date, datetime] = field(default_factory=dict)
    #: Whether lessons that were moved separately get a new time of the series, too.
    reset: bool = False
    assistants: Collection[User] = ()
    members: Collection[User] = ()
    groups: Collection[StudentGroup] = ()
    class_type: str = ClassType.SMALL
    term: Term | None = None
    subject: Subject | None = None
    settings: Any = None
    rules: Any = None
    password: str | None = field(default=None, repr=False)

    @property
    def school(self) -> Enterprise:
        school: Enterprise = self.teacher.enterprise
        return school


@service
def plan_course(*, by: User | None, conflict_reason: str = "", **fields: Any) -> Course:
    """Plan a series: the course, its lessons, and for each lesson its own operation (`/class/create`).

    Fields are those of Series: `title`, `teacher`, `starts_local` (naive, local time of the school),
    `duration_minutes`, `rrule` (RFC 5545, empty for one lesson), `skip` (days), `make_up_skipped` (whether
    lessons are added for the dates that are left out of a COUNT), `moves` (days of the rule whose lesson is
    at another local time), `assistants`, `members` and
    `groups` (whose students are added and follow the group), `class_type`, `term` (whose holidays are left
    out), `subject`, `rules` of attendance, and `settings`, a mapping of further fields of Lesson; `password`
    is that of each lesson. Raises BookingConflictError (a ValidationError) if there are conflicts and no
    reason is given, ValidationError if a field is invalid. Runs in one transaction.
    """
    return _create_course(Series(**fields), by, conflict_reason)


def preview_course(**fields: Any) -> CoursePlan:
    """Return what `plan_course` would do, with conflicts; it raises the same ValidationErrors."""
    series = Series(**fields)
    build_course(series)
    dates, people = series_dates(series), expected_people(series)
    return CoursePlan(
        dates, people, find_conflicts(series_booking_request(series, included_dates(dates), people))
    )


def _create_course(series: Series, by: User | None, reason: str) -> Course:
    course = build_course(series)
    lock_subject(series.subject)
    lock_term_and_groups(series.term, series.groups)
    dates, people = included_dates(series_dates(series)), expected_people(series)
    if not dates:
        raise ValidationError({"rrule": _("No lessons are left: all dates are skipped.")})
    conflicting_places = check_conflicts(series_booking_request(series, dates, people), reason)
    course.save(force_insert=True)
    course.assistants.set(series.assistants)
    course.members.set(series.members)
    course.groups.set(series.groups)
    lessons = build_lessons(dates, course, series)
    for place, lesson in enumerate(lessons):
        set_conflict_override(lesson, place in conflicting_places, reason, by)
    with enforce_teacher_constraint():
        insert_lessons(series.school, [(lessons, people)], by=by)
    set_passwords(lessons, series.password)
    after = snapshot(course, COURSE_FIELDS) | {
        "lessons": len(lessons),
        "conflicts_allowed": len(conflicting_places),
    }
    after |= password_audit_values(series.password or None)
    record("course.add", course, by=by, after=after, reason=reason if conflicting_places else "")
    return course


def lock_term_and_groups(
    term: Term | None, groups: Iterable[StudentGroup], course: Course | None = None
) -> None:
    """Lock a term and groups, and those of the course, until the end of the transaction.

    The dates and people that are read afterwards cannot change. Raises ValidationError if one was deleted.
    """
    terms = {term.pk} if term else set()
    current = {course.term_id} if course and course.term_id else set()
    # no_key: inserts of courses that refer to the term do not wait for this lock.
    rows = Term.objects.select_for_update(no_key=True).filter(pk__in=terms | current).order_by("pk")
    if terms - set(rows.values_list("pk", flat=True)):
        raise ValidationError(
            {"term": _("This term was deleted in the meantime. Choose another one, or none.")}
        )
    given = {group.pk for group in groups}
    if given - lock_groups(given | ({group.pk for group in course.groups.all()} if course else set())):
        raise ValidationError({"groups": _("At least one of these groups was deleted in the meantime.")})


def build_course(series: Series) -> Course:
    """Return the validated course, not saved."""
    course = Course(
        enterprise=series.school,
        rrule=recurrence.normalize_rule(series.rrule),
        skip=sorted(set(series.skip)),
        rules=series.rules,
        **{name: getattr(series, name) for name in COURSE_FIELDS if name not in ("rrule", "skip")},
    )
    course.full_clean(exclude=["enterprise", "rrule"], validate_constraints=False)
    check_people(series.school, series.members, "members", roles=(Role.STUDENT,))
    check_people(series.school, series.assistants, "assistants")
    if any(group.enterprise_id != series.school.pk for group in series.groups):
        raise ValidationError({"groups": _("At least one of these groups does not belong to your school.")})
    if series.subject and series.subject.enterprise_id != series.school.pk:
        raise ValidationError({"subject": _("This subject does not belong to your school.")})
    if series.term and series.term.enterprise_id != series.school.pk:
        raise ValidationError({"term": _("This term does not belong to your school.")})
    return course


def series_dates(series: Series) -> list[Occurrence]:
    """Return the dates of a new series, with those that were moved at their new time."""
    return move_dates(series.school, rule_dates(series), series.moves)


def rule_dates(series: Series) -> list[Occurrence]:
    """Return the dates of the rule; the first is validated as a lesson: all lessons have the same fields."""
    dates = compute_dates(
        series.school,
        starts_local=series.starts_local,
        duration_minutes=series.duration_minutes,
        rrule=series.rrule,
        skip=series.skip,
        term=series.term,
        make_up_skipped=series.make_up_skipped,
    )
    for date_ in dates[:1]:
        (lesson,) = build_lessons([date_], None, series)
        check_lesson(lesson)
    return dates


def build_lessons(dates: Iterable[Occurrence], course: Course | None, series: Series) -> list[Lesson]:
    """Return a lesson for each date, not saved."""
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


def expected_people(series: Series) -> ExpectedPeople:
    """Return the expected people: those named, and the active students of the groups."""
    entries = GroupMembership.objects.filter(
        group__in=series.groups, student__role=Role.STUDENT, student__is_active=True
    )
    students: dict[int, int | None] = dict(entries.order_by("-group").values_list("student", "group"))
    students |= dict.fromkeys((one.pk for one in series.members), None)
    helpers = {one.pk: helper_role(one) for one in series.assistants}
    return ExpectedPeople(students, helpers, [group.pk for group in series.groups])


def series_booking_request(
    series: Series, dates: Iterable[Occurrence], people: ExpectedPeople
) -> BookingRequest:
    return BookingRequest(
        school=series.school,
        slots=[TimeSlot(one.starts_at, one.ends_at) for one in dates],
        teacher=series.teacher,
        assistants=[pk for pk, role in people.helpers.items() if role == Member.Role.ASSISTANT],
        students=people.students.keys(),
        class_type=series.class_type,
        capacity=(series.settings or {}).get("capacity") or 0,
        skips_holidays=not series.moves,
        term=series.term.pk if series.term else None,
    )
