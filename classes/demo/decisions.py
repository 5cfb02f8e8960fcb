"""Decisions of the demo school about past lessons: leave, corrections, appeals, registers, warnings."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.attendance.appeals import answer_appeal, file_appeal, may_appeal
from classes.attendance.corrections import close_register, correct_mark
from classes.attendance.leave import grant_leave, request_leave
from classes.attendance.thresholds.services import add_rule
from classes.models import Appeal, Attendance, Leave, Lesson, Mark, Member, ThresholdRule

#: Registers of lessons older than this are closed; younger ones wait for their teachers.
CLOSED_AFTER = timedelta(days=7)
#: Of so many lessons, one has a corrected mark.
CORRECTED = 5
LEAVE_DAYS, LEAVE_REASON = 2, "发烧，家长已请假"
REQUEST_REASON = "要去医院复查，上午请假"
CORRECTION_REASON = "平板没电，改用手机进入"
APPEAL_TEXT = "我准时到了，但是网络断了几分钟。"
GRANTED_TEXT = "核对了聊天记录，情况属实。"
#: The marks of four weeks cross the second one for some students.
WARNING_RULES = (
    {"kind": "absences", "number": 3, "days": None, "least": None},
    {"kind": "rate", "number": 80, "days": 28, "least": 5},
)


def add_demo_rules(school: Enterprise) -> None:
    """Add the warning rules of the school, unless it has any."""
    admin = User.objects.filter(enterprise=school, role=Role.ADMIN, is_active=True).order_by("pk").first()
    if admin is None or ThresholdRule.objects.filter(enterprise=school).exists():
        return
    for numbers in WARNING_RULES:
        add_rule(by=admin, scope=ThresholdRule.Scope.SCHOOL, group=None, course=None, **numbers)


def grant_demo_leave(school: Enterprise, lessons: QuerySet[Lesson]) -> None:
    """Excuse one student of each of the groups of the first lessons of this term for two days, once."""
    if Leave.objects.filter(enterprise=school).exists():
        return
    today = timezone.localdate(timezone=school.tz)
    of_term = lessons.filter(course__term__ends_on__gte=today)
    for lesson in of_term.order_by("starts_at", "pk")[:2]:
        if member := lesson.members.filter(role="student").select_related("user").order_by("pk").first():
            day = lesson.starts_at.astimezone(school.tz).date()
            begins = datetime.combine(day, time.min, school.tz)
            grant_leave(
                person=member.user,
                begins_at=begins,
                ends_at=begins + timedelta(days=LEAVE_DAYS),
                kind=Leave.Kind.SICK,
                reason=LEAVE_REASON,
                by=lesson.teacher,
            )


def request_demo_leave(school: Enterprise, lessons: QuerySet[Lesson]) -> None:
    """Let a student of the last lesson ask for leave of tomorrow morning, once."""
    if Leave.objects.filter(enterprise=school, state=Leave.State.REQUESTED).exists():
        return
    lesson = lessons.order_by("-starts_at", "-pk").first()
    members = (
        lesson.members.filter(role="student").select_related("user") if lesson else Member.objects.none()
    )
    if member := members.order_by("-pk").first():
        tomorrow = timezone.localdate(timezone=school.tz) + timedelta(days=1)
        request_leave(
            person=member.user,
            periods=[
                (
                    datetime.combine(tomorrow, time(8, 0), school.tz),
                    datetime.combine(tomorrow, time(12, 0), school.tz),
                )
            ],
            kind=Leave.Kind.SICK,
            reason=REQUEST_REASON,
            by=member.user,
        )


def decide(lesson: Lesson) -> None:
    """Correct a mark, appeal against one and close the register of a lesson whose marks are final."""
    marks = Attendance.objects.filter(lesson=lesson).exclude(derived_mark="").order_by("user_id")
    late = marks.filter(mark=Mark.LATE).first()
    if late and lesson.pk % CORRECTED == 0:
        correct_mark(mark_of=late, mark=Mark.PRESENT, reason=CORRECTION_REASON, by=lesson.teacher)
    _appeal(lesson, marks.filter(mark__in=(Mark.ABSENT, Mark.LEFT_EARLY)).first())
    is_old = lesson.ends_at < timezone.now() - CLOSED_AFTER
    if is_old and not marks.filter(mark=Mark.UNKNOWN).exists():
        close_register(lesson=lesson, by=lesson.teacher)


def _appeal(lesson: Lesson, row: Attendance | None) -> None:
    """File the first two appeals of the school: one is granted, the other waits for its answer."""
    filed = Appeal.objects.filter(lesson__enterprise=lesson.enterprise_id).count()
    if row is None or row.person is None or filed > 1 or not may_appeal(row, row.person):
        return
    appeal = file_appeal(mark_of=row, text=APPEAL_TEXT, by=row.person)
    if not filed:
        answer_appeal(appeal=appeal, granted=True, text=GRANTED_TEXT, mark=Mark.PRESENT, by=lesson.teacher)
