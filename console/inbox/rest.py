"""Callbacks in REST: one row a distinct event, none for a refused delivery; handling them again."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from console.inbox.health import health_of
from console.inbox.models import Callback
from console.inbox.replay import MOST, replay, replay_many
from console.inbox.words import next_step, reason_words
from console.policy.described import extend_schema
from console.policy.rest import SchoolSerializer, SchoolViewSet
from console.policy.rules import scoped


class CallbackSerializer(SchoolSerializer):
    """`reason` says in the reader's language why it stands as it stands, and what to do next."""

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
        return f"{reason_words(callback.reason)} {next_step(callback)}" if callback.reason else ""


class TouchedFieldSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(source="name")
    before = serializers.CharField()
    after = serializers.CharField()
    changed = serializers.BooleanField()


class TouchedRowSerializer(serializers.Serializer[Any]):
    row = serializers.CharField(source="key")
    label = serializers.CharField()
    fields_ = TouchedFieldSerializer(source="lines", many=True)

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name of the serializer's own."""
        declared = super().get_fields()
        return {"fields" if name == "fields_" else name: field for name, field in declared.items()}


class ReplayedCallbackSerializer(serializers.Serializer[Any]):
    """The event after it was handled again, and each row that it touches before and after."""

    callback = CallbackSerializer()
    changed = serializers.BooleanField()
    rows = TouchedRowSerializer(source="differences", many=True)


class ChosenCallbacksSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST)


class CallbackHealthSerializer(serializers.Serializer[Any]):
    """`refused`: deliveries of the last 24 hours by reason. `spool_…`: of the machine that answers."""

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
    """Events that the service told us."""

    resource = "callback"
    queryset = Callback.objects.all()
    serializer_class = CallbackSerializer
    filterset_fields = ("event", "class_id", "state")
    lookup_value_regex = r"\d{1,18}"
    policy_actions = {"replay_many": "replay", "health": "list"}

    @extend_schema(request=None, responses=ReplayedCallbackSerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Handle an event once more, now. A repeat does no harm."""
        replayed = replay(callback=self.get_object(), by=self.by)
        return Response(ReplayedCallbackSerializer(replayed, context=self.get_serializer_context()).data)

    @extend_schema(
        operation_id="callbacks_replay_many",
        request=ChosenCallbacksSerializer,
        responses=ReplayedCallbackSerializer(many=True),
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="replay", pagination_class=None)
    def replay_many(self, request: Request) -> Response:
        """Handle up to 100 events once more, oldest first, each in a transaction of its own."""
        asked = ChosenCallbacksSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        ids = set(asked.validated_data["ids"])
        rows = list(scoped(Callback.objects.filter(pk__in=ids), self.by, "callback", "replay"))
        if strange := sorted(ids - {row.pk for row in rows}):
            sentence = _("There is no such event in your school: %(ids)s. Leave it out, then try again.")
            raise ValidationError({"ids": [sentence % {"ids": ", ".join(map(str, strange[:10]))}]})
        replayed = replay_many(callbacks=rows, by=self.by)
        told = ReplayedCallbackSerializer(replayed, many=True, context=self.get_serializer_context())
        return Response(told.data)

    @extend_schema(responses=CallbackHealthSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def health(self, request: Request) -> Response:
        """How callbacks come in: what waits, what was refused, whether lessons run in silence."""
        return Response(CallbackHealthSerializer(health_of(self.by.enterprise)).data)


router = SimpleRouter()
router.register("callbacks", CallbackViewSet)
urlpatterns = router.urls
