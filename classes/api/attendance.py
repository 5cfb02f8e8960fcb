"""Attendance in REST: the register of a lesson, as rows and as a file, all marks, and deciding about them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from classes.api.filters import AttendanceFilter
from classes.attendance import acts
from classes.attendance.queries import Table, entry_of, table_for
from classes.attendance.rights import may_judge
from classes.attendance.sheet import download
from classes.models import Attendance, Course, Lesson, Register
from classes.models.attendance import Grade, Mark
from console.policy import in_school, may
from console.policy.described import extend_schema
from console.policy.rest import SchoolViewSet
from console.policy.rules import refusal, scope_of
from console.policy.table import Scope
from console.sheets.download import TYPES


class AttendanceSerializer(serializers.Serializer[Any]):
    """One person in one lesson.

    `mark` is null for staff and for guests, who have none; `share` is a fraction of the time really
    taught, null where nothing was; `reason` is a sentence in the reader's language.
    """

    user_id = serializers.CharField()
    nickname = serializers.CharField()
    role = serializers.CharField()
    mark = serializers.ChoiceField(Mark.choices, allow_null=True)
    first_entered_at = serializers.DateTimeField(allow_null=True)
    last_left_at = serializers.DateTimeField(allow_null=True)
    present_seconds = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    evidence = serializers.ChoiceField(Grade.choices)
    reason = serializers.CharField(source="sentence")
    provisional = serializers.BooleanField()

    def to_representation(self, entry: Any) -> dict[str, Any]:
        told = super().to_representation(entry)
        return {**told, "mark": told["mark"] or None}


class MarkSerializer(AttendanceSerializer):
    """A row of the table of all marks."""

    id = serializers.IntegerField()
    lesson = serializers.IntegerField()

    def to_representation(self, row: Attendance) -> dict[str, Any]:
        entry = entry_of(row, row.lesson.enterprise.tz)
        person = AttendanceSerializer(entry, context=self.context).data
        return {"id": row.pk, "lesson": row.lesson_id, **person}


class CorrectSerializer(serializers.Serializer[Any]):
    """A mark by hand over the derived one; the empty one is what the evidence says."""

    mark = serializers.ChoiceField(Mark.choices, allow_blank=True)
    reason = serializers.CharField(max_length=500)


class CloseSerializer(serializers.Serializer[Any]):
    """`anyway` closes a register that is provisional, or has marks without data."""

    anyway = serializers.BooleanField(default=False)


class ReopenSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class RevisionSerializer(serializers.ModelSerializer[Register]):
    """A closed register: one numbered revision with its digest."""

    class Meta:
        model = Register
        fields = ("lesson", "number", "digest", "closed_at", "reopened_at", "reopen_reason")


class AttendanceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Marks of all lessons; a student's own alone."""

    resource = "attendance"
    queryset = Attendance.objects.select_related("lesson__enterprise", "lesson__teacher", "person")
    serializer_class = MarkSerializer
    filterset_class = AttendanceFilter

    @extend_schema(request=CorrectSerializer, responses=MarkSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Set the mark by hand, with a reason; all versions are kept. `excused` excuses."""
        row = self.get_object()
        judge(self.by, "correct", row.lesson)
        acts.correct(mark_of=row, by=self.by, **_asked(CorrectSerializer, request))
        return Response(self.get_serializer(self.queryset.get(pk=row.pk)).data)


class LessonAttendance(SchoolViewSet):
    """The register of one lesson: a row a person who is expected or came."""

    resource = "attendance"
    queryset = Attendance.objects.select_related("person")
    serializer_class = AttendanceSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(operation_id="lessons_attendance_list", responses=AttendanceSerializer(many=True))
    def list(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self.table(self.lesson()).everybody, many=True).data)

    def lesson(self) -> Lesson:
        lessons = in_school(
            Lesson.objects.select_related("enterprise", "teacher"), self.request.user, "lesson"
        )
        lesson = lessons.filter(pk=self.kwargs["pk"]).first()
        if lesson is None:
            raise Http404
        if not may(self.request.user, "view", "lesson", lesson):
            raise PermissionDenied(refusal("view", "lesson"))
        return lesson

    def table(self, lesson: Lesson) -> Table:
        return table_for(self.by, lesson, list(self.get_queryset().filter(lesson=lesson)))


class LessonRegister(LessonAttendance):
    """Closing a register as a numbered revision, and opening it again."""

    serializer_class = RevisionSerializer

    @extend_schema(
        operation_id="lessons_attendance_close", request=CloseSerializer, responses=RevisionSerializer
    )
    def close(self, request: Request, pk: int) -> Response:
        return self._told("close", acts.close_register, CloseSerializer)

    @extend_schema(
        operation_id="lessons_attendance_reopen", request=ReopenSerializer, responses=RevisionSerializer
    )
    def reopen(self, request: Request, pk: int) -> Response:
        return self._told("reopen", acts.reopen_register, ReopenSerializer)

    def _told(self, name: str, act: Callable[..., Register], serializer: Any) -> Response:
        """What was asked is looked at last: whoever may not learns nothing of what is right."""
        lesson = self.lesson()
        judge(self.by, name, lesson)
        asked = _asked(serializer, self.request)
        return Response(self.get_serializer(act(lesson=lesson, by=self.by, **asked)).data)


def judge(reader: User, action: str, lesson: Lesson) -> None:
    """PermissionDenied for who neither teaches this lesson nor assists in it, nor runs the school."""
    if not may_judge(reader, action, lesson):
        raise PermissionDenied(refusal(action, "attendance"))


def _asked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class AnyType(BaseContentNegotiation):
    """A file has the type that it has; refusals are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class LessonAttendanceFile(LessonAttendance):
    """The same register as a file."""

    content_negotiation_class = AnyType
    policy_actions = {"xlsx": "export", "csv": "export"}

    @extend_schema(
        operation_id="lessons_attendance_xlsx", responses={(200, TYPES[".xlsx"]): OpenApiTypes.BINARY}
    )
    def xlsx(self, request: Request, pk: int) -> HttpResponseBase:
        lesson = self.lesson()
        return download(lesson, self.table(lesson), ".xlsx")

    @extend_schema(operation_id="lessons_attendance_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def csv(self, request: Request, pk: int) -> HttpResponseBase:
        lesson = self.lesson()
        return download(lesson, self.table(lesson), ".csv")


class OfOne(mixins.ListModelMixin, SchoolViewSet):
    """Marks of one thing: the rows that the reader may see, the newest lesson first."""

    resource = "attendance"
    queryset = Attendance.objects.select_related("lesson__enterprise", "person")
    serializer_class = MarkSerializer
    filterset_class = AttendanceFilter


class PersonAttendance(OfOne):
    """All marks of one student; to the student themselves, and to whoever may see their lessons."""

    @extend_schema(operation_id="users_attendance_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Attendance]:
        people = in_school(User.objects.all(), self.by, "person")
        person = people.filter(user_id=self.kwargs["user_id"]).first()
        if person is None:
            raise Http404
        marks = super().get_queryset().filter(person=person)
        own = scope_of(self.by, "list", "attendance") == Scope.OWN
        if own and person.pk != self.by.pk and not marks.exists():
            raise PermissionDenied(refusal("list", "attendance"))
        return marks


class CourseAttendance(OfOne):
    """All marks of one course's lessons."""

    @extend_schema(operation_id="courses_attendance_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Attendance]:
        course = in_school(Course.objects.all(), self.by, "course").filter(pk=self.kwargs["pk"]).first()
        if course is None:
            raise Http404
        if not may(self.by, "view", "course", course):
            raise PermissionDenied(refusal("view", "course"))
        return super().get_queryset().filter(lesson__course=course)
