"""REST of courseware: a file comes as multipart, with its owner and permission."""

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
from accounts.queries import active
from accounts.roles import STAFF
from accounts.userids import UserIdField
from console.outbox.rest import SyncField
from console.policy import Scope, current_school, scope_of
from console.policy.described import extend_schema
from console.policy.rest import SchoolSerializer, SchoolViewSet
from documents.models import Document
from documents.queries import standing
from documents.receiving import upload_document
from documents.services import delete_document
from documents.uploads import check_length, receive


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


class SaidSerializer(serializers.Serializer[Any]):
    """What is said of a file. Without `owner` it is the sender's own; an empty one makes it everybody's."""

    owner = serializers.CharField(required=False, allow_blank=True, max_length=64)
    permission = serializers.ChoiceField(Document.Permission.choices, default=Document.Permission.PRIVATE)
    transcode = serializers.BooleanField(default=False)


class UploadSerializer(SaidSerializer):
    """What comes in, and what is said of it."""

    file = serializers.FileField(allow_empty_file=True)


class DocumentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, SchoolViewSet
):
    """Courseware of the school. There is no changing: add it anew, then delete the old one."""

    resource = "document"
    queryset = standing()
    serializer_class = DocumentSerializer
    filterset_fields = ("permission", "sync_state", "owner__user_id")

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Files come in piece by piece, from the first reading of the body on."""
        receive(request)
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The length is looked at before the body is."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and (school := current_school(request)):
            check_length(int(request.META.get("CONTENT_LENGTH") or 0), school)

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser()]

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={201: DocumentSerializer})
    def create(self, request: Request) -> Response:
        """Upload a file. One that the school has already is a second one then."""
        asked = UploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        document = upload_document(
            enterprise=self.by.enterprise,
            file=data["file"],
            owner=owner_named(self.by, data.get("owner")),
            permission=data["permission"],
            transcode=data["transcode"],
            again=True,
            by=self.by,
        )
        told = self.get_serializer(self.queryset.get(pk=document.pk))
        return Response(told.data, status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: Document) -> None:
        delete_document(document=instance, by=self.by)


def owner_named(by: User, told: str | None) -> User | None:
    """A teacher owns what they bring; who runs the school names somebody of it, or nobody. ValidationError
    for anybody else."""
    if scope_of(by, "add", "document") != Scope.SCHOOL:
        if told not in (None, by.user_id):
            raise ValidationError({"owner": _("You can only add documents of your own.")})
        return by
    if told is None:
        return by
    found = active(by.enterprise_id, *STAFF).filter(user_id=told).first() if told else None
    if told and found is None:
        raise ValidationError({"owner": _("Choose a person of your school.")})
    return found
