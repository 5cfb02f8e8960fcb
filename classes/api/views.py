"""View sets of lessons and recordings, and the URLs of this API."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from classes.api.appeals import AppealAnswer, AppealViewSet, CreditViewSet
from classes.api.attendance import (
    AttendanceViewSet,
    CourseAttendance,
    LessonAttendance,
    LessonAttendanceFile,
    LessonDifferences,
    LessonRegister,
    PersonAttendance,
)
from classes.api.codes import AttendanceCodeViewSet
from classes.api.conflicts import ConflictResponseMixin
from classes.api.courses import CourseViewSet
from classes.api.cover import AbsenceViewSet, CoverViewSet
from classes.api.exports import ExportRunViewSet, ExportScheduleViewSet
from classes.api.fields import CancelSerializer, MakeUpSerializer, MakeUpTimesSerializer, validated
from classes.api.filters import LessonFilter, RecordingFilter
from classes.api.grades import CourseGradeList, CourseGradeRevisions
from classes.api.leave import LeaveViewSet
from classes.api.serializers import SERVICE_NAMES, LessonSerializer
from classes.api.subjects import SubjectViewSet
from classes.api.warning_rules import WarningRuleViewSet
from classes.api.warnings import WarningViewSet
from classes.lessons import services
from classes.lessons.edit_digests import LessonEditConflict, loaded_digests
from classes.lessons.queries import read_member_ids
from classes.models import Lesson, Recording
from classes.recordings.api import LessonRecordingViewSet
from classes.recordings.serializers import RecordingSerializer
from classes.timetable.make_up.services import make_up_lesson
from classes.timetable.make_up.times import propose_times
from console.policy.api import SchoolViewSet
from console.policy.bulk_writes import BULK_METHODS, BulkWriteMixin
from console.policy.lazy_schema import extend_schema


class LessonViewSet(
    BulkWriteMixin,
    ConflictResponseMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    SchoolViewSet,
):
    """Lessons. Each change is sent to the service; `sync` shows its progress.

    `?makes_up_for=7` finds the lesson that counts in place of lesson 7, `?made_up=true` all such as 7.
    """

    resource = "lesson"
    queryset = Lesson.objects.select_related("teacher").prefetch_related("members__user")
    serializer_class = LessonSerializer
    policy_actions = {"make_up_times": "make_up"}
    seen_names = SERVICE_NAMES
    http_method_names = ("get", "post", "patch", "head", "options")
    filterset_class = LessonFilter
    #: Role and user id of the members of the lessons of a list, by the key of the lesson.
    member_ids: Mapping[int, list[tuple[str, str]]] = MappingProxyType({})

    def get_queryset(self) -> QuerySet[Lesson]:
        rows = super().get_queryset()
        return rows.prefetch_related(None) if self.action == "list" else rows

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        if page is not None:
            self.member_ids = read_member_ids(page)
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "member_ids": self.member_ids}

    def perform_create(self, serializer: Any) -> None:
        lesson = services.schedule_lesson(by=self.by, **serializer.validated_data)
        serializer.instance = self._reload(lesson)

    def perform_update(self, serializer: Any) -> None:
        try:
            services.edit_lesson(lesson=serializer.instance, by=self.by, **serializer.validated_data)
        except LessonEditConflict as conflict:
            raise conflict.renamed(SERVICE_NAMES) from None
        serializer.instance = self._reload(serializer.instance)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        lesson = self.get_object()
        return self.with_etag(Response(self.get_serializer(lesson).data), lesson)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        return self.with_etag(Response(serializer.data), serializer.instance)

    def seen_of(self, row: Lesson) -> dict[str, str]:
        return loaded_digests(row)

    @extend_schema(request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Start the lesson (`/class/start`), at once also outside of its usual time."""
        lesson = self.get_object()
        services.start_lesson(lesson=lesson, by=self.by, confirmed=True)
        return self._respond(lesson)

    @extend_schema(request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """End the lesson (`/class/stop`), at once also outside of its usual time."""
        lesson = self.get_object()
        services.stop_lesson(lesson=lesson, by=self.by, confirmed=True)
        return self._respond(lesson)

    @extend_schema(request=CancelSerializer, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel the lesson (`/class/delete`); refused while it runs."""
        lesson = self.get_object()
        serializer = CancelSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        services.cancel_lesson(lesson=lesson, by=self.by, **serializer.validated_data)
        return self._respond(lesson)

    @extend_schema(request=MakeUpSerializer, responses={201: LessonSerializer})
    @action(detail=True, methods=["post"], url_path="make-up")
    def make_up(self, request: Request, pk: str) -> Response:
        """Schedule a lesson with the same people instead of a cancelled or failed one, and return it.

        409 if it has a make-up already, and with `conflicts` if somebody is double-booked without a reason.
        """
        lesson = self.get_object()
        made = make_up_lesson(lesson=lesson, by=self.by, **validated(MakeUpSerializer, request))
        return Response(self.get_serializer(self._reload(made)).data, status=201)

    @extend_schema(request=None, responses=MakeUpTimesSerializer)
    @make_up.mapping.get
    def make_up_times(self, request: Request, pk: str) -> Response:
        """Return the next times at which the teacher, the assistants and all students are free."""
        return Response(MakeUpTimesSerializer(propose_times(self.get_object())).data)

    def _respond(self, lesson: Lesson) -> Response:
        fresh = self._reload(lesson)
        return self.with_etag(Response(self.get_serializer(fresh).data), fresh)

    def _reload(self, lesson: Lesson) -> Lesson:
        """Read the lesson again, with its new sync state and members."""
        return self.queryset.get(pk=lesson.pk)


class RecordingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Tracks of recordings."""

    resource = "recording"
    queryset = Recording.objects.select_related("lesson__teacher")
    serializer_class = RecordingSerializer
    filterset_class = RecordingFilter


router = SimpleRouter()
router.register("lessons", LessonViewSet)
router.register("courses", CourseViewSet)
router.register("subjects", SubjectViewSet)
router.register("recordings", RecordingViewSet)
router.register("attendance", AttendanceViewSet)
router.register("leave", LeaveViewSet)
router.register("appeals", AppealViewSet)
router.register("credits", CreditViewSet)
router.register("attendance-codes", AttendanceCodeViewSet)
router.register("warnings", WarningViewSet)
router.register("warning-rules", WarningRuleViewSet)
router.register("absences", AbsenceViewSet)
router.register("covers", CoverViewSet)
router.register("exports/schedules", ExportScheduleViewSet)
router.register("exports/runs", ExportRunViewSet)
BULK_ADDED: dict[str, Any] = {"post": "bulk_create"}
urlpatterns = [
    *router.urls,
    path("bulk/lessons/", LessonViewSet.as_view(BULK_METHODS, detail=True), name="bulk-lessons"),
    path("bulk/courses/", CourseViewSet.as_view(BULK_METHODS, detail=True), name="bulk-courses"),
    path("bulk/subjects/", SubjectViewSet.as_view(BULK_METHODS, detail=True), name="bulk-subjects"),
    path(
        "bulk/attendance-codes/",
        AttendanceCodeViewSet.as_view(BULK_METHODS, detail=True),
        name="bulk-attendance-codes",
    ),
    path(
        "bulk/warning-rules/",
        WarningRuleViewSet.as_view(BULK_METHODS, detail=True),
        name="bulk-warning-rules",
    ),
    path("bulk/leave/", LeaveViewSet.as_view(BULK_ADDED), name="bulk-leave"),
    path("bulk/absences/", AbsenceViewSet.as_view(BULK_ADDED), name="bulk-absences"),
    path("bulk/appeals/", AppealViewSet.as_view(BULK_ADDED), name="bulk-appeals"),
    path("bulk/credits/", CreditViewSet.as_view(BULK_ADDED), name="bulk-credits"),
    path(
        "lessons/<id:pk>/recording/",
        LessonRecordingViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path("lessons/<id:pk>/attendance/", LessonAttendance.as_view({"get": "list"})),
    path("lessons/<id:pk>/attendance/close/", LessonRegister.as_view({"post": "close"})),
    path("lessons/<id:pk>/attendance/reopen/", LessonRegister.as_view({"post": "reopen"})),
    path(
        "lessons/<id:pk>/attendance/differences/",
        LessonDifferences.as_view({"get": "list", "post": "keep"}),
    ),
    path("appeals/<id:pk>/answer/", AppealAnswer.as_view({"post": "answer"}, detail=True)),
    path("users/<text:user_id>/attendance/", PersonAttendance.as_view({"get": "list"})),
    path("courses/<id:pk>/attendance/", CourseAttendance.as_view({"get": "list"})),
    path("courses/<id:pk>/grades/", CourseGradeList.as_view({"get": "list"})),
    path("courses/<id:pk>/grades/revisions/", CourseGradeRevisions.as_view({"get": "list"})),
    path("lessons/<id:pk>/attendance.xlsx", LessonAttendanceFile.as_view({"get": "xlsx"})),
    path("lessons/<id:pk>/attendance.csv", LessonAttendanceFile.as_view({"get": "csv"})),
]
