"""REST API of differences: both sides of each field, and the decisions push, take, ignore and restore."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from console.mirror.decisions import RowDifferences, apply_decision, get_row_differences, list_row_differences
from console.mirror.filters import DifferenceFilter, find_row
from console.mirror.models import IgnoredDifference
from console.policy.api import SchoolViewSet
from console.policy.bulk_api import IdsSerializer, ManyDoneSerializer, apply_to_each, validate_ids
from console.policy.lazy_schema import extend_schema


class PairSerializer(serializers.Serializer[Any]):
    """One field: both values, raw and as text. Masked fields, such as contacts, have the masked text only."""

    field = serializers.CharField(source="name")
    label: Any = serializers.CharField()
    ours = serializers.JSONField()
    theirs = serializers.JSONField()
    ours_told = serializers.CharField()
    theirs_told = serializers.CharField()
    ignored = serializers.BooleanField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        data = super().to_representation(instance)
        return data | {"ours": data["ours_told"], "theirs": data["theirs_told"]} if instance.hidden else data


class DifferenceSerializer(serializers.Serializer[RowDifferences]):
    """One row that differs. `seen` is a digest of both sides: send it back to decide about exactly these."""

    id = serializers.CharField(source="key")
    model = serializers.CharField(source="mirrored_model.label")
    subject_id = serializers.IntegerField(source="row.pk")
    subject_label = serializers.CharField(source="row.__str__")
    gone = serializers.BooleanField()
    kept = serializers.BooleanField()
    differences = PairSerializer(many=True, source="pairs")
    acts = serializers.ListField(child=serializers.CharField())
    seen = serializers.CharField()
    observed_at = serializers.DateTimeField(source="row.observed_at", allow_null=True)


class DecisionSerializer(serializers.Serializer[Any]):
    """The fields to which a decision applies (default: all that differ), and the digest `seen`."""

    fields_ = serializers.ListField(child=serializers.CharField(), required=False, default=None)
    seen = serializers.CharField(required=False, default="", allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields


class DifferencePagination(PageNumberPagination):
    """Page numbers, because rows of several models have no common cursor."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


def _decision_action(name: str) -> Callable[..., Any]:
    """`POST drift/{id}/NAME/`: apply a decision to one row, or to some of its fields."""

    def view(self: "DriftViewSet", request: Request, pk: str) -> Response:
        serializer = DecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = find_row(self.by, pk)
        apply_decision(name, row, by=self.by, **serializer.validated_data)
        return Response(DifferenceSerializer(get_row_differences(find_row(self.by, pk))).data)

    view.__name__ = name
    with_schema = extend_schema(request=DecisionSerializer, responses=DifferenceSerializer)
    return with_schema(action(detail=True, methods=["post"])(view))


def _bulk_decision_action(name: str) -> Callable[..., Any]:
    """`POST drift/NAME/`: apply a decision to all differing fields of many rows."""

    def view(self: "DriftViewSet", request: Request) -> Response:
        return Response(
            apply_to_each(
                validate_ids(request.data),
                lambda key: apply_decision(name, find_row(self.by, key), by=self.by),
            )
        )

    view.__name__ = f"many_{name}"
    with_schema = extend_schema(
        request=IdsSerializer, responses=ManyDoneSerializer, operation_id=f"drift_many_{name}"
    )
    return with_schema(action(detail=False, methods=["post"], url_path=name)(view))


class DriftViewSet(SchoolViewSet):
    """Rows of all mirrored models that differ from the service or are gone there."""

    resource = "drift"
    queryset: QuerySet[Any] = IgnoredDifference.objects.all()
    serializer_class = DifferenceSerializer
    pagination_class = DifferencePagination
    filter_backends = ()
    lookup_value_regex = "[a-z]+-[0-9]{1,18}"
    policy_actions = {f"many_{name}": name for name in ("push", "take", "ignore", "restore")}  # noqa: RUF012

    push, many_push = _decision_action("push"), _bulk_decision_action("push")
    take, many_take = _decision_action("take"), _bulk_decision_action("take")
    ignore, many_ignore = _decision_action("ignore"), _bulk_decision_action("ignore")
    restore, many_restore = _decision_action("restore"), _bulk_decision_action("restore")

    @extend_schema(
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=["changed_outside", "gone", "ignored"]),
            OpenApiParameter("sort", OpenApiTypes.STR, description="enterprise, user, lesson or document"),
        ],
        responses=DifferenceSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """List rows that wait for a decision, or ignored ones with `state=ignored`."""
        rows: Any = DifferenceFilter(request.query_params).rows(self.by)
        page = self.paginate_queryset(rows)
        differences: Any = list_row_differences(page or [])
        return self.get_paginated_response(DifferenceSerializer(differences, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one row; a row in sync has no differences."""
        return Response(DifferenceSerializer(get_row_differences(find_row(self.by, pk))).data)


router = SimpleRouter()
router.register("drift", DriftViewSet, basename="drift")
urlpatterns = router.urls
