"""REST API of courseware. A file is sent as multipart, with its owner and permission."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.models.roles import STAFF
from accounts.people.queries import active_people
from accounts.people.serializer_fields import UserIdField
from console.outbox.api import SyncField
from console.policy import Scope, current_school, scope_of
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.lazy_schema import extend_schema
from documents.models import Document
from documents.queries import undeleted_documents
from documents.services import delete_document
from documents.upload_handlers import check_length, use_upload_handler
from documents.upload_services import upload_document


class TranscodeSerializer(serializers.Serializer[Any]):
    """State of the H5 version; `progress` in per cent, null if the API has not reported it."""

    wanted = serializers.BooleanField(source="transcode_wanted")
    status = serializers.CharField(source="transcode_status")
    progress = serializers.SerializerMethodField()
    code = serializers.IntegerField(source="transcode_code")
    message = serializers.CharField(source="transcode_message")
    url = serializers.CharField(source="transcode_url")

    @extend_schema_field({"type": ["integer", "null"]})
    def get_progress(self, document: Document) -> int | None:
        progress: int | None = document.observed.get("transcode_progress")
        return progress


class DocumentSerializer(SchoolSerializer):
    """A document; `doc_id` is its ID at iclass, empty until iclass has it."""

    owner = UserIdField(allow_null=True)
    doc_id = serializers.CharField(source="remote_id")
    transcode = TranscodeSerializer(source="*")
    sync = SyncField()

    class Meta:
        model = Document
        fields = ("id", "name", "ext", "bytes", "md5", "owner", "permission", "doc_id", "transcode", "sync")


class DocumentOptionsSerializer(serializers.Serializer[Any]):
    """Options of a file. `owner` defaults to the sender; an empty owner makes the file public."""

    owner = serializers.CharField(required=False, allow_blank=True, max_length=64)
    permission = serializers.ChoiceField(Document.Permission.choices, default=Document.Permission.PRIVATE)
    transcode = serializers.BooleanField(default=False)


class DocumentUploadSerializer(DocumentOptionsSerializer):
    """A file and its options."""

    file = serializers.FileField(allow_empty_file=True)


class DocumentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, SchoolViewSet
):
    """Courseware of the school. A document cannot be changed: add a new one, then delete the old one."""

    resource = "document"
    queryset = undeleted_documents()
    serializer_class = DocumentSerializer
    filterset_fields = ("permission", "sync_state", "owner__user_id")
    sends_at_once = frozenset({"create"})

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Set the upload handler before the body is read."""
        use_upload_handler(request)
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the Content-Length before the body is read."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and (school := current_school(request)):
            check_length(int(request.META.get("CONTENT_LENGTH") or 0), school)

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser()]

    @extend_schema(
        request={"multipart/form-data": DocumentUploadSerializer}, responses={201: DocumentSerializer}
    )
    def create(self, request: Request) -> Response:
        """Upload a file. A file that the school already has is added a second time."""
        serializer = DocumentUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        document = upload_document(
            enterprise=self.by.enterprise,
            file=data["file"],
            owner=resolve_owner(self.by, data.get("owner")),
            permission=data["permission"],
            transcode=data["transcode"],
            allow_duplicate=True,
            by=self.by,
        )
        answer = self.get_serializer(self.queryset.get(pk=document.pk))
        return Response(answer.data, status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: Document) -> None:
        delete_document(document=instance, by=self.by)


def resolve_owner(by: User, user_id: str | None) -> User | None:
    """Return the owner of a new document, or None for a shared one.

    Teachers own what they upload; a user with school scope may name any active staff member. Raise
    ValidationError for anybody else.
    """
    if scope_of(by, "add", "document") != Scope.SCHOOL:
        if user_id not in (None, by.user_id):
            raise ValidationError({"owner": _("You can only add your own courseware.")})
        return by
    if user_id is None:
        return by
    school: Any = by.enterprise_id
    staff = active_people(school, *STAFF)
    owner = staff.filter(user_id=user_id).first() if user_id else None
    if user_id and owner is None:
        raise ValidationError({"owner": _("Choose a person of your school.")})
    return owner
