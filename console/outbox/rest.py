"""The exchange with the service in REST: the `sync` of a row, and the operations themselves."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.routers import SimpleRouter

from console.outbox.mirrored import Mirrored
from console.outbox.models import Operation
from console.outbox.words import words_of
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


class OperationSerializer(SchoolSerializer):
    """One command owed to the service."""

    reason = serializers.SerializerMethodField()

    class Meta:
        model = Operation
        fields = (
            "id",
            "kind",
            "subject_type",
            "subject_id",
            "subject_label",
            "state",
            "attempts",
            "error_code",
            "reason",
            "created_at",
            "finished_at",
        )

    def get_reason(self, operation: Operation) -> str:
        if not operation.reason:
            return ""
        words = words_of(operation.reason)
        return f"{words.what} {words.next}"


class OperationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """What we owe, or have told, the service."""

    resource = "operation"
    queryset = Operation.objects.all()
    serializer_class = OperationSerializer
    filterset_fields = ("state", "kind", "subject_type", "subject_id")


router = SimpleRouter()
router.register("operations", OperationViewSet)
urlpatterns = router.urls
