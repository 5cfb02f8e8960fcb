"""REST of courseware, to be read."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.routers import SimpleRouter

from accounts.userids import UserIdField
from console.outbox.rest import SyncField
from console.policy.rest import SchoolSerializer, SchoolViewSet
from documents.models import Document
from documents.queries import standing


class TranscodeSerializer(serializers.Serializer[Any]):
    """How far the H5 version is; `progress` in per cent, null where the service has not told it."""

    wanted = serializers.BooleanField(source="transcode_wanted")
    status = serializers.CharField(source="transcode_status")
    progress = serializers.SerializerMethodField()
    code = serializers.IntegerField(source="transcode_code")
    message = serializers.CharField(source="transcode_message")
    url = serializers.CharField(source="transcode_url")

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_progress(self, document: Document) -> int | None:
        told: int | None = document.observed.get("transcode_progress")
        return told


class DocumentSerializer(SchoolSerializer):
    """A file to teach with; `doc_id` is its id at the service, empty before."""

    owner = UserIdField(allow_null=True)
    doc_id = serializers.CharField(source="remote_id")
    transcode = TranscodeSerializer(source="*")
    sync = SyncField()

    class Meta:
        model = Document
        fields = ("id", "name", "ext", "bytes", "md5", "owner", "permission", "doc_id", "transcode", "sync")


class DocumentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Courseware of the school."""

    resource = "document"
    queryset = standing()
    serializer_class = DocumentSerializer
    filterset_fields = ("permission", "sync_state", "owner__user_id")


router = SimpleRouter()
router.register("documents", DocumentViewSet)
urlpatterns = router.urls
