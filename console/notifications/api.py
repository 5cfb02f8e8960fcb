"""REST API of one's own notification settings: what comes where, and the quiet hours."""

from collections.abc import Sequence
from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from console.notifications.own_settings import HOURS, OwnSettings, change_own_settings, own_settings
from console.notifications.topics import EmailFrequency
from console.policy.api import SchoolViewSet
from console.policy.lazy_schema import extend_schema


class TopicSettingSerializer(serializers.Serializer[Any]):
    """Where notifications about a topic appear (`title`): in the console, by e-mail, in which apps.

    `fixed` says why this cannot be chosen; it is empty where it can.
    """

    title = serializers.CharField(source="topic.label", read_only=True)
    fixed = serializers.CharField(source="topic.fixed", read_only=True)
    console = serializers.BooleanField(source="channels.console", required=False)
    mail = serializers.ChoiceField(EmailFrequency.choices, source="channels.mail", required=False)
    apps = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=10, source="channels.apps", required=False
    )


class NotificationSettingsSerializer(serializers.Serializer[Any]):
    """One's own settings. `topics` by name, those of one's role; `offered_apps`: where the school has an app.

    The quiet hours are times in the time zone of the school, null where those of the school apply.
    """

    topics = serializers.DictField(child=TopicSettingSerializer())
    offered_apps = serializers.ListField(child=serializers.CharField(), source="apps", read_only=True)
    quiet_from = serializers.TimeField(format="%H:%M:%S", allow_null=True)
    quiet_until = serializers.TimeField(format="%H:%M:%S", allow_null=True)


class NotificationSettingsViewSet(SchoolViewSet):
    """The notification settings of the person of the token, and of nobody else."""

    resource = "notice"
    policy_actions = {"retrieve": "list", "partial_update": "change"}
    serializer_class = NotificationSettingsSerializer

    @extend_schema(responses=NotificationSettingsSerializer)
    def retrieve(self, request: Request) -> Response:
        """Return the own notification settings."""
        return self._respond(self.get_object())

    @extend_schema(
        request=NotificationSettingsSerializer(partial=True), responses=NotificationSettingsSerializer
    )
    def partial_update(self, request: Request) -> Response:
        """Change own notification settings; topics and values that are not named stay."""
        stored = self.get_object()
        serializer = self.get_serializer(stored, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        chosen = {name: one.get("channels", {}) for name, one in values.get("topics", {}).items()}
        hours = {name: values[name] for name in HOURS if name in values}
        seen = self.seen_of(stored)
        return self._respond(change_own_settings(person=self.by, topics=chosen, hours=hours, seen=seen))

    def get_object(self) -> OwnSettings:
        found = own_settings(self.by)
        self.require_match(found)
        return found

    def seen_of(self, row: OwnSettings) -> dict[str, str]:
        return row.digests()

    def values_of(self, row: OwnSettings, names: Sequence[str]) -> dict[str, Any]:
        data = self.get_serializer(row).data
        topics = {name: data["topics"][name] for name in names if name in data["topics"]}
        hours = {name: data[name] for name in names if name in HOURS}
        return hours | ({"topics": topics} if topics else {})

    def _respond(self, row: OwnSettings) -> Response:
        return self.with_etag(Response(self.get_serializer(row).data), row)


urlpatterns = [
    path(
        "notification-settings/",
        NotificationSettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"}, detail=True),
        name="notification-settings",
    ),
]
