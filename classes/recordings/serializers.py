"""REST serializers of recordings."""

from rest_framework import serializers

from classes.lessons.visibility import visible_track_person
from classes.models import Recording
from console.policy.api import SchoolSerializer


class RecordingSerializer(SchoolSerializer):
    """One track of a recording.

    The URL is left out because it is world-readable. `user_id` is empty if the reader may not see the person.
    """

    user_id = serializers.SerializerMethodField()

    class Meta:
        model = Recording
        fields = ("id", "video_id", "video_type", "user_id", "seconds", "bytes", "lesson")

    def get_user_id(self, track: Recording) -> str:
        return visible_track_person(self.context["request"].user, track)
