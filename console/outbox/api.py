"""REST API of the outbox: the `sync` field of mirrored rows, and operations with their decisions."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from console.inputs.bounds import parse_id
from console.outbox.decisions import DECISIONS, decide
from console.outbox.exchange_status import ExchangeStatus, exchange_status
from console.outbox.filters import ATTENTION_STATES
from console.outbox.mirrored import Mirrored
from console.outbox.models import Attempt, Operation
from console.outbox.presentation import AttemptRow, OperationRow
from console.outbox.states import OPEN_STATES
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.bulk_api import IdsSerializer, ManyDoneSerializer, apply_to_each, validate_ids
from console.policy.filters import BoundedFilterSet
from console.policy.lazy_schema import extend_schema


@extend_schema_field(
    {
        "type": "object",
        "properties": {"state": {"type": "string"}, "reason": {"type": "string"}},
        "required": ["state", "reason"],
    }
)
class SyncField(serializers.Field[Any, Any, Any, Any]):
    """`{state, reason}` of a mirrored row. The reason is a sentence in the user's language, or empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, row: Mirrored) -> dict[str, str]:
        text = row.sync_reason_text
        return {"state": row.sync_state, "reason": f"{text.what} {text.next}" if text else ""}


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One attempt: endpoint, start, duration and result."""

    why = serializers.SerializerMethodField()

    class Meta:
        model = Attempt
        fields = (
            *("id", "endpoint", "started_at", "milliseconds", "outcome", "http_status", "error_code", "why"),
        )

    def get_why(self, attempt: Attempt) -> str:
        return str(AttemptRow(attempt).why)


class OperationSerializer(SchoolSerializer):
    """One command to the service.

    `reason` and `next_step` are sentences in the user's language. `lag_seconds` is the time from the request
    to its end, or until now. `decisions` are the decisions that are possible now.
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
        return str(OperationRow(operation).what)

    def get_reason(self, operation: Operation) -> str:
        text = OperationRow(operation).words
        return f"{text.what} {text.next}" if text else ""

    def get_next_step(self, operation: Operation) -> str:
        return str(OperationRow(operation).next_step)

    def get_lag_seconds(self, operation: Operation) -> float:
        return OperationRow(operation).lag_seconds

    def get_decisions(self, operation: Operation) -> list[str]:
        return OperationRow(operation).decisions


class OneOperationSerializer(OperationSerializer):
    """One operation with its latest 100 attempts."""

    tries = serializers.SerializerMethodField()

    class Meta(OperationSerializer.Meta):
        fields = (*OperationSerializer.Meta.fields, "tries")

    @extend_schema_field(AttemptSerializer(many=True))
    def get_tries(self, operation: Operation) -> list[dict[str, Any]]:
        return [dict(AttemptSerializer(attempt).data) for attempt in operation.tries.all()[:100]]


class OperationFilterSet(BoundedFilterSet):
    needs_person = filters.BooleanFilter(
        method="filter_needs_person", label="refused, held back, or needs you"
    )
    open = filters.BooleanFilter(method="filter_open", label="not finished")

    class Meta:
        model = Operation
        fields = ("state", "kind", "subject_type", "subject_id")

    def filter_needs_person(self, rows: Any, _name: str, value: bool) -> Any:
        return rows.filter(state__in=ATTENTION_STATES) if value else rows.exclude(state__in=ATTENTION_STATES)

    def filter_open(self, rows: Any, _name: str, value: bool) -> Any:
        return rows.filter(state__in=OPEN_STATES) if value else rows.exclude(state__in=OPEN_STATES)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class HoldSerializer(serializers.Serializer[Any]):
    what = serializers.CharField()
    next = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)


class StandingSerializer(serializers.Serializer[ExchangeStatus]):
    """Status of the school's exchange with the service; `holds` lists what stops all of it."""

    numbers = serializers.DictField(child=serializers.IntegerField())
    oldest_at = serializers.DateTimeField(allow_null=True)
    per_minute = serializers.FloatField()
    holds = HoldSerializer(many=True, source="notes")


def _decision_action(name: str) -> Callable[..., Any]:
    """`POST operations/{id}/NAME/`: apply a decision to one operation."""

    def view(self: "OperationViewSet", request: Request, pk: str) -> Response:
        serializer = ReasonSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        operation = self.get_object()
        decide(operation, name, by=self.by, reason=serializer.validated_data["reason"])
        return Response(self.get_serializer(self.queryset.get(pk=operation.pk)).data)

    view.__name__ = name
    with_schema = extend_schema(request=ReasonSerializer, responses=OneOperationSerializer)
    return with_schema(action(detail=True, methods=["post"])(view))


def _bulk_decision_action(name: str) -> Callable[..., Any]:
    """`POST operations/NAME/`: apply a decision to many operations."""

    def view(self: "OperationViewSet", request: Request) -> Response:
        return Response(apply_to_each(validate_ids(request.data), lambda pk: self.decide_one(pk, name)))

    view.__name__ = f"many_{name}"
    with_schema = extend_schema(
        request=IdsSerializer, responses=ManyDoneSerializer, operation_id=f"operations_many_{name}"
    )
    return with_schema(action(detail=False, methods=["post"], url_path=name)(view))


class OperationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Commands sent, or to be sent, to the service."""

    resource = "operation"
    queryset = Operation.objects.all()
    serializer_class = OperationSerializer
    filterset_class = OperationFilterSet
    policy_actions = {f"many_{name}": name for name in DECISIONS} | {"standing": "list"}  # noqa: RUF012

    send_again, many_send_again = _decision_action("send_again"), _bulk_decision_action("send_again")
    mark_done, many_mark_done = _decision_action("mark_done"), _bulk_decision_action("mark_done")
    park, many_park = _decision_action("park"), _bulk_decision_action("park")

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return OneOperationSerializer if self.detail else OperationSerializer

    @extend_schema(responses=StandingSerializer, filters=False)
    @action(detail=False, pagination_class=None, filter_backends=())
    def standing(self, request: Request) -> Response:
        """Return the status of the school's exchange, and what stops it."""
        return Response(StandingSerializer(exchange_status(self.by.enterprise)).data)

    def decide_one(self, pk: str, name: str) -> None:
        """Apply a decision to one of many operations; Http404 unless it belongs to the user's school."""
        operation = self.get_queryset().filter(pk=pk).first() if parse_id(pk) else None
        if operation is None:
            raise Http404
        decide(operation, name, by=self.by)


router = SimpleRouter()
router.register("operations", OperationViewSet)
urlpatterns = router.urls
