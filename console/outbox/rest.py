"""The exchange with the service in REST: the `sync` of a row, and the desk of the operations."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django_filters import rest_framework as filters  # type: ignore[import-untyped]
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from console.outbox.choosing import TROUBLE
from console.outbox.desk import DECISIONS, decide
from console.outbox.lines import Line, Try
from console.outbox.mirrored import Mirrored
from console.outbox.models import Attempt, Operation
from console.outbox.standing import Standing, standing_of
from console.outbox.states import OPEN
from console.policy.described import extend_schema
from console.policy.manyrest import Ids, ManyDone, each, ids_of
from console.policy.rest import SchoolSerializer, SchoolViewSet


@extend_schema_field(
    {
        "type": "object",
        "properties": {"state": {"type": "string"}, "reason": {"type": "string"}},
        "required": ["state", "reason"],
    }
)
class SyncField(serializers.Field[Any, Any, Any, Any]):
    """`{state, reason}` of a mirrored row; the reason is a sentence in the reader's language, or empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, row: Mirrored) -> dict[str, str]:
        words = row.sync_words
        return {"state": row.sync_state, "reason": f"{words.what} {words.next}" if words else ""}


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One try: which endpoint, when, how long, and how it ended in words."""

    why = serializers.SerializerMethodField()

    class Meta:
        model = Attempt
        fields = (
            *("id", "endpoint", "started_at", "milliseconds", "outcome", "http_status", "error_code", "why"),
        )

    def get_why(self, attempt: Attempt) -> str:
        return str(Try(attempt).why)


class OperationSerializer(SchoolSerializer):
    """One command owed to the service.

    `reason` and `next_step` are sentences in the reader's language, `lag_seconds` runs from the wish to its
    end or until now, `decisions` are the acts that a person may take now.
    """

    what = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    next_step = serializers.SerializerMethodField()
    lag_seconds = serializers.SerializerMethodField()
    decisions = serializers.SerializerMethodField()

    class Meta:
        model = Operation
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "what",
            "subject_type",
            "subject_id",
            "subject_label",
            "state",
            "attempts",
            "error_code",
            "reason",
            "next_step",
            "decisions",
            "created_at",
            "first_sent_at",
            "due_at",
            "finished_at",
            "lag_seconds",
        )

    def get_what(self, operation: Operation) -> str:
        return str(Line(operation).what)

    def get_reason(self, operation: Operation) -> str:
        words = Line(operation).words
        return f"{words.what} {words.next}" if words else ""

    def get_next_step(self, operation: Operation) -> str:
        return str(Line(operation).next_step)

    def get_lag_seconds(self, operation: Operation) -> float:
        return Line(operation).lag_seconds

    def get_decisions(self, operation: Operation) -> list[str]:
        return Line(operation).decisions


class OneOperationSerializer(OperationSerializer):
    """One operation with its latest tries."""

    tries = serializers.SerializerMethodField()

    class Meta(OperationSerializer.Meta):
        fields = (*OperationSerializer.Meta.fields, "tries")

    @extend_schema_field(AttemptSerializer(many=True))
    def get_tries(self, operation: Operation) -> list[dict[str, Any]]:
        return [dict(AttemptSerializer(one).data) for one in operation.tries.all()[:100]]


class OperationFilterSet(filters.FilterSet):  # type: ignore[misc]
    needs_person = filters.BooleanFilter(method="of_trouble", label="refused, held back, or needs you")
    open = filters.BooleanFilter(method="of_open", label="not finished")

    class Meta:
        model = Operation
        fields = ("state", "kind", "subject_type", "subject_id")

    def of_trouble(self, rows: Any, _name: str, wanted: bool) -> Any:
        return rows.filter(state__in=TROUBLE) if wanted else rows.exclude(state__in=TROUBLE)

    def of_open(self, rows: Any, _name: str, wanted: bool) -> Any:
        return rows.filter(state__in=OPEN) if wanted else rows.exclude(state__in=OPEN)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class HoldSerializer(serializers.Serializer[Any]):
    what = serializers.CharField()
    next = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)


class StandingSerializer(serializers.Serializer[Standing]):
    """How the exchange of the school stands; `holds` is what keeps all of it back."""

    numbers = serializers.DictField(child=serializers.IntegerField())
    oldest_at = serializers.DateTimeField(allow_null=True)
    per_minute = serializers.FloatField()
    holds = HoldSerializer(many=True, source="notes")


def _decides(name: str) -> Callable[..., Any]:
    """`POST operations/{id}/NAME/`: one decision about one operation."""

    def decided(self: "OperationViewSet", request: Request, pk: str) -> Response:
        asked = ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        operation = self.get_object()
        decide(operation, name, by=self.by, reason=asked.validated_data["reason"])
        return Response(self.get_serializer(self.queryset.get(pk=operation.pk)).data)

    decided.__name__ = name
    described = extend_schema(request=ReasonSerializer, responses=OneOperationSerializer)
    return described(action(detail=True, methods=["post"])(decided))


def _decides_many(name: str) -> Callable[..., Any]:
    """`POST operations/NAME/`: the same decision about many."""

    def decided(self: "OperationViewSet", request: Request) -> Response:
        return Response(each(ids_of(request.data), lambda pk: self.decide_one(pk, name)))

    decided.__name__ = f"many_{name}"
    described = extend_schema(request=Ids, responses=ManyDone, operation_id=f"operations_many_{name}")
    return described(action(detail=False, methods=["post"], url_path=name)(decided))


class OperationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """What we owe, or have told, the service."""

    resource = "operation"
    queryset = Operation.objects.all()
    serializer_class = OperationSerializer
    filterset_class = OperationFilterSet
    lookup_value_regex = "[0-9]{1,18}"
    policy_actions = {f"many_{name}": name for name in DECISIONS} | {"standing": "list"}  # noqa: RUF012

    send_again, many_send_again = _decides("send_again"), _decides_many("send_again")
    mark_done, many_mark_done = _decides("mark_done"), _decides_many("mark_done")
    park, many_park = _decides("park"), _decides_many("park")

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return OneOperationSerializer if self.detail else OperationSerializer

    @extend_schema(responses=StandingSerializer, filters=False)
    @action(detail=False, pagination_class=None, filter_backends=())
    def standing(self, request: Request) -> Response:
        """Numbers of the school's exchange, and what holds it back."""
        return Response(StandingSerializer(standing_of(request.user.enterprise)).data)

    def decide_one(self, pk: str, name: str) -> None:
        """One of many: of the reader's school, or Http404."""
        found = self.get_queryset().filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
        if found is None:
            raise Http404
        decide(found, name, by=self.by)


router = SimpleRouter()
router.register("operations", OperationViewSet)
urlpatterns = router.urls
