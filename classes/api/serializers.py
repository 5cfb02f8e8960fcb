"""Serializers of lessons."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.models import Role, StudentGroup, User
from accounts.models.roles import STAFF
from accounts.people.serializer_fields import UserIdField, UserIdsField
from classes.api.fields import GroupsField
from classes.api.rooms import EXTENDED_ROOM_FIELDS, ROOM_FIELDS, PasswordField, room_field_kwargs
from classes.lessons.groups import students_in_groups
from classes.lessons.links import ClassroomLinks
from classes.lessons.selectable import check_selection
from classes.lessons.visibility import visible_user_ids
from classes.models import Lesson, Member
from console.outbox.api import SyncField
from console.policy.api import SchoolSerializer

#: Argument names of the services → field names in REST.
SERVICE_NAMES = {"students": "members", "staff": "assistants"}


class MembersField(UserIdsField):
    """User ids of a lesson's members of some roles: those that a list has read, or the prefetched members."""

    def __init__(self, *, members: Collection[str], **kwargs: Any) -> None:
        self.members = members
        super().__init__(required=False, **kwargs)

    def get_attribute(self, lesson: Lesson) -> list[str]:
        read: list[tuple[str, str]] | None = self.context.get("member_ids", {}).get(lesson.pk)
        if read is None:
            read = [(member.role, member.user.user_id) for member in lesson.members.all()]
        return [user_id for role, user_id in read if role in self.members]

    def to_representation(self, user_ids: list[str]) -> list[str]:
        return user_ids


class LessonSerializer(SchoolSerializer):
    """A lesson. Times are ISO 8601; people are user ids; `class_id` is set once the service has the lesson.

    `groups` (ids) add their students; later changes of the groups are followed. Room settings are
    write-only. `capacity` and `password` (empty for none) stay in the console until the school's service
    supports them.
    """

    teacher = UserIdField()
    assistants = MembersField(members=(Member.Role.ASSISTANT, Member.Role.SUPERVISOR), roles=STAFF)
    members = MembersField(members=(Member.Role.STUDENT,), roles=(Role.STUDENT,))
    class_id = serializers.IntegerField(read_only=True, allow_null=True)
    conflict_reason = serializers.CharField(
        write_only=True, required=False, max_length=300, default="", allow_blank=True
    )
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
            *ROOM_FIELDS,
            "groups",
            *EXTENDED_ROOM_FIELDS,
            "password",
        )
        extra_kwargs: ClassVar = room_field_kwargs()
        read_only_fields = ("teacher_url", "student_url", "status", "real_started_at", "real_ended_at")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Restrict what the reader sees.

        The teacher's link is for the teacher and the school's administrators; people are for readers who may
        see them.
        """
        data: dict[str, Any] = super().to_representation(instance)
        reader = self.context["request"].user
        if data.get("teacher_url") and not ClassroomLinks.for_reader(instance, reader).teacher:
            data["teacher_url"] = None
        for name in ("members", "assistants"):
            data[name] = visible_user_ids(reader, data[name])
        return data

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Rename fields to the argument names of the services, and check whom the reader may choose."""
        for service_name, name in SERVICE_NAMES.items():
            if name in attrs:
                attrs[service_name] = attrs.pop(name)
        if "groups" in attrs:
            attrs["students"] = self._with_groups(attrs)
        self._check_selection(attrs)
        return attrs

    def _check_selection(self, attrs: dict[str, Any]) -> None:
        reader, action = self.context["request"].user, "change" if self.instance else "add"
        try:
            check_selection(reader, action, attrs, self.instance)
        except ValidationError as error:
            by_field = error.message_dict
            raise serializers.ValidationError(
                {SERVICE_NAMES.get(name, name): found for name, found in by_field.items()}
            ) from None

    def _with_groups(self, attrs: dict[str, Any]) -> list[User]:
        """Return the given (or current) students and those of the newly added groups."""
        lesson = self.instance
        current_groups = set(lesson.groups.values_list("pk", flat=True)) if lesson else set()
        members = lesson.members.all() if lesson else ()
        current = [one.user for one in members if one.role == Member.Role.STUDENT]
        from_groups = students_in_groups(group for group in attrs["groups"] if group.pk not in current_groups)
        return list({one.pk: one for one in (*attrs.get("students", current), *from_groups)}.values())
