"""REST API of the grades of a school."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Grade
from accounts.people.grades import services
from accounts.people.grades.queries import with_sizes
from console.concurrency import value_digests
from console.policy.api import EditableViewSet, SchoolSerializer
from console.policy.bulk_writes import BulkWriteMixin
from console.policy.lazy_schema import extend_schema
from console.policy.pagination import NewestFirstPagination


class GradeSerializer(SchoolSerializer):
    """A grade; `groups` and `students` are counted without archived groups."""

    groups = serializers.IntegerField(source="group_count", read_only=True)
    students = serializers.IntegerField(source="student_count", read_only=True)

    class Meta:
        model = Grade
        fields = ("id", "name", "position", "groups", "students")
        read_only_fields = ("position",)
        validators: tuple[Any, ...] = ()  # the service refuses a name that exists


class MoveSerializer(serializers.Serializer[Any]):
    """The direction in which a grade moves by one place."""

    direction = serializers.ChoiceField(("up", "down"))


class ByPositionPagination(NewestFirstPagination):
    """Grades as they stand in the school."""

    ordering = ("position", "id")


class GradeViewSet(BulkWriteMixin, EditableViewSet):
    """Grades of the school; they stand in the order of `position`."""

    resource = "grade"
    queryset = Grade.objects.select_related("enterprise")
    serializer_class = GradeSerializer
    pagination_class = ByPositionPagination
    policy_actions = {"move": "change"}

    def get_queryset(self) -> QuerySet[Grade]:
        return with_sizes(super().get_queryset())

    def perform_create(self, serializer: Any) -> None:
        made = services.add_grade(by=self.by, **serializer.validated_data)
        serializer.instance = self.get_queryset().get(pk=made.pk)

    def perform_update(self, serializer: Any) -> None:
        grade = serializer.instance
        services.rename_grade(
            grade=grade,
            by=self.by,
            seen=self.seen_of(grade),
            name=serializer.validated_data.get("name", grade.name),
        )
        serializer.instance = self.get_queryset().get(pk=grade.pk)

    def perform_destroy(self, grade: Grade) -> None:
        services.delete_grade(grade=grade, by=self.by)

    def seen_of(self, row: Grade) -> dict[str, str]:
        return value_digests(row, (*services.GRADE_FIELDS, "position"))

    @extend_schema(request=MoveSerializer, responses=GradeSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Move the grade by one place; the first and the last one stay where they are."""
        grade, wanted = self.get_object(), MoveSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        moved = services.move_grade(grade=grade, up=wanted.validated_data["direction"] == "up", by=self.by)
        row = self.get_queryset().get(pk=moved.pk)
        return self.with_etag(Response(self.get_serializer(row).data), row)
