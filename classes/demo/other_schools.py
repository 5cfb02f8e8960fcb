"""Two more demo schools for the operator's list: one with lessons one to one, and one just created."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Enterprise, User
from accounts.models.roles import Role
from accounts.school.services import edit_school
from classes.choices import ClassType
from classes.demo.personas import DemoPerson
from classes.demo.school import ensure_school, may_teach, register_missing
from classes.lessons.services import schedule_lesson
from console.outbox import relay

TRAINING_SDKAPPID, TRAINING_SCHOOL, TRAINING_ZONE = 1400000002, "启航一对一培训中心", "Europe/London"
NEW_SDKAPPID, NEW_SCHOOL = 1400000003, "新芽小学"
TRAINING_ADMIN = DemoPerson("xu.jing", "许静", Role.ADMIN, "female")
TRAINING_TEACHERS = (
    DemoPerson("emma.clark", "Emma Clark", Role.TEACHER, "female"),
    DemoPerson("guo.tao", "郭涛", Role.TEACHER, "male"),
)
TRAINING_STUDENTS = (
    DemoPerson("t1", "Oliver 王", Role.STUDENT, "male"),
    DemoPerson("t2", "Sophie 陈", Role.STUDENT, "female"),
    DemoPerson("t3", "李想", Role.STUDENT, "male"),
    DemoPerson("t4", "周晓晓", Role.STUDENT, "female"),
)
NEW_ADMIN = DemoPerson("yu.hong", "于红", Role.ADMIN, "female")
TOPICS = ("雅思口语", "中文阅读", "数学竞赛入门", "商务英语")
#: Hours from now to the first lesson one to one, and between them.
FIRST_HOURS, APART_HOURS = 3, 5
LESSON_LENGTH = timedelta(minutes=50)


def ensure_training_school() -> Enterprise:
    """Return the small school; it lies in another time zone and has lessons of the coming days, each once."""
    school = ensure_school(TRAINING_SDKAPPID, TRAINING_SCHOOL)
    if school.zone != TRAINING_ZONE:
        school = edit_school(school=school, by=None, zone=TRAINING_ZONE)
    people = register_missing(
        school, [TRAINING_ADMIN], [TRAINING_ADMIN, *TRAINING_TEACHERS, *TRAINING_STUDENTS]
    )
    if not school.lessons.filter(ends_at__gt=timezone.now()).exists():
        _schedule_lessons(school, people)
        relay.drain()
    return school


def _schedule_lessons(school: Enterprise, people: dict[str, User]) -> None:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=FIRST_HOURS)
    for number, student in enumerate(TRAINING_STUDENTS):
        teacher = people[TRAINING_TEACHERS[number % 2].user_id]
        if not may_teach(teacher):
            continue
        starts_at = start + timedelta(hours=APART_HOURS * number)
        schedule_lesson(
            teacher=teacher,
            by=people[TRAINING_ADMIN.user_id],
            students=[people[student.user_id]],
            topic=TOPICS[number],
            class_type=ClassType.ONE,
            starts_at=starts_at,
            ends_at=starts_at + LESSON_LENGTH,
        )


def ensure_new_school() -> Enterprise:
    """Return the school that was just created: it has an administrator, who finds the first steps."""
    school = ensure_school(NEW_SDKAPPID, NEW_SCHOOL)
    register_missing(school, [NEW_ADMIN], [])
    return school
