"""What the demo school shows of a school day: attendance codes, a lesson made up, and fixed grades."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import override

from accounts.models import Enterprise, Role, User
from classes.attendance.codes.presets import CHINESE
from classes.attendance.codes.services import fill_in_codes
from classes.attendance.grades.services import fix_grades
from classes.choices import RecordType, Status
from classes.demo import personas
from classes.demo.school import may_teach
from classes.demo.timetable import COURSES, MINUTES, save_term, school_day
from classes.lessons.services import cancel_lesson
from classes.models import AttendanceCode, Course, GradeRevision, TeacherAbsence, Term
from classes.timetable.courses.planning import plan_course
from classes.timetable.make_up.services import make_up_lesson
from classes.timetable.make_up.times import propose_times

CANCEL_REASON = "教师外出培训"
CONFLICT_REASON = "演示课"
#: The term before that of today, in days from today, and the lessons of its one course.
PAST_TERM, PAST_LESSONS = (-70, -43), 4


def add_demo_codes(school: Enterprise) -> None:
    """Fill in the ready-made set of Chinese schools, unless the school has codes."""
    admin = _admin(school)
    if admin and not AttendanceCode.objects.filter(enterprise=school).exists():
        with override("zh-hans"):
            fill_in_codes(code_set=CHINESE, by=admin)


def make_up_demo_lesson(school: Enterprise) -> None:
    """Cancel a lesson of next days and make it up at the first time that suits all, once."""
    admin = _admin(school)
    if admin is None or school.lessons.filter(makes_up_for__isnull=False).exists():
        return
    absent = TeacherAbsence.objects.filter(enterprise=school).values("teacher")
    begins = datetime.combine(school_day(school, 2), time.min, school.tz)
    planned = school.lessons.filter(
        status=Status.WILL, cancelled_at=None, course__term__isnull=False, starts_at__gte=begins
    ).exclude(remote_id="")
    lesson = planned.exclude(teacher__in=absent).order_by("starts_at", "pk").first()
    free = propose_times(lesson).free if lesson else []
    if lesson and free:
        cancelled = cancel_lesson(lesson=lesson, by=admin, reason=CANCEL_REASON)
        make_up_lesson(lesson=cancelled, starts_at=free[0].starts_at, by=admin)


def ensure_past_course(school: Enterprise, people: dict[str, User], by: User) -> None:
    """Plan the first course in a term before that of today, once; its grades are fixed after its lessons."""
    first, last = (school_day(school, days) for days in PAST_TERM)
    course = COURSES[0]
    group = school.groups.filter(name=personas.GROUPS[course.group], archived_at=None).first()
    teacher = people[personas.TEACHERS[course.teacher].user_id]
    others = Term.objects.filter(enterprise=school, starts_on__lte=last)
    if group is None or not may_teach(teacher) or others.exists():
        return
    term = save_term(school, by, first, last)
    plan_course(
        by=by,
        conflict_reason=CONFLICT_REASON,
        title=course.title,
        teacher=teacher,
        term=term,
        starts_local=datetime.combine(course.list_days(first, last)[0], course.starts),
        duration_minutes=MINUTES,
        rrule=course.rule(PAST_LESSONS),
        groups=[group],
        settings={"record_types": [RecordType.LOCAL]},
    )


def fix_demo_grades(school: Enterprise) -> None:
    """Fix the grades of the course of the term that is over, once its marks are final."""
    admin, today = _admin(school), timezone.localdate(timezone=school.tz)
    over = Course.objects.filter(enterprise=school, term__ends_on__lt=today).select_related("term")
    course = over.order_by("pk").first()
    if admin is None or course is None or course.term is None:
        return
    if not GradeRevision.objects.filter(course=course).exists():
        fix_grades(course=course, term=course.term, by=admin)


def _admin(school: Enterprise) -> User | None:
    admins = User.objects.filter(enterprise=school, role=Role.ADMIN, is_active=True)
    return admins.order_by("pk").first()
