"""The desk of differences in REST: what differs, both sides, and push, take, ignore, restore."""

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

from console.mirror.choosing import DifferenceFilter, row_of
from console.mirror.desk import Line, act, line_of, lines_of
from console.mirror.models import Ignored
from console.policy.described import extend_schema
from console.policy.manyrest import Ids, ManyDone, each, ids_of
from console.policy.rest import SchoolViewSet


class PairSerializer(serializers.Serializer[Any]):
    """One field: both values as they are and in words; of contacts only the words, which are masked."""

    field = serializers.CharField(source="name")
    label = serializers.CharField()
    ours = serializers.JSONField()
    theirs = serializers.JSONField()
    ours_told = serializers.CharField()
    theirs_told = serializers.CharField()
    ignored = serializers.BooleanField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        data = super().to_representation(instance)
        return data | {"ours": data["ours_told"], "theirs": data["theirs_told"]} if instance.hidden else data


class DifferenceSerializer(serializers.Serializer[Line]):
    """One row that differs. `seen` is a digest of both sides: send it back to decide about just these."""

    id = serializers.CharField(source="key")
    model = serializers.CharField(source="twin.label")
    subject_id = serializers.IntegerField(source="row.pk")
    subject_label = serializers.CharField(source="row.__str__")
    gone = serializers.BooleanField()
    kept = serializers.BooleanField()
    differences = PairSerializer(many=True, source="pairs")
    acts = serializers.ListField(child=serializers.CharField())
    seen = serializers.CharField()
    observed_at = serializers.DateTimeField(source="row.observed_at", allow_null=True)


class DecisionSerializer(serializers.Serializer[Any]):
    """The fields to which the decision applies (all that differ), and what was seen."""

    fields_ = serializers.ListField(child=serializers.CharField(), required=False, default=None)
    seen = serializers.CharField(required=False, default="", allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields


class Pages(PageNumberPagination):
    """The rows of several models one after the other have no common cursor."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


def _decides(name: str) -> Callable[..., Any]:
    """`POST drift/{id}/NAME/`: a decision about one row, all of it or some fields."""

    def decided(self: "DriftViewSet", request: Request, pk: str) -> Response:
        asked = DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = row_of(self.by, pk)
        act(name, row, by=self.by, **asked.validated_data)
        return Response(DifferenceSerializer(line_of(row_of(self.by, pk))).data)

    decided.__name__ = name
    described = extend_schema(request=DecisionSerializer, responses=DifferenceSerializer)
    return described(action(detail=True, methods=["post"])(decided))


def _decides_many(name: str) -> Callable[..., Any]:
    """`POST drift/NAME/`: the same about many rows, all fields of each."""

    def decided(self: "DriftViewSet", request: Request) -> Response:
        return Response(each(ids_of(request.data), lambda key: act(name, row_of(self.by, key), by=self.by)))

    decided.__name__ = f"many_{name}"
    described = extend_schema(request=Ids, responses=ManyDone, operation_id=f"drift_many_{name}")
    return described(action(detail=False, methods=["post"], url_path=name)(decided))


class DriftViewSet(SchoolViewSet):
    """Rows that differ from the service, or are gone there, over all that is mirrored."""

    resource = "drift"
    queryset: QuerySet[Any] = Ignored.objects.all()
    serializer_class = DifferenceSerializer
    pagination_class = Pages
    filter_backends = ()
    lookup_value_regex = "[a-z]+-[0-9]{1,18}"
    policy_actions = {f"many_{name}": name for name in ("push", "take", "ignore", "restore")}  # noqa: RUF012

    push, many_push = _decides("push"), _decides_many("push")
    take, many_take = _decides("take"), _decides_many("take")
    ignore, many_ignore = _decides("ignore"), _decides_many("ignore")
    restore, many_restore = _decides("restore"), _decides_many("restore")

    @extend_schema(
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=["changed_outside", "gone", "ignored"]),
            OpenApiParameter("sort", OpenApiTypes.STR, description="enterprise, user, lesson or document"),
        ],
        responses=DifferenceSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """What waits for a decision; with `state=ignored` what was left as it is."""
        page = self.paginate_queryset(DifferenceFilter(request.query_params).rows(self.by))  # type: ignore[arg-type]
        return self.get_paginated_response(DifferenceSerializer(lines_of(page or []), many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One row; without differences where it is in sync."""
        return Response(DifferenceSerializer(line_of(row_of(self.by, pk))).data)


router = SimpleRouter()
router.register("drift", DriftViewSet, basename="drift")
urlpatterns = router.urls
