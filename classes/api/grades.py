"""Attendance grades in REST: those of a course now, and the revisions that were fixed."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from classes.attendance.grades.forms import GradeForm
from classes.attendance.grades.queries import RESOURCE, CourseGrades, read_grades, sees_everybody
from classes.attendance.grades.sentences import rule_sentence
from classes.models import Course, GradeRevision
from console.policy import in_school, may
from console.policy.api import SchoolViewSet
from console.policy.lazy_schema import extend_schema
from console.policy.pagination import LinkedPagination
from console.policy.rules import refusal_message


class StudentGradeSerializer(serializers.Serializer[Any]):
    """`marks` are numbers of final marks by mark; `percent` is null where no lesson counted."""

    user_id = serializers.CharField()
    nickname = serializers.CharField()
    marks = serializers.DictField(child=serializers.IntegerField(), source="counts")
    counted = serializers.IntegerField(source="grade.counted")
    points = serializers.DecimalField(max_digits=9, decimal_places=2, source="grade.points")
    percent = serializers.DecimalField(
        max_digits=4, decimal_places=1, allow_null=True, source="grade.percent"
    )


class CourseGradesSerializer(serializers.Serializer[Any]):
    """Grades of a course in a term.

    `rule` maps each mark to its points, null for a neutral one; `sentence` says the same in the reader's
    language. `open_lessons` have ended and are not final, so that their marks do not count yet.
    """

    course = serializers.IntegerField()
    term = serializers.IntegerField()
    since = serializers.DateField()
    until = serializers.DateField()
    rule = serializers.DictField(
        child=serializers.DecimalField(max_digits=3, decimal_places=2, allow_null=True)
    )
    sentence = serializers.CharField()
    open_lessons = serializers.IntegerField()
    students = StudentGradeSerializer(many=True)


class GradeRevisionSerializer(serializers.ModelSerializer[GradeRevision]):
    """Grades as they were fixed: `body` has the rule and the grades, `digest` the SHA-256 of its JSON."""

    term = serializers.CharField(source="term_name")

    class Meta:
        model = GradeRevision
        fields = ("number", "term", "since", "until", "digest", "fixed_at", "body")


class CourseGradeList(SchoolViewSet):
    """Grades of one course: all of a course that the reader leads, of one that they attend their own."""

    resource = RESOURCE
    queryset = Course.objects.select_related("enterprise", "term")
    serializer_class: type[serializers.BaseSerializer[Any]] = CourseGradesSerializer
    pagination_class: Any = None
    filter_backends = ()

    @extend_schema(operation_id="courses_grades_list", responses=CourseGradesSerializer)
    def list(self, request: Request, pk: int) -> Response:
        """`?term=` names a term; without one it is that of the course, or the term that began last."""
        course = self.course("list")
        form = GradeForm({"course": str(pk), "term": request.query_params.get("term", "")}, reader=self.by)
        form.is_valid()
        form.require_known_rows()
        term = form.term_chosen
        if term is None:
            raise Http404
        only = None if sees_everybody(self.by, course) else self.by
        grades: CourseGrades = read_grades(course, form.period, only)
        found = {
            "course": course.pk,
            "term": term.pk,
            "since": term.starts_on,
            "until": term.ends_on,
            "rule": grades.weights,
            "sentence": rule_sentence(grades.weights),
            "open_lessons": grades.open_lessons,
            "students": grades.students,
        }
        return Response(self.get_serializer(found).data)

    def course(self, action: str) -> Course:
        course = in_school(self.queryset, self.by, RESOURCE).filter(pk=self.kwargs["pk"]).first()
        if course is None:
            raise Http404
        if not may(self.by, action, RESOURCE, course):
            raise PermissionDenied(refusal_message(self.by, action, RESOURCE))
        return course


class CourseGradeRevisions(CourseGradeList):
    """Revisions of one course with all of its students, for readers who may export its grades.

    The newest first, 100 a page; the header `Link` has the address of the next page.
    """

    serializer_class = GradeRevisionSerializer
    pagination_class = LinkedPagination
    policy_actions = {"list": "export"}

    @extend_schema(operation_id="courses_grades_revisions_list", responses=GradeRevisionSerializer(many=True))
    def list(self, request: Request, pk: int) -> Response:
        rows = self.paginate_queryset(GradeRevision.objects.filter(course=self.course("export")))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)
