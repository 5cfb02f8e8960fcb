"""The trail in REST, to be read alone."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.routers import SimpleRouter

from console.audit.models import AuditEntry
from console.audit.telling import plain, tell
from console.policy.filters import MomentFilter
from console.policy.paging import NewestFirst
from console.policy.rest import SchoolViewSet


class AuditThingSerializer(serializers.Serializer[Any]):
    """What an act was about; `type` is empty where it was about nothing."""

    type = serializers.CharField(source="object_type")
    id = serializers.CharField(source="object_id")
    label = serializers.CharField()


class AuditEntrySerializer(serializers.Serializer[Any]):
    """One act. Contacts of people are masked, and what was erased reads so.

    `number` and `digest` are its place in the chain, null until it is linked.
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
        (told,) = tell([instance], self.context["request"].user)
        link = getattr(instance, "link", None)
        return {
            "id": instance.pk,
            "at": serializers.DateTimeField().to_representation(instance.at),
            "who": instance.actor_label,
            "action": instance.action,
            "words": str(told.what),
            "thing": {"type": instance.object_type, "id": instance.object_id, "label": told.thing},
            "before": plain(told.before),
            "after": plain(told.after),
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


class AuditFilter(filters.FilterSet):
    """`since` and `until` are moments; `person` is the id of whoever did it."""

    since = MomentFilter(field_name="at", lookup_expr="gte")
    until = MomentFilter(field_name="at", lookup_expr="lt")
    person = filters.NumberFilter(field_name="actor_id")

    class Meta:
        model = AuditEntry
        fields = ("action", "object_type", "object_id", "request_id", "looks")


class NewestByTime(NewestFirst):
    ordering = ("-at", "-id")


class AuditViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Who did what, when, to what, and what it changed."""

    resource = "audit"
    queryset = AuditEntry.objects.select_related("link")
    serializer_class = AuditEntrySerializer
    pagination_class = NewestByTime
    filterset_class = AuditFilter
    lookup_value_regex = r"\d{1,18}"


router = SimpleRouter()
router.register("audit", AuditViewSet, basename="audit")
urlpatterns = router.urls
