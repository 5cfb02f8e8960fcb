"""Fields of lessons and courses in REST, and the fields of a cancellation."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import StudentGroup
from classes.models import Course, Subject, Term
from console.inputs.api import ApiDateTimeField, validate_range


@extend_schema_field({"type": "string", "example": "2027-03-02T19:00:00"})  # without an offset: no date-time
class WallClockTimeField(ApiDateTimeField):
    """A local time in the school's zone, such as 2027-03-02T19:00:00; an offset is converted."""

    def enforce_timezone(self, value: Any) -> Any:
        validate_range(value)
        return timezone.make_naive(value) if timezone.is_aware(value) else value

    def to_representation(self, value: Any) -> str:
        return str(value.isoformat())


class GroupsField(serializers.PrimaryKeyRelatedField[StudentGroup]):
    """Groups by id; groups of another school do not exist, and archived groups cannot be chosen."""

    def get_queryset(self) -> Any:
        mine = StudentGroup.objects.filter(enterprise=self.context["request"].user.enterprise_id)
        return mine.filter(archived_at=None)


class CourseKeyField(serializers.PrimaryKeyRelatedField[Course]):
    """A course of the reader's school by id; those of another school do not exist."""

    def get_queryset(self) -> Any:
        return Course.objects.filter(enterprise=self.context["request"].user.enterprise_id)


class TermField(serializers.SlugRelatedField[Term]):
    """A term of the reader's school by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="name", queryset=Term.objects.none(), **kwargs)

    def get_queryset(self) -> Any:
        return Term.objects.filter(enterprise=self.context["request"].user.enterprise_id)


class SubjectField(serializers.PrimaryKeyRelatedField[Subject]):
    """A subject of the reader's school by id; those of another school do not exist."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Subject.objects.none(), **kwargs})

    def get_queryset(self) -> Any:
        return Subject.objects.filter(enterprise=self.context["request"].user.enterprise_id)


class CancelSerializer(serializers.Serializer[Any]):
    """A cancellation: the reason stays in the console.

    `notice` is a message for the people who are notified; nobody is if `tell` is false.
    """

    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    notice = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    tell = serializers.BooleanField(required=False, default=True)


class MakeUpSerializer(serializers.Serializer[Any]):
    """The start of a make-up lesson, which is as long as the other one. A reason allows conflicts."""

    starts_at = ApiDateTimeField()
    conflict_reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class MakeUpTimeSerializer(serializers.Serializer[Any]):
    """A time at which all people of the lesson are free; `usual` at its own weekday and time of day."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    usual = serializers.BooleanField()


class MakeUpTimesSerializer(serializers.Serializer[Any]):
    """The times at which everybody is free, the usual ones first."""

    free = MakeUpTimeSerializer(many=True)


def validated(serializer_class: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the valid body of a request. Raise ValidationError (REST: 400) for an invalid one."""
    return validated_data(serializer_class, request.data, request)


def validated_data(
    serializer_class: type[serializers.Serializer[Any]], data: Any, request: Request
) -> dict[str, Any]:
    """Return valid data of a request. Raise ValidationError (REST: 400) for invalid ones."""
    serializer = serializer_class(data=data, context={"request": request})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
