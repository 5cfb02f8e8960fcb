"""The resources: lessons with their acts, courses, recordings; and the addresses of all of them."""

from typing import Any

from django.urls import path
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from classes import services
from classes.api.attendance import (
    AttendanceViewSet,
    CourseAttendance,
    LessonAttendance,
    LessonAttendanceFile,
    LessonRegister,
    PersonAttendance,
)
from classes.api.cancelling import CancelSerializer
from classes.api.conflicts import AnswersConflicts
from classes.api.courses import CourseViewSet
from classes.api.filters import RecordingFilter
from classes.api.serializers import LessonSerializer, RecordingSerializer
from classes.models import Lesson, Recording
from classes.recordings.api import LessonRecording
from console.policy.described import extend_schema
from console.policy.rest import SchoolViewSet


class LessonViewSet(
    AnswersConflicts,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    SchoolViewSet,
):
    """Lessons. Each change is sent to the service; `sync` tells how far it came."""

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
        serializer.instance = self._fresh(lesson)

    def perform_update(self, serializer: Any) -> None:
        services.edit_lesson(lesson=serializer.instance, by=self.by, **serializer.validated_data)
        serializer.instance = self._fresh(serializer.instance)

    @extend_schema(request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Begin the lesson (`/class/start`)."""
        lesson = self.get_object()
        services.start_lesson(lesson=lesson, by=self.by)
        return self._told(lesson)

    @extend_schema(request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """End the lesson (`/class/stop`)."""
        lesson = self.get_object()
        services.stop_lesson(lesson=lesson, by=self.by)
        return self._told(lesson)

    @extend_schema(request=CancelSerializer, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel the lesson (`/class/delete`); not while it runs."""
        lesson = self.get_object()
        asked = CancelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.cancel_lesson(lesson=lesson, by=self.by, **asked.validated_data)
        return self._told(lesson)

    def _told(self, lesson: Lesson) -> Response:
        return Response(self.get_serializer(self._fresh(lesson)).data)

    def _fresh(self, lesson: Lesson) -> Lesson:
        """Read again: its state at the service and its members are written beside it."""
        return self.queryset.get(pk=lesson.pk)


class RecordingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Tracks of recordings."""

    resource = "recording"
    queryset = Recording.objects.all()
    serializer_class = RecordingSerializer
    filterset_class = RecordingFilter


router = SimpleRouter()
router.register("lessons", LessonViewSet)
router.register("courses", CourseViewSet)
router.register("recordings", RecordingViewSet)
router.register("attendance", AttendanceViewSet)
urlpatterns = [
    *router.urls,
    path(
        "lessons/<int:pk>/recording/",
        LessonRecording.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path("lessons/<int:pk>/attendance/", LessonAttendance.as_view({"get": "list"})),
    path("lessons/<int:pk>/attendance/close/", LessonRegister.as_view({"post": "close"})),
    path("lessons/<int:pk>/attendance/reopen/", LessonRegister.as_view({"post": "reopen"})),
    path("users/<str:user_id>/attendance/", PersonAttendance.as_view({"get": "list"})),
    path("courses/<int:pk>/attendance/", CourseAttendance.as_view({"get": "list"})),
    path("lessons/<int:pk>/attendance.xlsx", LessonAttendanceFile.as_view({"get": "xlsx"})),
    path("lessons/<int:pk>/attendance.csv", LessonAttendanceFile.as_view({"get": "csv"})),
]
