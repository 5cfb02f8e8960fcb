"""REST API of the recording of a lesson: state, tracks, title, tags and retention."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from classes.lessons.lookup import find_lesson
from classes.models import Lesson, LessonRecording
from classes.recordings.library import list_tracks
from classes.recordings.retention import last_kept_day
from classes.recordings.serializers import RecordingSerializer
from classes.recordings.services import update_recording
from classes.recordings.states import RECORDING_STATES, recording_states
from console.concurrency import value_digests
from console.inputs.api import ApiDateField
from console.policy import may
from console.policy.api import SchoolViewSet
from console.policy.lazy_schema import extend_schema
from console.policy.rules import refusal_message

RECORDING_FIELDS = ("title", "tags", "keep_until", "keep_for_good")


class LessonRecordingSerializer(serializers.Serializer[Any]):
    """The recording of a lesson.

    `code` and `message` are the error of iclass, if any. `kept_until` is the last day by its own or the
    school's retention, null if it is kept indefinitely. A recording in the bin has no tracks.
    """

    lesson = serializers.IntegerField()
    state = serializers.ChoiceField(list(RECORDING_STATES))
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
    """Editable fields of a recording; omitted fields keep their values."""

    title = serializers.CharField(max_length=100, allow_blank=True, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=30), max_length=20, allow_empty=True, required=False
    )
    keep_until = ApiDateField(allow_null=True, required=False)
    keep_for_good = serializers.BooleanField(required=False)


class LessonRecordingViewSet(SchoolViewSet):
    """The recording of one lesson."""

    resource = "recording"
    serializer_class = LessonRecordingSerializer

    @extend_schema(responses=LessonRecordingSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Return the state of the recording and its tracks."""
        return self._respond(find_lesson(self.by, pk))

    @extend_schema(request=DescribeSerializer, responses=LessonRecordingSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change title, tags and retention: until a day, indefinitely, or by the school's default."""
        lesson = find_lesson(self.by, pk)
        if not may(self.by, "start", "lesson", lesson):
            raise PermissionDenied(refusal_message(self.by, "change", self.resource))
        seen = self.seen_of(lesson)
        self.require_match(lesson)
        serializer = DescribeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        update_recording(lesson=lesson, by=self.by, seen=seen, **serializer.validated_data)
        return self._respond(lesson)

    def seen_of(self, row: Lesson) -> dict[str, str]:
        footage = LessonRecording.objects.filter(lesson=row).first() or LessonRecording()
        return value_digests(footage, RECORDING_FIELDS)

    def _respond(self, lesson: Lesson) -> Response:
        return self.with_etag(Response(self.serializer_of(lesson).data), lesson)

    def serializer_of(self, lesson: Lesson) -> serializers.BaseSerializer[Any]:
        footage = LessonRecording.objects.filter(lesson=lesson).first() or LessonRecording()
        state = recording_states([lesson])[lesson.pk]
        values = {
            **{name: getattr(footage, name) for name in RECORDING_FIELDS},
            "lesson": lesson.pk,
            "state": state.name,
            "since": state.since,
            "code": state.code,
            "message": state.message,
            "kept_until": last_kept_day(lesson, footage),
            "tracks": [] if state.name == "binned" else list_tracks([lesson]),
        }
        return self.get_serializer(values)
