"""A school with very many people and marks, for tests of speed; MARKS and PEOPLE choose the numbers."""

import os
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from bench.planting import create_people
from classes.models import Course, Lesson

PEOPLE, MARKS = int(os.environ.get("PEOPLE", "2000")), int(os.environ.get("MARKS", "20000"))
#: Students of a group, lessons of its course and of one large course that has a tenth of the marks.
A_GROUP, A_COURSE, LARGE_LESSONS = 30, 50, 100
#: Students of the large course: more than a page shows.
LARGE = max(60, MARKS // 10 // LARGE_LESSONS)
ENTRIES = """
INSERT INTO accounts_groupstudent (group_id, student_id)
SELECT g.id, u.id FROM accounts_user u JOIN accounts_studentgroup g ON g.enterprise_id = u.enterprise_id
    AND g.name = 'Group ' || substr(u.user_id, 2)::int / %(size)s
WHERE u.enterprise_id = %(school)s AND u.role = 'student'
"""
OF_GROUPS = """
INSERT INTO classes_lesson_groups (lesson_id, studentgroup_id)
SELECT l.id, g.id FROM classes_lesson l JOIN accounts_studentgroup g ON g.enterprise_id = l.enterprise_id
    AND g.name = l.topic
WHERE l.enterprise_id = %(school)s
"""
FILL = """
INSERT INTO classes_attendance (lesson_id, person_id, user_id, nickname, role, expected, mark, derived_mark,
    present_seconds, evidence, reason, provisional, reckoned_at)
SELECT l.id, u.id, u.user_id, '', 'student', true, m.mark, m.mark, 2000, 'inferred',
    '{"mark": "present", "facts": {"joined": "2026-11-02T08:00:00+08:00", "of": 2700}}', false, now()
FROM classes_lesson l
JOIN accounts_groupstudent e ON true
JOIN accounts_studentgroup g ON g.id = e.group_id AND g.enterprise_id = l.enterprise_id
    AND (g.name = l.topic OR l.topic = 'Large' AND substr(g.name, 7)::int < %(large)s)
JOIN accounts_user u ON u.id = e.student_id
CROSS JOIN LATERAL (SELECT (%(marks)s::text[])[1 + (l.id * 3 + u.id) %% 5] AS mark) m
WHERE l.enterprise_id = %(school)s
"""


def fill(school: Enterprise, teacher: User) -> None:
    """Groups of thirty with a course each, in turns over 120 days, and one large course of the teacher."""
    groups = PEOPLE // A_GROUP
    create_people(school, "s", Role.STUDENT, groups * A_GROUP)
    create_people(school, "t", Role.TEACHER, 50)
    StudentGroup.objects.bulk_create(
        StudentGroup(enterprise=school, name=f"Group {n}") for n in range(groups)
    )
    ids = {"school": school.pk, "size": A_GROUP}
    teachers = list(User.objects.filter(enterprise=school, role=Role.TEACHER, user_id__startswith="t"))
    now = timezone.now()
    number = max((MARKS - LARGE * LARGE_LESSONS) // A_GROUP // A_COURSE, 1)
    courses = Course.objects.bulk_create(
        Course(
            enterprise=school,
            title=f"Course {n}" if n >= 0 else "Large",
            teacher=teachers[n % len(teachers)] if n >= 3 else teacher,
            starts_local=now.replace(tzinfo=None),
            duration_minutes=45,
        )
        for n in range(-1, number)
    )
    Lesson.objects.bulk_create(
        (
            Lesson(
                enterprise=school,
                teacher=course.teacher,
                course=course,
                topic="Large" if place == 0 else f"Group {(place - 1) % groups}",
                starts_at=(at := now - timedelta(days=120) * (n + 1) / (A_COURSE + 1)),
                ends_at=at + timedelta(minutes=45),
                status="end",
                final_at=now,
                remote_id=str(1000000 + place * 1000 + n),
                conflict_allowed=True,
                conflict_reason="planted",
            )
            for place, course in enumerate(courses)
            for n in range(A_COURSE if place else LARGE_LESSONS)
        ),
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, ids)
        cursor.execute(OF_GROUPS, ids)
        marks = ["present", "late", "absent", "excused", "unknown"]
        cursor.execute(FILL, ids | {"large": LARGE // A_GROUP, "marks": marks})
        cursor.execute(
            "ANALYZE accounts_user, accounts_groupstudent, accounts_studentgroup, classes_course,"
            " classes_lesson, classes_lesson_groups, classes_attendance, classes_tally"
        )
