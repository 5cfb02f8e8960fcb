"""What waits in a large school: lessons of now and the next days, leave, warnings, an absence."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, Grade, StudentGroup, User
from classes.models import Course, Lesson, TeacherAbsence, Term, ThresholdRule
from tests.support.charges import put_in_charge

GROUPS_A_GRADE, DAYS = 30, 5
MEMBERS = """
INSERT INTO classes_member (lesson_id, user_id, role, via_id)
SELECT l.id, e.student_id, 'student', e.group_id
FROM classes_lesson l
JOIN accounts_studentgroup g ON g.enterprise_id = l.enterprise_id AND g.name = l.topic
JOIN accounts_groupstudent e ON e.group_id = g.id
WHERE l.enterprise_id = %(school)s AND (l.starts_at > now() - interval '1 hour' OR l.cancelled_at IS NOT NULL)
"""
LEAVE = """
INSERT INTO classes_leave (enterprise_id, person_id, begins_at, ends_at, kind, reason, state, created_at)
SELECT u.enterprise_id, u.id, now() - u.id %% 100 * interval '1 day', now() + interval '1 day', 'sick', 'Ill',
    CASE u.id %% 4 WHEN 0 THEN 'requested' ELSE 'approved' END, now()
FROM accounts_user u WHERE u.enterprise_id = %(school)s AND u.role = 'student' AND u.id %% 2 = 0
"""
WARNINGS = """
INSERT INTO classes_attendancewarning (enterprise_id, rule_id, person_id, facts, opened_at, changes,
    state, ending)
SELECT u.enterprise_id, %(rule)s, u.id,
    '{"kind": "absences", "number": 3, "days": null, "least": null, "count": 3, "total": 3}',
    now() - u.id %% 100 * interval '1 hour', '[]', 'open', ''
FROM accounts_user u WHERE u.enterprise_id = %(school)s AND u.role = 'student' AND u.id %% 5 = 0
"""


def plant_waiting(school: Enterprise, teacher: User, head: User) -> None:
    """Fill a large school with what its pages list; the teacher has Group 0 and the head a grade."""
    now = timezone.now()
    grade = Grade.objects.create(enterprise=school, name="Grade 1", position=1)
    groups = StudentGroup.objects.filter(enterprise=school)
    groups.filter(pk__in=[one.pk for one in groups.order_by("pk")[:GROUPS_A_GRADE]]).update(grade=grade)
    put_in_charge(groups.get(name="Group 0"), teacher)
    put_in_charge(grade, head)
    today = timezone.localdate()
    term = Term.objects.create(
        enterprise=school,
        name="Autumn",
        starts_on=today - timedelta(days=130),
        ends_on=today + timedelta(days=30),
    )
    Course.objects.filter(enterprise=school).update(term=term)
    _plant_lessons(school)
    first = Lesson.objects.filter(enterprise=school, course__title="Course 0").earliest("starts_at")
    Lesson.objects.filter(pk=first.pk).update(cancelled_at=now)
    rule = ThresholdRule.objects.create(enterprise=school, kind="absences", number=3)
    TeacherAbsence.objects.create(
        enterprise=school, teacher=teacher, begins_at=now, ends_at=now + timedelta(days=DAYS)
    )
    with connection.cursor() as cursor:
        for statement in (MEMBERS, LEAVE, WARNINGS):
            cursor.execute(statement, {"school": school.pk, "rule": rule.pk})
        cursor.execute(
            "ANALYZE classes_lesson, classes_member, classes_leave, classes_attendancewarning, accounts_grade"
        )


def _plant_lessons(school: Enterprise) -> None:
    """Each group has a lesson of its first course now, and one on each of the next days."""
    now = timezone.now()
    courses = {
        f"Group {int(one.title[7:])}": one
        for one in Course.objects.filter(enterprise=school, title__startswith="Course ")
    }
    groups = StudentGroup.objects.filter(enterprise=school).order_by("pk")
    planned = [
        Lesson(
            enterprise=school,
            teacher_id=courses[group.name].teacher_id,
            course=courses[group.name],
            topic=group.name,
            starts_at=(at := now + timedelta(days=day, minutes=-10)),
            ends_at=at + timedelta(minutes=45),
            status="will" if day else "ing",
            remote_id=str(10**9 + place * 10 + day),
            conflict_allowed=True,
            conflict_reason="planted",
        )
        for place, group in enumerate(groups)
        if group.name in courses
        for day in range(DAYS)
    ]
    Lesson.objects.bulk_create(planned, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO classes_lesson_groups (lesson_id, studentgroup_id) SELECT l.id, g.id"
            " FROM classes_lesson l JOIN accounts_studentgroup g"
            " ON g.enterprise_id = l.enterprise_id AND g.name = l.topic"
            " WHERE l.enterprise_id = %(school)s AND l.remote_id::bigint >= 1000000000",
            {"school": school.pk},
        )
