"""REST API of the message channels of a school: apps, group bots, and the messages that left through them.

Secrets and the address of a bot go in and never come out.
"""

from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Enterprise
from accounts.school.channels.forms import APP_LABELS
from accounts.school.channels.services import (
    add_bot,
    edit_bot,
    remove_channel,
    save_app,
    send_message_again,
)
from accounts.school.channels.testing import Result, check_app, check_bot
from console.concurrency import Conflict, value_digests
from console.inputs.addresses import check_address
from console.notifications.channels.answers import state_text
from console.notifications.channels.models import APP_PROVIDERS, Delivery
from console.notifications.models import Message, MessagingApp, MessagingBot
from console.notifications.topics import all_topics
from console.notifications.types import labelled_types
from console.policy.api import EditableViewSet, SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BulkWriteMixin
from console.policy.lazy_schema import extend_schema
from console.vault.secret import Secret

APP_FIELDS = ("app_id", "agent_id", "secret", "api_url", "topics", "is_on")
BOT_FIELDS = ("name", "provider", "url", "secret", "language", "topics", "is_on")
MAX_SECRET_LENGTH = 500
#: Actions of the policy table: who lists channels sees each of them.
POLICY_ACTIONS = {"retrieve": "list"}


class TopicsField(serializers.ListField):
    """Names of topics, each once; of a bot also of single types of notifications."""

    def __init__(self, *, to_groups: bool = False, **kwargs: Any) -> None:
        self.to_groups = to_groups
        super().__init__(child=serializers.CharField(max_length=40), max_length=100, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        names = list(dict.fromkeys(super().to_internal_value(data)))
        topics = [topic.name for topic in all_topics(to_groups=self.to_groups)]
        kinds = [kind.name for topic in topics for kind in labelled_types(topic)] if self.to_groups else []
        for name in names:
            if name not in topics and name not in kinds:
                raise serializers.ValidationError(_("“%(name)s” is not a topic.") % {"name": name})
        return names


class SecretTextField(serializers.CharField):
    """A text that is written and never returned; neither the audit trail nor an error holds it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(write_only=True, max_length=MAX_SECRET_LENGTH, **kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        found = super().run_validation(data)  # which validates a text
        return Secret(found) if isinstance(found, str) else found


def _checked_address(url: str) -> str:
    try:
        check_address(url)
    except ModelError as error:
        raise serializers.ValidationError(error.messages) from None
    return url


class AppSerializer(SchoolSerializer):
    """The school's app at a provider; one for each. `secret` is never returned."""

    provider = serializers.ChoiceField([(one.value, one.label) for one in APP_PROVIDERS])
    secret = SecretTextField()
    topics = TopicsField()

    class Meta:
        model = MessagingApp
        fields = ("id", "provider", *APP_FIELDS)
        validators: tuple[Any, ...] = ()  # the view refuses a second app of a provider

    def validate_api_url(self, value: str) -> str:
        return _checked_address(value) if value else value

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep the provider of a stored app, and require the number of an app where there is one."""
        provider = data["provider"] if self.instance is None else self.instance.provider
        if self.instance is not None:
            data.pop("provider", None)
        number = data.get("agent_id", "" if self.instance is None else self.instance.agent_id)
        if "agent_id" in APP_LABELS[provider] and not (number.isascii() and number.isdecimal()):
            raise serializers.ValidationError({"agent_id": [_("Enter the number of the app.")]})
        return data


class BotSerializer(SchoolSerializer):
    """A group bot or a webhook. `url` and `secret` are never returned."""

    url = SecretTextField()
    secret = SecretTextField(required=False, allow_blank=True)
    topics = TopicsField(to_groups=True)

    class Meta:
        model = MessagingBot
        fields = ("id", *BOT_FIELDS)
        validators: tuple[Any, ...] = ()  # the service refuses a name that exists

    def validate_url(self, value: Secret) -> Secret:
        _checked_address(value.reveal())
        return value


class ResultSerializer(serializers.Serializer[Any]):
    """What a test found, as a sentence."""

    succeeded = serializers.BooleanField()
    message = serializers.CharField()


class MessageSerializer(SchoolSerializer):
    """A message and whether it was delivered; neither its text nor its reader. `detail` says why not."""

    state = serializers.ChoiceField(Delivery.choices, source="delivery", read_only=True)
    detail = serializers.SerializerMethodField()
    due_at = serializers.DateTimeField(source="delivery_due_at", read_only=True)
    attempts = serializers.IntegerField(source="delivery_attempts", read_only=True)

    class Meta:
        model = Message
        fields = (
            *("id", "kind", "app", "bot", "state", "detail", "attempts"),
            *("created_at", "due_at", "delivered_at"),
        )
        read_only_fields = fields

    def get_detail(self, message: Message) -> str:
        """Return the state with its reason: "refused: …"."""
        return state_text(message)


class ChannelViewSet(BulkWriteMixin, EditableViewSet):
    """Base of apps and bots."""

    resource = "channel"
    policy_actions = POLICY_ACTIONS
    sends_at_once = frozenset({"test"})

    @property
    def school(self) -> Enterprise:
        school: Enterprise = self.by.enterprise  # the policy table admits nobody without a school
        return school

    def perform_destroy(self, channel: Any) -> None:
        remove_channel(channel=channel, by=self.by)

    def answer_test(self, result: Result) -> Response:
        return Response(ResultSerializer(result).data)


class AppViewSet(ChannelViewSet):
    """Apps of the school at WeCom, DingTalk and Feishu, which write to single people."""

    queryset = MessagingApp.objects.select_related("enterprise")
    serializer_class = AppSerializer
    filterset_fields = {"provider": ["exact"]}

    def perform_create(self, serializer: Any) -> None:
        values = serializer.validated_data
        if MessagingApp.objects.filter(enterprise=self.school, provider=values["provider"]).exists():
            raise Conflict(_("Your school has an app at this provider already. Change that one."))
        serializer.instance = save_app(school=self.school, by=self.by, **values)

    def perform_update(self, serializer: Any) -> None:
        app = serializer.instance
        serializer.instance = save_app(
            school=self.school,
            provider=app.provider,
            by=self.by,
            seen=self.seen_of(app),
            **serializer.validated_data,
        )

    def seen_of(self, row: MessagingApp) -> dict[str, str]:
        return value_digests(row, APP_FIELDS)

    @extend_schema(request=None, responses=ResultSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Try the credentials, and send a test message to the person of the token."""
        return self.answer_test(check_app(self.get_object(), by=self.by))


class BotViewSet(ChannelViewSet):
    """Bots of groups, and webhooks, of the school."""

    queryset = MessagingBot.objects.select_related("enterprise")
    serializer_class = BotSerializer
    filterset_fields = {"provider": ["exact"]}

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = add_bot(school=self.school, by=self.by, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        bot = serializer.instance
        serializer.instance = edit_bot(
            bot=bot, by=self.by, seen=self.seen_of(bot), **serializer.validated_data
        )

    def seen_of(self, row: MessagingBot) -> dict[str, str]:
        return value_digests(row, BOT_FIELDS)

    @extend_schema(request=None, responses=ResultSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Post a test message to the group."""
        return self.answer_test(check_bot(self.get_object(), by=self.by))


class MessageViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Messages of the school through apps and bots, with their delivery state, newest first."""

    resource = "channel"
    policy_actions = POLICY_ACTIONS | {"again": "change"}
    queryset = Message.objects.select_related("app", "bot")
    serializer_class = MessageSerializer
    filterset_fields = {"delivery": ["exact"], "app": ["exact"], "bot": ["exact"]}

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def again(self, request: Request, pk: str) -> Response:
        """Send a message again that was refused or perhaps delivered; 409 in another state."""
        message = self.get_object()
        if not send_message_again(message=message, by=self.by):
            raise Conflict(_("It is being sent already."))
        message.refresh_from_db()
        return Response(self.get_serializer(message).data)
