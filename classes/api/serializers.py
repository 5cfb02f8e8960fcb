"""Lessons, attendance and recordings as REST tells them: the pinned names."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from classes.models import Lesson, Member, Recording
from console.outbox.rest import SyncField
from console.policy.rest import SchoolSerializer


@extend_schema_field(str)
class UserIdField(serializers.Field):
    """A person by user id. Whoever is not of the reader's school does not exist."""

    def to_representation(self, person: User) -> str:
        return person.user_id

    def to_internal_value(self, data: Any) -> User:
        enterprise = self.context["request"].user.enterprise_id
        person = (
            User.objects.filter(enterprise=enterprise, user_id=data).first()
            if isinstance(data, str)
            else None
        )
        if person is None:
            raise serializers.ValidationError(
                _("Nobody in your school has the user id “%(user_id)s”.") % {"user_id": str(data)[:64]}
            )
        return person


class PeopleField(serializers.ListField):
    """User ids of a lesson's members of one sort; `source` is "*", for they are one table."""

    child = UserIdField()

    def __init__(self, *roles: str, **kwargs: Any) -> None:
        self.roles = roles
        super().__init__(required=False, **kwargs)

    def get_attribute(self, lesson: Lesson) -> list[User]:
        # `members` is prefetched with its people, so this asks nothing of the database.
        return [member.user for member in lesson.members.all() if member.role in self.roles]


class LessonSerializer(SchoolSerializer):
    """A lesson. Times are ISO 8601; people are user ids; `class_id` once the service made it."""

    teacher = UserIdField()
    assistants = PeopleField(Member.Role.ASSISTANT, Member.Role.SUPERVISOR)
    members = PeopleField(Member.Role.STUDENT)
    class_id = serializers.IntegerField(read_only=True, allow_null=True)
    sync = SyncField()

    class Meta:
        model = Lesson
        fields = (
            "id",
            "topic",
            "class_type",
            "teacher",
            "assistants",
            "members",
            "starts_at",
            "ends_at",
            "record_types",
            "class_id",
            "teacher_url",
            "student_url",
            "status",
            "real_started_at",
            "real_ended_at",
            "sync",
        )
        read_only_fields = ("teacher_url", "student_url", "status", "real_started_at", "real_ended_at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The names that the services take."""
        for ours, theirs in (("members", "students"), ("assistants", "staff")):
            if ours in attrs:
                attrs[theirs] = attrs.pop(ours)
        return attrs


class AttendanceSerializer(serializers.Serializer[Any]):
    """One person in one lesson. `share` is a fraction of the time really taught, `reason` a sentence."""

    user_id = serializers.CharField()
    nickname = serializers.CharField()
    role = serializers.CharField()
    mark = serializers.CharField()
    first_entered_at = serializers.DateTimeField(allow_null=True)
    last_left_at = serializers.DateTimeField(allow_null=True)
    present_seconds = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    evidence = serializers.CharField()
    reason = serializers.CharField(source="sentence")
    provisional = serializers.BooleanField()


class RecordingSerializer(SchoolSerializer):
    """One track of a recording. Its address is not here: it is world-readable at the vendor's."""

    class Meta:
        model = Recording
        fields = ("id", "video_id", "video_type", "user_id", "seconds", "bytes", "lesson")
