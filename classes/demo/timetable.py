"""The timetable of the demo school: a term with holidays, and a course for each subject of a group."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import Enterprise, StudentGroup, User
from accounts.school.services import edit_school
from classes.choices import RecordType
from classes.demo import personas
from classes.demo.school import may_teach
from classes.models import Course, Holiday, Lesson, Subject, Term
from classes.timetable.courses.planning import plan_course
from classes.timetable.subjects.services import add_subject
from classes.timetable.terms.services import save_days

MINUTES = 45
#: How many weeks of lessons lie behind and ahead of the day on which the school is filled.
WEEKS_BACK, WEEKS_AHEAD = 4, 2
#: Reason that allows a lesson to conflict with another one.
CONFLICT_REASON = "演示课"
DAYS = ("MO", "TU", "WE", "TH", "FR")
#: The term reaches beyond the lessons at both ends; in days from today.
TERM_BEGINS, TERM_ENDS = -42, 35
#: Days without lessons: before the weeks that are filled, and after the first week ahead.
BREAK, SPORTS_DAY = ("秋假", -38, -34), ("校运会", 9, 9)


@dataclass(frozen=True)
class DemoCourse:
    """A subject of one group; teacher and group are places in `personas`."""

    teacher: int
    group: int
    days: tuple[str, ...]
    starts: time

    @property
    def subject(self) -> str:
        return personas.SUBJECTS[self.teacher]

    @property
    def title(self) -> str:
        return f"{self.subject} · {personas.GROUPS[self.group]}"

    def rule(self, lessons: int) -> str:
        """The recurrence rule of so many lessons."""
        return f"FREQ=WEEKLY;BYDAY={','.join(self.days)};COUNT={lessons}"

    def list_days(self, first: date, last: date) -> list[date]:
        """The days of this course from a day to another one, both included."""
        days = [first + timedelta(days=days) for days in range((last - first).days + 1)]
        return [day for day in days if day.weekday() in [DAYS.index(name) for name in self.days]]


#: Twenty lessons a week; nobody is in two of them at once.
COURSES = (
    DemoCourse(0, 0, ("MO", "WE"), time(8, 0)),
    DemoCourse(1, 0, ("TU", "TH"), time(8, 0)),
    DemoCourse(2, 1, ("MO", "WE"), time(10, 0)),
    DemoCourse(3, 1, ("TU", "FR"), time(10, 0)),
    DemoCourse(8, 2, ("TU", "TH"), time(14, 0)),
    DemoCourse(4, 2, ("MO",), time(14, 0)),
    DemoCourse(9, 3, ("MO", "WE"), time(8, 0)),
    DemoCourse(5, 3, ("FR",), time(16, 0)),
    DemoCourse(10, 4, ("TU", "TH"), time(10, 0)),
    DemoCourse(7, 4, ("FR",), time(10, 0)),
    DemoCourse(6, 5, ("WE",), time(14, 0)),
    DemoCourse(11, 5, ("MO", "FR"), time(16, 0)),
)


def school_day(school: Enterprise, days: int = 0) -> date:
    """The day so many days from today, in the school's zone."""
    return timezone.now().astimezone(school.tz).date() + timedelta(days=days)


#: Participant minutes of the licence, counted from the term: fewer than the term will take.
INCLUDED_MINUTES = 200_000


def save_term(school: Enterprise, by: User, first: date, last: date) -> Term:
    """Save the term from `first` to `last`, named by its month; by its day, too, where the month is taken."""
    name = f"{first.year} 年 {first.month} 月学期"
    if Term.objects.filter(enterprise=school, name=name).exists():
        name = f"{name}（{first.day} 日起）"
    term = save_days(days=Term(enterprise=school), by=by, name=name, starts_on=first, ends_on=last)
    assert isinstance(term, Term)
    return term


def ensure_term(school: Enterprise, by: User) -> Term:
    """Return the term of today, with its holidays; create it if there is none."""
    today = school_day(school)
    if current := Term.objects.filter(enterprise=school, starts_on__lte=today, ends_on__gte=today).first():
        return current
    first, last = school_day(school, TERM_BEGINS), school_day(school, TERM_ENDS)
    others = Term.objects.filter(enterprise=school)
    if earlier := others.filter(starts_on__lt=today, ends_on__gte=first).order_by("ends_on").last():
        first = earlier.ends_on + timedelta(days=1)
    if later := others.filter(starts_on__gt=today, starts_on__lte=last).order_by("starts_on").first():
        last = later.starts_on - timedelta(days=1)
    term = save_term(school, by, first, last)
    for name, begins, ends in (BREAK, SPORTS_DAY):
        starts_on, ends_on = school_day(school, begins), school_day(school, ends)
        if starts_on >= first and ends_on <= last:
            save_days(
                days=Holiday(enterprise=school),
                by=by,
                name=name,
                term=term,
                starts_on=starts_on,
                ends_on=ends_on,
            )
    edit_school(school=school, by=by, included_minutes=INCLUDED_MINUTES, minutes_since=first)
    return term


def ensure_subjects(school: Enterprise, people: dict[str, User], by: User) -> dict[str, Subject]:
    """Return the subjects by name; add those that are missing, with a colour and who teaches them."""
    for name in dict.fromkeys(personas.SUBJECTS):
        if not school.subjects.filter(name=name).exists():
            taught = zip(personas.TEACHERS, personas.SUBJECTS, strict=True)
            teachers = [people[one.user_id] for one, subject in taught if subject == name]
            add_subject(by=by, name=name, teachers=[one for one in teachers if may_teach(one)])
    return {one.name: one for one in school.subjects.all()}


def ensure_courses(
    school: Enterprise, people: dict[str, User], by: User, *, groups: int, weeks: int = WEEKS_BACK
) -> None:
    """Plan the courses of this term, with the lessons of the weeks behind and ahead, each once.

    Today has no lesson while one of the running lessons occupies its teacher or group. A course whose teacher
    was deactivated, or which has no day left in the term, is not planned.
    """
    term = ensure_term(school, by)
    planned = set(Course.objects.filter(enterprise=school, term=term).values_list("title", flat=True))
    subjects = ensure_subjects(school, people, by)
    rows = {group.name: group for group in school.groups.filter(archived_at=None)}
    first, today = max(school_day(school, -7 * weeks), term.starts_on), school_day(school)
    last = min(first + timedelta(weeks=weeks + WEEKS_AHEAD, days=-1), term.ends_on)
    for course in COURSES[: 2 * groups]:
        group = rows.get(personas.GROUPS[course.group])
        teacher = people[personas.TEACHERS[course.teacher].user_id]
        days = course.list_days(first, last)
        if course.title in planned or group is None or not days or not may_teach(teacher):
            continue
        plan_course(
            by=by,
            conflict_reason=CONFLICT_REASON,
            title=course.title,
            teacher=teacher,
            term=term,
            subject=subjects.get(course.subject),
            starts_local=datetime.combine(days[0], course.starts),
            duration_minutes=MINUTES,
            rrule=course.rule(len(days)),
            skip=[today] if _is_occupied(school, teacher, group, course.starts) else [],
            groups=[group],
            settings={"record_types": [RecordType.REMOTE]},
        )


def _is_occupied(school: Enterprise, teacher: User, group: StudentGroup, starts: time) -> bool:
    """Return whether the teacher or the group has another lesson today at this time."""
    begins = datetime.combine(school_day(school), starts, school.tz)
    others = Lesson.objects.filter(
        Q(teacher=teacher) | Q(groups=group),
        enterprise=school,
        cancelled_at=None,
        starts_at__lt=begins + timedelta(minutes=MINUTES),
        ends_at__gt=begins,
    )
    return others.exists()
