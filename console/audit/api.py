"""REST API of the audit trail, read-only."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.routers import SimpleRouter

from console.audit.models import AuditEntry
from console.audit.presentation import json_values, load_readable_entries
from console.inputs.bounds import parse_datetime
from console.policy.api import SchoolViewSet
from console.policy.filters import BoundedDateTimeFilter, BoundedFilterSet, BoundedIdFilter
from console.policy.pagination import NewestFirstPagination


class AuditThingSerializer(serializers.Serializer[Any]):
    """The object of an action; `type` is empty if there is none."""

    type = serializers.CharField(source="object_type")
    id = serializers.CharField(source="object_id")
    label: Any = serializers.CharField()


class AuditEntrySerializer(serializers.Serializer[Any]):
    """One entry. Contacts of people are masked, and erased values are marked.

    `number` and `digest` are its position in the chain, null until it is linked.
    """

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    who = serializers.CharField()
    action = serializers.CharField()
    words = serializers.CharField()
    thing = AuditThingSerializer()
    before = serializers.DictField()
    after = serializers.DictField()
    reason = serializers.CharField()
    request_id = serializers.CharField()
    address = serializers.CharField()
    looks = serializers.BooleanField()
    number = serializers.SerializerMethodField()
    digest = serializers.SerializerMethodField()

    def to_representation(self, instance: AuditEntry) -> dict[str, Any]:
        (readable,) = load_readable_entries([instance], self.context["request"].user)
        link = getattr(instance, "link", None)
        return {
            "id": instance.pk,
            "at": serializers.DateTimeField().to_representation(instance.at),
            "who": instance.actor_label,
            "action": instance.action,
            "words": str(readable.what),
            "thing": {"type": instance.object_type, "id": instance.object_id, "label": readable.label},
            "before": json_values(readable.before),
            "after": json_values(readable.after),
            "reason": instance.reason,
            "request_id": instance.request_id,
            "address": instance.address,
            "looks": instance.looks,
            "number": link.number if link else None,
            "digest": link.digest if link else None,
        }

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_number(self, entry: AuditEntry) -> int | None:
        return getattr(getattr(entry, "link", None), "number", None)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_digest(self, entry: AuditEntry) -> str | None:
        return getattr(getattr(entry, "link", None), "digest", None)


class AuditFilter(BoundedFilterSet):
    """Filter by action, object, request and time. `person` is the ID of the actor."""

    since = BoundedDateTimeFilter(field_name="at", lookup_expr="gte")
    until = BoundedDateTimeFilter(field_name="at", lookup_expr="lt")
    person = BoundedIdFilter(field_name="actor_id")

    class Meta:
        model = AuditEntry
        fields = ("action", "object_type", "object_id", "request_id", "looks")


class NewestByTimePagination(NewestFirstPagination):
    ordering = ("-at", "-id")

    def is_position(self, text: Any) -> bool:
        return parse_datetime(text) is not None


class AuditViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Entries of the audit trail: who did what to which object, and what changed."""

    resource = "audit"
    queryset = AuditEntry.objects.select_related("link")
    serializer_class = AuditEntrySerializer
    pagination_class = NewestByTimePagination
    filterset_class = AuditFilter


router = SimpleRouter()
router.register("audit", AuditViewSet, basename="audit")
urlpatterns = router.urls
