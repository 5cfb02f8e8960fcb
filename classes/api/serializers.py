"""Lessons, courses and recordings as REST tells them."""

from collections.abc import Collection
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import Role, StudentGroup, User
from accounts.roles import STAFF
from accounts.userids import UserIdField, UserIdsField
from classes.api.courses import GroupsField
from classes.api.rooms import SET_UP, CapacityField, PasswordField, set_up
from classes.groups.ways import students_of
from classes.links import Links
from classes.models import Lesson, Member, Recording
from console.outbox.rest import SyncField
from console.policy.rest import SchoolSerializer


class MembersField(UserIdsField):
    """User ids of a lesson's members of one sort; they stand in one table, which is prefetched."""

    def __init__(self, *, members: Collection[str], **kwargs: Any) -> None:
        self.members = members
        super().__init__(required=False, **kwargs)

    def get_attribute(self, lesson: Lesson) -> list[User]:
        return [member.user for member in lesson.members.all() if member.role in self.members]


class LessonSerializer(SchoolSerializer):
    """A lesson. Times are ISO 8601; people are user ids; `class_id` once the service made it.

    `groups` (ids) bring their students, who follow them from then on. How the room is set up is taken and not
    told. `capacity` and `password` (empty for none) stay here until the school says that its service knows
    them.
    """

    teacher = UserIdField()
    assistants = MembersField(members=(Member.Role.ASSISTANT, Member.Role.SUPERVISOR), roles=STAFF)
    members = MembersField(members=(Member.Role.STUDENT,), roles=(Role.STUDENT,))
    class_id = serializers.IntegerField(read_only=True, allow_null=True)
    conflict_reason = serializers.CharField(
        write_only=True, required=False, max_length=300, default="", allow_blank=True
    )
    capacity = CapacityField()
    password = PasswordField()
    groups = GroupsField(many=True, required=False, write_only=True, queryset=StudentGroup.objects.none())
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
            "conflict_reason",
            *SET_UP,
            "groups",
            "capacity",
            "password",
        )
        extra_kwargs: ClassVar = set_up()
        read_only_fields = ("teacher_url", "student_url", "status", "real_started_at", "real_ended_at")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The teacher's address goes to the teacher and to the school's administrators alone."""
        told: dict[str, Any] = super().to_representation(instance)
        if told.get("teacher_url") and not Links.of(instance, self.context["request"].user).teacher:
            told["teacher_url"] = None
        return told

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The names that the services take."""
        for ours, theirs in (("members", "students"), ("assistants", "staff")):
            if ours in attrs:
                attrs[theirs] = attrs.pop(ours)
        if "groups" in attrs:
            attrs["students"] = self._with_groups(attrs)
        return attrs

    def _with_groups(self, attrs: dict[str, Any]) -> list[User]:
        """The students that were named, or are there, and those whom the new groups bring."""
        lesson = self.instance
        there = set(lesson.groups.values_list("pk", flat=True)) if lesson else set()
        members = lesson.members.all() if lesson else ()
        have = [one.user for one in members if one.role == Member.Role.STUDENT]
        brought = students_of(group for group in attrs["groups"] if group.pk not in there)
        return list({one.pk: one for one in (*attrs.get("students", have), *brought)}.values())


class RecordingSerializer(SchoolSerializer):
    """One track of a recording. Its address is not here: it is world-readable at the vendor's."""

    class Meta:
        model = Recording
        fields = ("id", "video_id", "video_type", "user_id", "seconds", "bytes", "lesson")
