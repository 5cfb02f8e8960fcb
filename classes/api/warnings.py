"""Attendance warnings in REST: list, handle, record a follow-up, close."""

from typing import Any

from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from classes.api.fields import validated
from classes.api.filters import WarningRestFilter
from classes.attendance.thresholds import services
from classes.attendance.thresholds.sentences import cause_sentence, rule_sentence
from classes.models import AttendanceWarning, Mark, WarningFollowUp
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.lazy_schema import extend_schema


class FollowUpSerializer(serializers.ModelSerializer[WarningFollowUp]):
    """What somebody did about a warning; it does not change."""

    done = serializers.ChoiceField(WarningFollowUp.Kind.choices, source="kind")
    by = serializers.CharField(source="by.user_id", allow_null=True)

    class Meta:
        model = WarningFollowUp
        fields = ("id", "done", "text", "by", "at")


class FollowUpAddSerializer(serializers.Serializer[Any]):
    """What one did. A note needs a text; it cannot be changed later."""

    done = serializers.ChoiceField(WarningFollowUp.Kind.choices, source="kind")
    text = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class WarningMarkSerializer(serializers.Serializer[Any]):
    """A mark as it was when it caused the warning; `lesson` is its ID."""

    lesson = serializers.IntegerField()
    at = serializers.CharField()
    mark = serializers.ChoiceField(Mark.choices)


class WarningSerializer(SchoolSerializer):
    """A student who crossed the threshold of a rule.

    `cause` and `rule_text` are sentences in the reader's language; `marks` are those that caused the warning.
    Until `ended_at` the threshold is crossed. `state` is how far people are: open, taken, closed, or back if
    corrected marks took the warning back.
    """

    user_id = serializers.CharField(source="person.user_id")
    nickname = serializers.CharField(source="person.nickname")
    kind = serializers.CharField(source="rule.kind")
    cause = serializers.SerializerMethodField()
    rule_text = serializers.SerializerMethodField()
    marks = WarningMarkSerializer(many=True)
    acknowledged_by = serializers.CharField(source="acknowledged_by.user_id", allow_null=True)
    closed_by = serializers.CharField(source="closed_by.user_id", allow_null=True)
    follow_ups = FollowUpSerializer(many=True)

    class Meta:
        model = AttendanceWarning
        fields = (
            *("id", "user_id", "nickname", "rule", "kind", "rule_text", "cause", "marks"),
            *("opened_at", "ended_at", "ending", "state", "acknowledged_by", "acknowledged_at"),
            *("closed_by", "closed_at", "follow_ups"),
        )

    def get_cause(self, warning: AttendanceWarning) -> str:
        return cause_sentence(warning.facts)

    def get_rule_text(self, warning: AttendanceWarning) -> str:
        return rule_sentence(warning.rule, warning.facts)


class WarningViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Warnings: administrators see all, teachers those of their students in charge and of their courses.

    `state=open` lists the new ones: nobody handles them, and their threshold is still crossed.
    """

    resource = "warning"
    queryset = AttendanceWarning.objects.select_related(
        "person", "rule__grade", "rule__group", "rule__course", "acknowledged_by", "closed_by"
    ).prefetch_related("follow_ups__by")
    serializer_class = WarningSerializer
    filterset_class = WarningRestFilter
    policy_actions = {"follow_up": "acknowledge", "close": "acknowledge"}
    action_serializers = {"follow_up": FollowUpSerializer}

    @extend_schema(request=None, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Say that one handles a new warning. 409 if somebody else does already, or it was taken back."""
        warning = self.get_object()
        services.acknowledge_warning(warning=warning, by=self.by)
        return self._respond(warning)

    @extend_schema(request=FollowUpAddSerializer, responses={201: FollowUpSerializer})
    @action(detail=True, methods=["post"], url_path="follow-ups")
    def follow_up(self, request: Request, pk: str) -> Response:
        """Record what one did; whoever does something about a new warning handles it."""
        warning = self.get_object()
        made = services.add_follow_up(
            warning=warning, by=self.by, **validated(FollowUpAddSerializer, request)
        )
        return Response(FollowUpSerializer(made).data, status=201)

    @extend_schema(request=None, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Close a warning. 409 if it is closed already, or was taken back."""
        warning = self.get_object()
        services.close_warning(warning=warning, by=self.by)
        return self._respond(warning)

    def _respond(self, warning: AttendanceWarning) -> Response:
        return Response(self.get_serializer(self.queryset.get(pk=warning.pk)).data)
