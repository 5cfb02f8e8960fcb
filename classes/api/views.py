"""View sets of lessons and recordings, and the URLs of this API."""

from typing import Any

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
from classes.api.conflicts import ConflictResponseMixin
from classes.api.courses import CourseViewSet
from classes.api.fields import CancelSerializer
from classes.api.filters import RecordingFilter
from classes.api.leave import LeaveViewSet
from classes.api.serializers import SERVICE_NAMES, LessonSerializer
from classes.lessons import services
from classes.lessons.edit_digests import LessonEditConflict, loaded_digests
from classes.models import Lesson, Recording
from classes.recordings.api import LessonRecordingViewSet
from classes.recordings.serializers import RecordingSerializer
from console.policy.api import SchoolViewSet
from console.policy.lazy_schema import extend_schema


class LessonViewSet(
    ConflictResponseMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    SchoolViewSet,
):
    """Lessons. Each change is sent to the service; `sync` shows its progress."""

    resource = "lesson"
    queryset = Lesson.objects.select_related("teacher").prefetch_related("members__user")
    serializer_class = LessonSerializer
    http_method_names = ("get", "post", "patch", "head", "options")
    filterset_fields = {
        "status": ["exact"],
        "sync_state": ["exact"],
        "starts_at": ["gte", "lt"],
        "teacher__user_id": ["exact"],
    }

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
        """Start the lesson (`/class/start`)."""
        lesson = self.get_object()
        services.start_lesson(lesson=lesson, by=self.by)
        return self._respond(lesson)

    @extend_schema(request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """End the lesson (`/class/stop`)."""
        lesson = self.get_object()
        services.stop_lesson(lesson=lesson, by=self.by)
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
router.register("recordings", RecordingViewSet)
router.register("attendance", AttendanceViewSet)
router.register("leave", LeaveViewSet)
router.register("appeals", AppealViewSet)
router.register("credits", CreditViewSet)
urlpatterns = [
    *router.urls,
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
    path("lessons/<id:pk>/attendance.xlsx", LessonAttendanceFile.as_view({"get": "xlsx"})),
    path("lessons/<id:pk>/attendance.csv", LessonAttendanceFile.as_view({"get": "csv"})),
]
