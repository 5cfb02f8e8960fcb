"""Attendance in REST: registers as rows and files, all marks, corrections and closing."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
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
from classes.api.fields import validated
from classes.api.filters import AttendanceFilter
from classes.attendance import corrections
from classes.attendance.callback_differences import keep_marks, undecided_differences
from classes.attendance.codes.codebook import coded_entries, codes_of_rows
from classes.attendance.export import download_register
from classes.attendance.permissions import may_change_register, refuse_register
from classes.attendance.queries import RegisterTable, build_entry, register_for_reader
from classes.models import Attendance, AttendanceCode, CallbackDifference, Course, Lesson, Register
from classes.models.attendance import Grade, Mark
from console.inputs.bounds import MAX_ID
from console.policy import in_school, may
from console.policy.api import SchoolViewSet
from console.policy.lazy_schema import extend_schema
from console.policy.pagination import LinkedPagination
from console.policy.rules import refusal_message, scope_of
from console.policy.table import Scope
from console.sheets.download import CONTENT_TYPES

#: Differences on one page, and decided at once.
MAX_DIFFERENCES = 500


class AttendanceSerializer(serializers.Serializer[Any]):
    """One person in one lesson.

    `mark` is null for staff and for guests, who have none; `share` is a fraction of the time really taught,
    null if nothing was taught; `reason` is a sentence in the reader's language. `code` are the letters of the
    school's own code of the mark, null where it has none.
    """

    user_id = serializers.CharField()
    nickname = serializers.CharField()
    role = serializers.CharField()
    mark = serializers.ChoiceField(Mark.choices, allow_null=True)
    code = serializers.CharField(source="code.letters", allow_null=True, default=None)
    code_name = serializers.CharField(source="code.name", allow_null=True, default=None)
    first_entered_at = serializers.DateTimeField(allow_null=True)
    last_left_at = serializers.DateTimeField(allow_null=True)
    present_seconds = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    evidence = serializers.ChoiceField(Grade.choices)
    reason = serializers.CharField(source="sentence")
    provisional = serializers.BooleanField()

    def to_representation(self, entry: Any) -> dict[str, Any]:
        data = super().to_representation(entry)
        return {**data, "mark": data["mark"] or None}


class MarkSerializer(AttendanceSerializer):
    """A row of the list of all marks."""

    id = serializers.IntegerField()
    lesson = serializers.IntegerField()

    def to_representation(self, row: Attendance) -> dict[str, Any]:
        entry = build_entry(row, row.lesson.enterprise.tz, self.context["codes"].get(row.pk))
        person = AttendanceSerializer(entry, context=self.context).data
        return {"id": row.pk, "lesson": row.lesson_id, **person}


class CorrectSerializer(serializers.Serializer[Any]):
    """A manual mark that replaces the derived one; an empty mark restores the derived one."""

    mark = serializers.ChoiceField(Mark.choices, allow_blank=True)
    reason = serializers.CharField(max_length=500)


class CloseSerializer(serializers.Serializer[Any]):
    """`anyway` closes a register that is provisional or has marks without data."""

    anyway = serializers.BooleanField(default=False)


class ReopenSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class RevisionSerializer(serializers.ModelSerializer[Register]):
    """A closed register: one numbered revision with its digest."""

    class Meta:
        model = Register
        fields = ("lesson", "number", "digest", "closed_at", "reopened_at", "reopen_reason")


class CallbackDifferenceSerializer(serializers.ModelSerializer[CallbackDifference]):
    """An entry (`entered`) or exit that a callback reports and a final register does not contain."""

    class Meta:
        model = CallbackDifference
        fields = ("id", "user_id", "entered", "told_at", "received_at")


class KeepSerializer(serializers.Serializer[Any]):
    """The differences that were read and are decided; those that arrived since stay open."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID),
        min_length=1,
        max_length=MAX_DIFFERENCES,
    )


class KeptSerializer(serializers.Serializer[Any]):
    """How many differences were decided, and how many stay open."""

    decided = serializers.IntegerField()
    open = serializers.IntegerField()


class MarkViewSet(SchoolViewSet):
    """Base of rows of marks of several lessons, with the codes of those that a response shows."""

    resource = "attendance"
    queryset = Attendance.objects.select_related("lesson__enterprise", "person")
    serializer_class = MarkSerializer
    filterset_class = AttendanceFilter
    codes: Mapping[int, AttendanceCode | None] = MappingProxyType({})

    def prepare_rows(self, rows: Sequence[Attendance]) -> None:
        """Read the codes of the rows."""
        codes = codes_of_rows(self.by.enterprise, rows)
        self.codes = {row.pk: code for row, code in zip(rows, codes, strict=True)}

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self.prepare_rows(page or ())
        return page

    def get_object(self) -> Any:
        row = super().get_object()
        self.prepare_rows([row])
        return row

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "codes": self.codes}


class AttendanceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, MarkViewSet):
    """Marks of all lessons; students see only their own."""

    queryset = Attendance.objects.select_related("lesson__enterprise", "lesson__teacher", "person")

    @extend_schema(request=CorrectSerializer, responses=MarkSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Set the mark by hand, with a reason; all versions are kept. `excused` excuses."""
        row = self.get_object()
        require_register_permission(self.by, "correct", row.lesson)
        corrections.correct_mark(mark_of=row, by=self.by, **validated(CorrectSerializer, request))
        return Response(self.get_serializer(self._stored(row.pk)).data)

    def _stored(self, pk: int) -> Attendance:
        row = self.queryset.get(pk=pk)
        self.prepare_rows([row])
        return row


class LessonAttendance(SchoolViewSet):
    """The register of one lesson: a row for each person who is expected or was present."""

    resource = "attendance"
    queryset = Attendance.objects.select_related("person")
    serializer_class: type[serializers.BaseSerializer[Any]] = AttendanceSerializer
    pagination_class: Any = None
    filter_backends = ()

    @extend_schema(operation_id="lessons_attendance_list", responses=AttendanceSerializer(many=True))
    def list(self, request: Request, pk: int) -> Response:
        lesson = self.lesson()
        rows = coded_entries(lesson.enterprise, self.table(lesson).everybody)
        return Response(self.get_serializer(rows, many=True).data)

    def lesson(self) -> Lesson:
        lessons = in_school(
            Lesson.objects.select_related("enterprise", "teacher"), self.request.user, "lesson"
        )
        lesson = lessons.filter(pk=self.kwargs["pk"]).first()
        if lesson is None:
            raise Http404
        if not may(self.request.user, "view", "lesson", lesson):
            raise PermissionDenied(refusal_message(self.request.user, "view", "lesson"))
        return lesson

    def table(self, lesson: Lesson) -> RegisterTable:
        return register_for_reader(self.by, lesson, list(self.get_queryset().filter(lesson=lesson)))


class LessonRegister(LessonAttendance):
    """Close a register as a numbered revision, and reopen it."""

    serializer_class = RevisionSerializer

    @extend_schema(
        operation_id="lessons_attendance_close", request=CloseSerializer, responses=RevisionSerializer
    )
    def close(self, request: Request, pk: int) -> Response:
        return self._act("close", corrections.close_register, CloseSerializer)

    @extend_schema(
        operation_id="lessons_attendance_reopen", request=ReopenSerializer, responses=RevisionSerializer
    )
    def reopen(self, request: Request, pk: int) -> Response:
        return self._act("reopen", corrections.reopen_register, ReopenSerializer)

    def _act(self, name: str, act: Callable[..., Register], serializer: Any) -> Response:
        """Run the action. Input is validated after the permission check: refused readers learn nothing."""
        lesson = self.lesson()
        require_register_permission(self.by, name, lesson)
        data = validated(serializer, self.request)
        return Response(self.get_serializer(act(lesson=lesson, by=self.by, **data)).data)


class OldestFirstPagination(LinkedPagination):
    """Pages of differences, in the order in which they arrived."""

    ordering = "id"
    page_size = max_page_size = MAX_DIFFERENCES


class LessonDifferences(LessonAttendance):
    """Events that callbacks reported after the register was final; they change no mark, a person decides.

    500 a page; the header `Link` has the address of the next page.
    """

    serializer_class = CallbackDifferenceSerializer
    pagination_class = OldestFirstPagination
    policy_actions = {"list": "correct", "keep": "correct"}

    @extend_schema(
        operation_id="lessons_attendance_differences_list", responses=CallbackDifferenceSerializer(many=True)
    )
    def list(self, request: Request, pk: int) -> Response:
        lesson = self.lesson()
        require_register_permission(self.by, "correct", lesson)
        rows = self.paginate_queryset(undecided_differences(lesson))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(
        operation_id="lessons_attendance_differences_keep", request=KeepSerializer, responses=KeptSerializer
    )
    def keep(self, request: Request, pk: int) -> Response:
        """Keep the marks as they are; the differences in `ids` count as decided."""
        lesson = self.lesson()
        require_register_permission(self.by, "correct", lesson)
        decided = keep_marks(lesson=lesson, seen=validated(KeepSerializer, request)["ids"], by=self.by)
        return Response({"decided": decided, "open": undecided_differences(lesson).count()})


def require_register_permission(reader: User, action: str, lesson: Lesson) -> None:
    """Raise PermissionDenied for readers who do not teach, assist in or administer this lesson."""
    if not may_change_register(reader, action, lesson):
        raise PermissionDenied(refuse_register(reader, action, lesson))


class FileNegotiation(BaseContentNegotiation):
    """Serve a file in its own type; errors are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class LessonAttendanceFile(LessonAttendance):
    """The register as a file."""

    content_negotiation_class = FileNegotiation
    policy_actions = {"xlsx": "export", "csv": "export"}

    @extend_schema(
        operation_id="lessons_attendance_xlsx", responses={(200, CONTENT_TYPES[".xlsx"]): OpenApiTypes.BINARY}
    )
    def xlsx(self, request: Request, pk: int) -> HttpResponseBase:
        lesson = self.lesson()
        return download_register(lesson, self.table(lesson), ".xlsx")

    @extend_schema(operation_id="lessons_attendance_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def csv(self, request: Request, pk: int) -> HttpResponseBase:
        lesson = self.lesson()
        return download_register(lesson, self.table(lesson), ".csv")


class MarkListBase(mixins.ListModelMixin, MarkViewSet):
    """Marks of one person or course that the reader may see, the newest lesson first."""


class PersonAttendance(MarkListBase):
    """All marks of one student; for the student, and for readers who may see the student's lessons."""

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
            raise PermissionDenied(refusal_message(self.by, "list", "attendance"))
        return marks


class CourseAttendance(MarkListBase):
    """All marks of the lessons of one course."""

    @extend_schema(operation_id="courses_attendance_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Attendance]:
        course = in_school(Course.objects.all(), self.by, "course").filter(pk=self.kwargs["pk"]).first()
        if course is None:
            raise Http404
        if not may(self.by, "view", "course", course):
            raise PermissionDenied(refusal_message(self.by, "view", "course"))
        return super().get_queryset().filter(lesson__course=course)
