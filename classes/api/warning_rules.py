"""Warning rules in REST: list, add, change, switch and delete."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.charges import GradeKeyField
from classes.api.fields import CourseKeyField, GroupsField
from classes.attendance.thresholds.crossings import Kind, Scope
from classes.attendance.thresholds.forms import DEFAULT_LEAST, MAX_DAYS, MAX_MARKS, TARGETS
from classes.attendance.thresholds.sentences import rule_sentence
from classes.attendance.thresholds.services import add_rule, edit_rule, remove_rule, switch_rule
from classes.models import ThresholdRule
from console.concurrency import run_with_retry, value_digests
from console.policy.api import EditableViewSet, SchoolSerializer
from console.policy.bulk_writes import BulkWriteMixin

MAX_PERCENT = 100
EDITED = (
    *("number", "days", "least", "tells_teachers", "tells_office", "tells_student", "tells_guardians"),
    "is_on",
)


class WarningRuleSerializer(SchoolSerializer):
    """A threshold at which the school is warned, of all students or of those of one `grade`, `group` or
    `course`; these and what it warns `about` cannot change.

    `number` is one of marks; for `rate` it is a percentage, and `least` how many marks are needed. `days` is
    the period until today, except for `absences` in a row. `text` is the rule in the reader's language.
    """

    about = serializers.ChoiceField(ThresholdRule.Kind.choices, source="kind")
    number = serializers.IntegerField(min_value=1, max_value=MAX_PERCENT)
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, required=False, allow_null=True)
    least = serializers.IntegerField(min_value=1, max_value=MAX_MARKS, required=False, allow_null=True)
    grade = GradeKeyField(required=False, allow_null=True)
    group = GroupsField(required=False, allow_null=True)
    course = CourseKeyField(required=False, allow_null=True)
    text = serializers.SerializerMethodField()

    class Meta:
        model = ThresholdRule
        fields = ("id", "about", "scope", *TARGETS, *EDITED, "text", "created_at")
        read_only_fields = ("scope", "created_at")

    def get_text(self, rule: ThresholdRule) -> str:
        return rule_sentence(rule)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return all fields that count for the service; those that the kind does not have are empty."""
        rule = self.instance
        target = {name: data.pop(name) for name in TARGETS if data.get(name) is not None}
        for name in TARGETS:
            data.pop(name, None)
        if rule is None:
            _check_one_target(target)
            data |= {"scope": next(iter(target), Scope.SCHOOL.value), **target}
        else:
            _check_unchanged(rule, {"kind": data.pop("kind", rule.kind), **target})
            if not rule.has_target and data.keys() - {"is_on"}:
                raise serializers.ValidationError(
                    _("The grade, group or course of this rule was deleted. Delete the rule and add another.")
                )
        return data | self._numbers(rule, data)

    def _numbers(self, rule: ThresholdRule | None, data: dict[str, Any]) -> dict[str, Any]:
        kind = rule.kind if rule else data["kind"]
        values: dict[str, Any] = {
            name: data.get(name, getattr(rule, name, None)) for name in ("number", "days", "least")
        }
        if kind != Kind.RATE and values["number"] > MAX_MARKS:
            message = self.fields["number"].error_messages["max_value"].format(max_value=MAX_MARKS)
            raise serializers.ValidationError({"number": [message]})
        if kind != Kind.ABSENCES and values["days"] is None:
            raise serializers.ValidationError({"days": [self.fields["days"].error_messages["required"]]})
        return values | {
            "days": None if kind == Kind.ABSENCES else values["days"],
            "least": (values["least"] or DEFAULT_LEAST) if kind == Kind.RATE else None,
        }


def _check_one_target(target: dict[str, Any]) -> None:
    if len(target) > 1:
        raise serializers.ValidationError({"course": [_("Choose only one of grade, group and course.")]})


def _check_unchanged(rule: ThresholdRule, values: dict[str, Any]) -> None:
    if any(getattr(rule, name) != value for name, value in values.items()):
        message = _("A rule keeps its kind, grade, group or course. Delete the rule and add another.")
        raise serializers.ValidationError(message)


class WarningRuleViewSet(BulkWriteMixin, EditableViewSet):
    """Warning rules of the school. Where a rule changes, its warnings end and it is evaluated anew."""

    resource = "threshold"
    queryset = ThresholdRule.objects.filter(removed_at=None).select_related("grade", "group", "course")
    serializer_class = WarningRuleSerializer
    filterset_fields = {name: ["exact"] for name in ("is_on", *TARGETS)}
    policy_actions = {"retrieve": "list"}

    def seen_of(self, row: ThresholdRule) -> dict[str, str]:
        return value_digests(row, EDITED)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = add_rule(by=self.by, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        rule = serializer.instance
        fields = serializer.validated_data
        serializer.instance = run_with_retry(lambda: self._update(rule, dict(fields)))

    def _update(self, rule: ThresholdRule, fields: dict[str, Any]) -> ThresholdRule:
        """Switch and change the rule in one transaction, and return it as it is then."""
        on = fields.pop("is_on", rule.is_on)
        stored = edit_rule(rule=rule, by=self.by, seen=self.seen_of(rule), **fields)
        if on != rule.is_on:
            switch_rule(rule=rule, on=on, by=self.by)
            stored.is_on = on
        return stored

    def perform_destroy(self, rule: ThresholdRule) -> None:
        remove_rule(rule=rule, by=self.by)
