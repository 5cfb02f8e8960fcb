"""REST API of resumable uploads. Chunks go directly to the bucket if there is one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from console.policy.api import SchoolViewSet
from console.policy.lazy_schema import extend_schema
from documents import resumable_uploads
from documents.api.views import DocumentOptionsSerializer, DocumentSerializer, resolve_owner
from documents.models import DocumentUpload, courseware_files
from documents.queries import undeleted_documents
from documents.upload_services import DuplicateFile

CHUNK_SCHEMA = {"application/octet-stream": {"type": "string", "format": "binary"}}


class UploadStartSerializer(serializers.Serializer[Any]):
    """Description of a file before the upload.

    The same name, size and `modified` resume an open upload. With `md5`, a file that the school already has
    is answered with 409, unless `again` is set.
    """

    name = serializers.CharField(max_length=300, trim_whitespace=False)
    size = serializers.IntegerField(min_value=0, max_value=2**53)
    md5 = serializers.RegexField("^[0-9a-f]{32}$", required=False, default="")
    modified = serializers.IntegerField(min_value=0, max_value=2**53, default=0)
    again = serializers.BooleanField(default=False)


class NextChunkSerializer(serializers.Serializer[Any]):
    """`offset` bytes are received; PUT the next `length` raw bytes to `address`.

    If `direct` is set, `address` belongs to the bucket and needs no token. `length` is 0 for a complete file.
    """

    id = serializers.UUIDField()
    offset = serializers.IntegerField()
    length = serializers.IntegerField()
    address = serializers.CharField()
    direct = serializers.BooleanField()


class DocumentUploadViewSet(SchoolViewSet):
    """Open uploads. Only their sender can see them."""

    resource = "document"
    policy_actions = dict.fromkeys(("create", "retrieve", "piece", "destroy", "done"), "add")
    queryset = DocumentUpload.objects.all()
    action_serializers = {"done": DocumentSerializer}
    harmless_repeats = frozenset({"create"})  # an open upload is resumed
    serializer_class = NextChunkSerializer
    lookup_field, lookup_url_kwarg = "token", "upload"

    def get_queryset(self) -> QuerySet[DocumentUpload]:
        uploads: QuerySet[DocumentUpload] = super().get_queryset().filter(by=self.by)
        return uploads.select_related("enterprise")

    @extend_schema(request=UploadStartSerializer, responses={201: NextChunkSerializer})
    def create(self, request: Request) -> Response:
        """Start an upload, or resume an open one."""
        serializer = UploadStartSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        filename, allow_duplicate = data.pop("name"), data.pop("again")
        try:
            upload = resumable_uploads.start_upload(
                by=self.by, filename=filename, allow_duplicate=allow_duplicate, **data
            )
        except DuplicateFile as error:
            body = {"detail": error.messages[0], "document": error.document.pk}
            return Response(body, status=status.HTTP_409_CONFLICT)
        return Response(self._next(upload), status=status.HTTP_201_CREATED)

    @extend_schema(responses=NextChunkSerializer)
    def retrieve(self, request: Request, upload: str) -> Response:
        """Return the URL of the next chunk. A URL of the bucket is valid for 15 minutes."""
        return Response(self._next(self.get_object()), headers={"Cache-Control": "private, no-store"})

    @extend_schema(request=CHUNK_SCHEMA, responses=NextChunkSerializer)
    def piece(self, request: Request, upload: str) -> Response:
        """Receive a chunk at `offset`, if there is no bucket."""
        instance = self.get_object()
        numbers = (request.query_params.get("offset", ""), request.META.get("CONTENT_LENGTH") or "")
        offset, length = (int(text) if text.isascii() and text.isdigit() else -1 for text in numbers)
        try:
            resumable_uploads.write_chunk(instance, offset, request._request, length)
        except UnreadablePostError:
            raise ValidationError(_("The connection was lost.")) from None
        return Response(self._next(instance))

    @extend_schema(request=DocumentOptionsSerializer, responses={201: DocumentSerializer})
    def done(self, request: Request, upload: str) -> Response:
        """Validate the complete file and create a document. A rejected file is discarded."""
        instance = self.get_object()
        serializer = DocumentOptionsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        owner = resolve_owner(self.by, serializer.validated_data.get("owner"))
        options = serializer.validated_data | {"owner": owner}
        document = resumable_uploads.finish_upload(
            upload=instance, allow_duplicate=True, by=self.by, **options
        )
        answer = DocumentSerializer(
            undeleted_documents().get(pk=document.pk), context=self.get_serializer_context()
        )
        return Response(answer.data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, upload: str) -> Response:
        """Discard the upload and its data."""
        resumable_uploads.discard_upload(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def get_object(self) -> DocumentUpload:
        """Return the sender's upload; there are no object permissions to check."""
        return get_object_or_404(self.get_queryset(), token=self.kwargs["upload"])

    def _next(self, upload: DocumentUpload) -> dict[str, Any]:
        try:
            chunk = resumable_uploads.next_chunk(upload)
        except FileNotFoundError:
            resumable_uploads.discard_upload(upload)
            raise NotFound from None
        files: Any = courseware_files()
        direct = bool(files.direct)
        if not direct:
            url = reverse("document-upload", args=[upload.token], request=self.request)
            chunk = chunk._replace(address=f"{url}?offset={chunk.offset}")
        return dict(NextChunkSerializer({"id": upload.token, "direct": direct, **chunk._asdict()}).data)
