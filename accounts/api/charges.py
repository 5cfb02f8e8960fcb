"""REST API of the teachers in charge of groups, the heads of grades and their deputies."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Grade, StudentGroup, TeacherInCharge
from accounts.people import charge_services as services
from accounts.people.serializer_fields import UserIdField
from console.concurrency import value_digests
from console.policy.api import ETagMixin, SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BulkWriteMixin
from console.policy.lazy_schema import extend_schema

#: A charge has one of them.
SUBJECTS = ("group", "grade")


class GroupField(serializers.PrimaryKeyRelatedField[StudentGroup]):
    """A group by id; groups of another school do not exist."""

    def get_queryset(self) -> Any:
        return StudentGroup.objects.filter(enterprise=self.context["request"].user.enterprise_id)


class GradeKeyField(serializers.PrimaryKeyRelatedField[Grade]):
    """A grade by id; grades of another school do not exist."""

    def get_queryset(self) -> Any:
        return Grade.objects.filter(enterprise=self.context["request"].user.enterprise_id)


class ChargeSerializer(SchoolSerializer):
    """A member of staff in charge of a group or a grade, or a deputy, on all days from `starts_on` to
    `ends_on`. Name either `group` or `grade`."""

    group = GroupField(required=False, allow_null=True)
    grade = GradeKeyField(required=False, allow_null=True)
    teacher = UserIdField()
    duty = serializers.ChoiceField(TeacherInCharge.Kind.choices, source="kind", required=False)
    created_by = serializers.CharField(source="created_by.user_id", allow_null=True, read_only=True)

    class Meta:
        model = TeacherInCharge
        fields = (
            *("id", "group", "grade", "teacher", "duty"),
            *("starts_on", "ends_on", "created_by", "created_at"),
        )
        validators: tuple[Any, ...] = ()  # the service refuses days that overlap

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep the group or grade of a stored charge; a new one has either of them."""
        if self.instance is not None:
            return {name: value for name, value in data.items() if name not in SUBJECTS}
        if sum(data.get(name) is not None for name in SUBJECTS) != 1:
            raise serializers.ValidationError({"group": [_("Choose either a group or a grade.")]})
        return data


class ChargeViewSet(
    BulkWriteMixin,
    ETagMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    SchoolViewSet,
):
    """Teachers in charge of groups, heads of grades, and their deputies; teachers see their own entries."""

    resource = "charge"
    queryset = TeacherInCharge.objects.select_related("teacher", "group", "grade", "created_by")
    serializer_class = ChargeSerializer
    filterset_fields = {"group": ["exact"], "grade": ["exact"], "teacher__user_id": ["exact"]}
    policy_actions = {"end": "change"}
    http_method_names = ("get", "post", "patch", "head", "options")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.add_charge(by=self.by, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        seen = self.seen_of(serializer.instance)
        serializer.instance = services.edit_charge(
            charge=serializer.instance, by=self.by, seen=seen, **serializer.validated_data
        )

    def seen_of(self, row: TeacherInCharge) -> dict[str, str]:
        return value_digests(row, services.CHARGE_FIELDS)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End the charge with yesterday; one that has not begun before today is deleted."""
        services.end_charge(charge=self.get_object(), by=self.by)
        return Response(status=204)
