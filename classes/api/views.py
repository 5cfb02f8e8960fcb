"""The resources: lessons with their acts, their attendance, recordings."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from classes import services
from classes.api.serializers import LessonSerializer, RecordingSerializer
from classes.models import Lesson, Recording
from console.policy.rest import SchoolViewSet


class CancelSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class LessonViewSet(
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
        serializer.instance = services.schedule_lesson(by=self.request.user, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.edit_lesson(
            lesson=serializer.instance, by=self.request.user, **serializer.validated_data
        )
        self._forget_members(serializer.instance)

    @extend_schema(request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Begin the lesson (`/class/start`)."""
        lesson = self.get_object()
        services.start_lesson(lesson=lesson, by=request.user)
        return self._told(lesson)

    @extend_schema(request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """End the lesson (`/class/stop`)."""
        lesson = self.get_object()
        services.stop_lesson(lesson=lesson, by=request.user)
        return self._told(lesson)

    @extend_schema(request=CancelSerializer, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel the lesson (`/class/delete`); not while it runs."""
        lesson = self.get_object()
        asked = CancelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.cancel_lesson(lesson=lesson, by=request.user, reason=asked.validated_data["reason"])
        return self._told(lesson)

    def _told(self, lesson: Lesson) -> Response:
        lesson.refresh_from_db()
        self._forget_members(lesson)
        return Response(self.get_serializer(lesson).data)

    def _forget_members(self, lesson: Lesson) -> None:
        """The prefetched members may be those from before the change."""
        getattr(lesson, "_prefetched_objects_cache", {}).pop("members", None)


class RecordingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Tracks of recordings."""

    resource = "recording"
    queryset = Recording.objects.all()
    serializer_class = RecordingSerializer
    filterset_fields = ("lesson", "video_type")


router = SimpleRouter()
router.register("lessons", LessonViewSet)
router.register("recordings", RecordingViewSet)
urlpatterns = router.urls
