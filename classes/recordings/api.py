"""REST of the recording of a lesson: how it stands, its tracks, title and tags, and how long it is kept."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from classes.api.serializers import RecordingSerializer
from classes.models import Footage, Lesson
from classes.recordings.keeping import kept_until
from classes.recordings.library import tracks_of
from classes.recordings.services import describe
from classes.recordings.states import KINDS, states_of
from classes.views.lesson import find_lesson
from console.policy import may
from console.policy.described import extend_schema
from console.policy.rest import SchoolViewSet
from console.policy.rules import refusal

FIELDS = ("title", "tags", "keep_until", "keep_for_good")


class LessonRecordingSerializer(serializers.Serializer[Any]):
    """`code` and `message` are what iclass said where it failed; `kept_until` is the last day, by its own
    choice or by the school's, null where it is kept for good. What is in the bin has no tracks."""

    lesson = serializers.IntegerField()
    state = serializers.ChoiceField(list(KINDS))
    since = serializers.DateTimeField(allow_null=True)
    code = serializers.IntegerField()
    message = serializers.CharField()
    title = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    keep_until = serializers.DateField(allow_null=True)
    keep_for_good = serializers.BooleanField()
    kept_until = serializers.DateField(allow_null=True)
    tracks = RecordingSerializer(many=True)


class DescribeSerializer(serializers.Serializer[Any]):
    """What of it is the school's own; what is not named stays as it is."""

    title = serializers.CharField(max_length=100, allow_blank=True, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=30), max_length=20, allow_empty=True, required=False
    )
    keep_until = serializers.DateField(allow_null=True, required=False)
    keep_for_good = serializers.BooleanField(required=False)


class LessonRecording(SchoolViewSet):
    """The recording of one lesson."""

    resource = "recording"
    serializer_class = LessonRecordingSerializer

    @extend_schema(responses=LessonRecordingSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """How it stands, and its tracks."""
        return self._told(find_lesson(self.by, pk))

    @extend_schema(request=DescribeSerializer, responses=LessonRecordingSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Its title and tags, and how long it is kept: until a day, for good, or as the school keeps all."""
        lesson = find_lesson(self.by, pk)
        if not may(self.by, "start", "lesson", lesson):
            raise PermissionDenied(refusal("change", self.resource))
        asked = DescribeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = Footage.objects.filter(lesson=lesson).first() or Footage()
        now = {name: getattr(found, name) for name in FIELDS}
        describe(lesson=lesson, by=self.by, **now | asked.validated_data)
        return self._told(lesson)

    def _told(self, lesson: Lesson) -> Response:
        footage = Footage.objects.filter(lesson=lesson).first() or Footage()
        state = states_of([lesson])[lesson.pk]
        told = {
            **{name: getattr(footage, name) for name in FIELDS},
            "lesson": lesson.pk,
            "state": state.name,
            "since": state.since,
            "code": state.code,
            "message": state.message,
            "kept_until": kept_until(lesson, footage),
            "tracks": [] if state.name == "binned" else tracks_of([lesson]),
        }
        return Response(self.get_serializer(told).data)
