"""Subjects in REST."""

from typing import Any

from rest_framework import serializers

from accounts.people.serializer_fields import UserIdsField
from classes.lessons.validation import TEACHING_ROLES
from classes.lessons.visibility import visible_user_ids
from classes.models import Subject
from classes.timetable.subjects.services import add_subject, delete_subject, edit_subject, subject_digests
from console.policy.api import EditableViewSet, SchoolSerializer
from console.policy.bulk_writes import BulkWriteMixin


class SubjectSerializer(SchoolSerializer):
    """A subject (科目). `colour` is 1 to 8; without one a new subject gets the first that is not used.

    `teachers` are user IDs of those who teach it.
    """

    colour = serializers.ChoiceField(choices=Subject.Colour.choices, required=False)
    teachers = UserIdsField(roles=TEACHING_ROLES, required=False)

    class Meta:
        model = Subject
        fields = ("id", "name", "colour", "teachers")
        validators: tuple[Any, ...] = ()  # the service names the field of a name that is taken

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Show teachers to readers who may see members of lessons."""
        data: dict[str, Any] = super().to_representation(instance)
        data["teachers"] = visible_user_ids(self.context["request"].user, data["teachers"])
        return data


class SubjectViewSet(BulkWriteMixin, EditableViewSet):
    """Subjects of the school. The courses of a deleted one stay without a subject."""

    resource = "subject"
    serializer_class = SubjectSerializer
    queryset = Subject.objects.prefetch_related("teachers")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = self._reload(add_subject(by=self.by, **serializer.validated_data))

    def perform_update(self, serializer: Any) -> None:
        subject = serializer.instance
        seen = self.seen_of(subject)
        edited = edit_subject(subject=subject, by=self.by, seen=seen, **serializer.validated_data)
        serializer.instance = self._reload(edited)

    def perform_destroy(self, subject: Subject) -> None:
        delete_subject(subject=subject, by=self.by)

    def seen_of(self, row: Subject) -> dict[str, str]:
        return subject_digests(row)

    def _reload(self, subject: Subject) -> Subject:
        """Read the subject again, with its new teachers."""
        return self.queryset.get(pk=subject.pk)
