"""REST API of webhooks: the programs of a school that are sent events, their secrets, and test events.

A secret leaves in the answer that made it, and never again.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter

from console.concurrency import value_digests
from console.policy.api import EditableViewSet, SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BULK_METHODS, BulkWriteMixin
from console.policy.lazy_schema import extend_schema
from console.policy.tokens import scope_refusal
from console.webhooks import services
from console.webhooks.events import all_events
from console.webhooks.forms import FIELDS, checked_url
from console.webhooks.models import WebhookDelivery, WebhookEndpoint
from console.webhooks.reasons import attempt_reason

MAX_EVENTS = 100
#: What personal data in events are about: resources that the token itself must be able to read.
PERSONAL = ("person", "lesson")
UNCACHED = {"Cache-Control": "no-store, private"}


class EventsField(serializers.ListField):
    """Names of events, at least one, each once."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.CharField(max_length=40)
        super().__init__(child=child, allow_empty=False, max_length=MAX_EVENTS, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        names = list(dict.fromkeys(super().to_internal_value(data)))
        known = {event.name for event in all_events()}
        for name in names:
            if name not in known:
                raise serializers.ValidationError(_("“%(name)s” is not an event.") % {"name": name})
        return names


class WebhookSerializer(SchoolSerializer):
    """A program of the school that is sent `events` at `url`. The section `webhooks` lists the events.

    With `personal_data` they hold names, contacts and topics, and the token needs `people:read` and
    `lessons:read` to add or change the webhook. `paused_for` is "failing", "gone", "by_hand" or empty.
    Until `previous_until` events are signed with the previous secret, too.
    """

    events = EventsField()
    paused_for = serializers.CharField(source="gate.paused_for", read_only=True)

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = ("id", *FIELDS, "paused_for", "previous_until", "created_at")
        read_only_fields = ("previous_until", "created_at")
        validators: tuple[Any, ...] = ()  # the service refuses a name that exists

    def validate_url(self, value: str) -> str:
        return checked_url(value)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Refuse a token that would be sent by a webhook what it may not read by itself."""
        is_personal = data.get("personal_data", bool(self.instance and self.instance.personal_data))
        for resource in PERSONAL if is_personal else ():
            if refusal := scope_refusal(self.context["request"], resource, "view"):
                raise PermissionDenied(refusal)
        return data


class WebhookSecretSerializer(WebhookSerializer):
    """A webhook with its new signing secret. A repeated request is answered with null: replace the secret
    where the first answer was lost."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")

    def get_secret(self, endpoint: WebhookEndpoint) -> str | None:
        secrets: dict[int, str] = self.context.get("secrets", {})
        return secrets.get(endpoint.pk)


class WebhookDeliverySerializer(SchoolSerializer):
    """An event on its way to a webhook. `reason` says why the last attempt failed, in the reader's language.

    `message_id` is the header `webhook-id`. The state is "ready" until it is sent, "sending", "done" or
    "parked".
    """

    webhook = serializers.PrimaryKeyRelatedField[WebhookEndpoint](source="endpoint", read_only=True)
    message_id = serializers.CharField(read_only=True)
    reason = serializers.SerializerMethodField()

    class Meta:
        model = WebhookDelivery
        fields = (
            *("id", "webhook", "message_id", "event", "object", "state", "attempts", "reason"),
            *("created_at", "due_at", "finished_at"),
        )
        read_only_fields = fields

    def get_reason(self, delivery: WebhookDelivery) -> str:
        return attempt_reason(delivery.reason) if delivery.reason else ""


class WebhookViewSet(BulkWriteMixin, EditableViewSet):
    """Webhooks of the school, newest first."""

    resource = "webhook"
    policy_actions = {"rotate": "change"}
    queryset = WebhookEndpoint.objects.select_related("gate", "enterprise")
    serializer_class = WebhookSerializer
    action_serializers = {
        "create": WebhookSecretSerializer,
        "bulk_create": WebhookSecretSerializer,
        "rotate": WebhookSecretSerializer,
        "test": WebhookDeliverySerializer,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        #: Secrets that this request made, by the ID of their webhook.
        self.new_secrets: dict[int, str] = {}

    def get_serializer_class(self) -> Any:
        is_secret = self.action_serializers.get(self.action) is WebhookSecretSerializer
        return WebhookSecretSerializer if is_secret else super().get_serializer_class()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "secrets": self.new_secrets}

    def seen_of(self, row: WebhookEndpoint) -> dict[str, str]:
        return value_digests(row, FIELDS)

    def create(self, request: Request) -> Response:
        """Add a webhook. Its signing secret is in this answer only."""
        return self._with_secret(self.create_one(request.data), 201)

    def bulk_create(self, request: Request) -> Response:
        """Add up to 500 webhooks, all or none. Their signing secrets are in this answer only."""
        response = super().bulk_create(request)
        for name, value in UNCACHED.items():
            response[name] = value
        return response

    def perform_create(self, serializer: Any) -> None:
        endpoint = services.add_endpoint(school=self.by.enterprise, by=self.by, **serializer.validated_data)
        self.new_secrets[endpoint.pk] = endpoint.secret.reveal()
        serializer.instance = self.queryset.get(pk=endpoint.pk)

    def perform_update(self, serializer: Any) -> None:
        endpoint, fields = serializer.instance, serializer.validated_data
        seen = self.seen_of(endpoint)
        stored = services.edit_endpoint(endpoint=endpoint, by=self.by, seen=seen, **fields)
        serializer.instance = self.queryset.get(pk=stored.pk)

    def perform_destroy(self, endpoint: WebhookEndpoint) -> None:
        services.remove_endpoint(endpoint=endpoint, by=self.by)

    @extend_schema(request=None, responses=WebhookSecretSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        """Replace the signing secret, which is in this answer only. The former one signs too for 24 hours."""
        endpoint = self.get_object()
        self.new_secrets[endpoint.pk] = services.rotate_secret(endpoint=endpoint, by=self.by)
        return self._with_secret(self.queryset.get(pk=endpoint.pk), 200)

    @extend_schema(request=None, responses={202: WebhookDeliverySerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Send the event `webhook.test` within seconds. 409 while the webhook is paused.

        `Location` is the address of the delivery, which says what became of it.
        """
        delivery = services.send_test(endpoint=self.get_object(), by=self.by)
        data = WebhookDeliverySerializer(delivery, context=self.get_serializer_context()).data
        place = reverse("webhookdelivery-detail", args=[delivery.pk], request=request)
        return Response(data, status=202, headers={"Location": place})

    def _with_secret(self, row: WebhookEndpoint, status: int) -> Response:
        """Return the webhook with its new secret; no cache stores the answer."""
        return self.with_etag(Response(self.get_serializer(row).data, status, headers=UNCACHED), row)


class WebhookDeliveryViewSet(mixins.RetrieveModelMixin, SchoolViewSet):
    """One event on its way to a webhook, such as a test event."""

    resource = "webhook"
    queryset = WebhookDelivery.objects.all()
    serializer_class: Any = WebhookDeliverySerializer


router = SimpleRouter()
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("webhooks/deliveries", WebhookDeliveryViewSet)
urlpatterns = [
    *router.urls,
    path("bulk/webhooks/", WebhookViewSet.as_view(BULK_METHODS, detail=True), name="bulk-webhooks"),
]
