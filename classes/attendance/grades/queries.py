"""Grades of a course for a reader, the rule of a school, and the revisions of a course."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet

from accounts.models import Enterprise, User
from accounts.people.queries import BY_NAME
from classes.attendance.grades.calculation import Grade, Weights, grade_of
from classes.attendance.reports.forms import ReportPeriod
from classes.attendance.reports.lesson_matrix.table import counts_by_student, final_marks
from classes.lessons.status import counted_lessons
from classes.models import Course, GradeRevision, GradeRule, Lesson, Term
from classes.models.grades import WEIGHED_MARKS
from console.policy import Scope, may, scope_of, scoped

RESOURCE = "attendance_grade"


class StudentGrade(NamedTuple):
    """`counts` are the final marks by mark."""

    nickname: str
    user_id: str
    counts: Mapping[str, int]
    grade: Grade


class CourseGrades(NamedTuple):
    """Grades of the students with a final mark; `open_lessons` are not final yet."""

    weights: Weights
    students: list[StudentGrade]
    open_lessons: int


def rule_of(school: Enterprise) -> GradeRule:
    """Return the rule of a school, or the unsaved default."""
    return GradeRule.objects.filter(enterprise=school).first() or GradeRule(enterprise=school)


def weights_of(rule: GradeRule) -> Weights:
    return {mark.value: getattr(rule, mark) for mark in WEIGHED_MARKS}


def graded_courses(reader: Any) -> QuerySet[Course]:
    """Return the courses of which the reader sees grades; students those that they attend."""
    return scoped(Course.objects.all(), reader, RESOURCE, "list").order_by("title", "id")


def sees_everybody(reader: Any, course: Course) -> bool:
    """Return whether the reader sees the grades of all students of a course of theirs, not only their own."""
    return scope_of(reader, "list", RESOURCE) != Scope.OWN or may(reader, "export", RESOURCE, course)


def read_grades(course: Course, period: ReportPeriod, only: User | None = None) -> CourseGrades:
    """Return the grades of a course for the lessons of these days, of one student if given; four queries.

    Marks of final lessons alone count, as in every report. Lessons that are not final, also those that are
    still to come, are counted as open.
    """
    lessons = Lesson.objects.filter(course=course, **counted_lessons()).order_by()
    lessons = lessons.filter(starts_at__gte=period.begins, starts_at__lt=period.ends)
    found = list(lessons.values_list("pk", "final_at"))
    marks = final_marks([pk for pk, final_at in found if final_at])
    counts = counts_by_student(marks.filter(person=only) if only else marks)
    people = User.objects.filter(pk__in=counts).order_by(*BY_NAME)
    weights = weights_of(rule_of(course.enterprise))
    students = [
        StudentGrade(nickname, user_id, counts[pk], grade_of(counts[pk], weights))
        for pk, nickname, user_id in people.values_list("pk", "nickname", "user_id")
    ]
    return CourseGrades(weights, students, sum(1 for _pk, final_at in found if final_at is None))


def revisions_of(course: Course, term: Term) -> list[GradeRevision]:
    """Return the revisions of a course for exactly the days of a term, the newest first."""
    since, until = term.starts_on, term.ends_on
    rows = GradeRevision.objects.filter(course=course, since=since, until=until)
    return list(rows.select_related("fixed_by").order_by("-number"))
