"""REST API of callbacks: one row per distinct event, none for refused deliveries; replay and health."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from console.inbox.health import inbox_health
from console.inbox.labels import next_step, reason_text
from console.inbox.models import Callback
from console.inbox.replay import MAX_REPLAYED, replay_callback, replay_callbacks
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.lazy_schema import extend_schema
from console.policy.rules import scoped


class CallbackSerializer(SchoolSerializer):
    """One event. `reason` explains its state and the next step in the user's language."""

    reason = serializers.SerializerMethodField()

    class Meta:
        model = Callback
        fields = (
            "id",
            "event",
            "class_id",
            "state",
            "reason",
            "received_at",
            "deliveries",
            "attempts",
            "handled_at",
        )

    def get_reason(self, callback: Callback) -> str:
        return f"{reason_text(callback.reason)} {next_step(callback)}" if callback.reason else ""


class TouchedFieldSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(source="name")
    before = serializers.CharField()
    after = serializers.CharField()
    changed = serializers.BooleanField()


class TouchedRowSerializer(serializers.Serializer[Any]):
    row = serializers.CharField(source="key")
    label: Any = serializers.CharField()
    fields_ = TouchedFieldSerializer(source="lines", many=True)

    def get_fields(self) -> dict[str, Any]:
        """Rename `fields_` to `fields`, which is an attribute of Serializer and cannot be declared."""
        declared = super().get_fields()
        return {"fields" if name == "fields_" else name: field for name, field in declared.items()}


class ReplayedCallbackSerializer(serializers.Serializer[Any]):
    """The event after a replay, and each affected row before and after."""

    callback = CallbackSerializer()
    changed = serializers.BooleanField()
    rows = TouchedRowSerializer(source="differences", many=True)


class ChosenCallbacksSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MAX_REPLAYED
    )


class CallbackHealthSerializer(serializers.Serializer[Any]):
    """Health of the inbox.

    `refused` counts deliveries of the last 24 hours by reason. `spool_…` describes the host that answers.
    """

    waiting = serializers.IntegerField()
    parked = serializers.IntegerField()
    set_aside = serializers.IntegerField()
    lag_seconds = serializers.IntegerField()
    last_received_at = serializers.DateTimeField(allow_null=True)
    refused = serializers.DictField(child=serializers.IntegerField())
    silent_lessons = serializers.IntegerField()
    spool_files = serializers.IntegerField()
    spool_bad = serializers.DictField(child=serializers.IntegerField())


class CallbackViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Events that the service reported."""

    resource = "callback"
    queryset = Callback.objects.all()
    serializer_class = CallbackSerializer
    filterset_fields = ("event", "class_id", "state")
    policy_actions = {"replay_many": "replay", "health": "list"}

    @extend_schema(request=None, responses=ReplayedCallbackSerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Process an event again, immediately. Repeats are harmless."""
        replayed = replay_callback(callback=self.get_object(), by=self.by)
        return Response(ReplayedCallbackSerializer(replayed, context=self.get_serializer_context()).data)

    @extend_schema(
        operation_id="callbacks_replay_many",
        request=ChosenCallbacksSerializer,
        responses=ReplayedCallbackSerializer(many=True),
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="replay", pagination_class=None)
    def replay_many(self, request: Request) -> Response:
        """Process up to 100 events again, oldest first, each in its own transaction."""
        serializer = ChosenCallbacksSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ids = set(serializer.validated_data["ids"])
        rows = list(scoped(Callback.objects.filter(pk__in=ids), self.by, "callback", "replay"))
        if unknown := sorted(ids - {row.pk for row in rows}):
            sentence = _("These events do not exist in your school: %(ids)s. Remove them and try again.")
            shown = ", ".join(map(str, unknown[:10])) + (" …" if len(unknown) > 10 else "")
            raise ValidationError({"ids": [sentence % {"ids": shown}]})
        replayed = replay_callbacks(callbacks=rows, by=self.by)
        results = ReplayedCallbackSerializer(replayed, many=True, context=self.get_serializer_context())
        return Response(results.data)

    @extend_schema(responses=CallbackHealthSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def health(self, request: Request) -> Response:
        """Return waiting and refused callbacks, and running lessons without callbacks."""
        return Response(CallbackHealthSerializer(inbox_health(self.by.enterprise)).data)


router = SimpleRouter()
router.register("callbacks", CallbackViewSet)
urlpatterns = router.urls
