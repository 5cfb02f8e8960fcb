"""Attendance codes in REST: those of the school for its staff; administrators add, change and delete them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from classes.attendance.codes.forms import ALL_USES, validate_letters
from classes.attendance.codes.services import (
    USES,
    Use,
    add_code,
    edit_code,
    remove_code,
    uses_digest,
)
from classes.models import AttendanceCode, Mark, ReasonKind
from classes.models.attendance_code import MAX_LETTERS
from console.concurrency import value_digests
from console.policy import scoped
from console.policy.api import EditableViewSet, SchoolSerializer
from console.policy.bulk_writes import BulkWriteMixin

FIELDS = ("letters", "name", "tone", "counts_as", "is_active")


class CodeUseSerializer(serializers.Serializer[Any]):
    """A mark that a code stands for; with a `reason` only where the mark has that one."""

    mark = serializers.ChoiceField(Mark.choices)
    reason = serializers.ChoiceField(ReasonKind.choices, default="", allow_blank=True, source="kind")

    def validate(self, attrs: Any) -> Any:
        """A change of a code replaces its marks, so each of them has to be whole in a partial request too."""
        if "mark" not in attrs:
            raise serializers.ValidationError({"mark": [self.fields["mark"].error_messages["required"]]})
        attrs = {"kind": "", **attrs}
        if (attrs["mark"], attrs["kind"]) not in ALL_USES:
            raise serializers.ValidationError({"reason": [_("This mark does not have this reason.")]})
        return attrs


class AttendanceCodeSerializer(SchoolSerializer):
    """A code of the school. It changes no mark; `counts_as` is how the school counts it beside the rates."""

    letters = serializers.CharField(max_length=MAX_LETTERS, validators=[validate_letters])
    uses = CodeUseSerializer(many=True, default=list)

    class Meta:
        model = AttendanceCode
        fields = ("id", *FIELDS, USES)


class AttendanceCodeViewSet(BulkWriteMixin, EditableViewSet):
    """Attendance codes of the school. A mark and reason have one code at most."""

    resource = "attendance_code"
    queryset = AttendanceCode.objects.prefetch_related("uses")
    serializer_class = AttendanceCodeSerializer
    policy_actions = {"list": "view"}

    def get_queryset(self) -> QuerySet[AttendanceCode]:
        rows = super().get_queryset()
        return rows if self.detail else scoped(self.queryset.all(), self.by, self.resource, "view")

    def seen_of(self, row: AttendanceCode) -> dict[str, str]:
        uses = [(use.mark, use.kind) for use in row.uses.all()]  # as loaded with the row, not read anew
        return {**value_digests(row, FIELDS), USES: uses_digest(uses)}

    def perform_create(self, serializer: Any) -> None:
        code = add_code(by=self.by, **_service_fields(serializer.validated_data))
        serializer.instance = self.queryset.get(pk=code.pk)

    def perform_update(self, serializer: Any) -> None:
        code: AttendanceCode = serializer.instance
        fields = _service_fields(serializer.validated_data)
        stored = edit_code(code=code, by=self.by, seen=self.seen_of(code), **fields)
        serializer.instance = self.queryset.get(pk=stored.pk)

    def perform_destroy(self, code: AttendanceCode) -> None:
        remove_code(code=code, by=self.by)


def _service_fields(data: dict[str, Any]) -> dict[str, Any]:
    fields = dict(data)
    if USES in fields:
        uses: list[Use] = [(str(one["mark"]), str(one["kind"])) for one in fields[USES]]
        fields[USES] = uses
    return fields
