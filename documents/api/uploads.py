"""REST of a file that is sent in pieces, straight into the bucket where there is one: begin, send, done."""

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

from console.policy.described import extend_schema
from console.policy.rest import SchoolViewSet
from documents import pieces
from documents.api.views import DocumentSerializer, SaidSerializer, owner_named
from documents.models import Upload, courseware_files
from documents.queries import standing
from documents.receiving import Known

PIECE = {"application/octet-stream": {"type": "string", "format": "binary"}}


class BeginSerializer(serializers.Serializer[Any]):
    """What is known of a file before it is sent. The same name, size and `modified` go on with what was
    begun; with `md5` a file that the school has already is told of (409) unless `again`."""

    name = serializers.CharField(max_length=300, trim_whitespace=False)
    size = serializers.IntegerField(min_value=0, max_value=2**53)
    md5 = serializers.RegexField("^[0-9a-f]{32}$", required=False, default="")
    modified = serializers.IntegerField(min_value=0, max_value=2**53, default=0)
    again = serializers.BooleanField(default=False)


class NextSerializer(serializers.Serializer[Any]):
    """So many bytes are here; the next `length` go to `address` (PUT) as they are: into the bucket without a
    token, where `direct`, and to the console with one. `length` is 0 where all are here."""

    id = serializers.UUIDField()
    offset = serializers.IntegerField()
    length = serializers.IntegerField()
    address = serializers.CharField()
    direct = serializers.BooleanField()


class DocumentUploadViewSet(SchoolViewSet):
    """A file on its way, known to its sender alone."""

    resource = "document"
    policy_actions = dict.fromkeys(("create", "retrieve", "piece", "destroy", "done"), "add")
    queryset = Upload.objects.all()
    serializer_class = NextSerializer
    lookup_field, lookup_url_kwarg = "token", "upload"

    def get_queryset(self) -> QuerySet[Upload]:
        mine: QuerySet[Upload] = super().get_queryset().filter(by=self.by)
        return mine.select_related("enterprise")

    @extend_schema(request=BeginSerializer, responses={201: NextSerializer})
    def create(self, request: Request) -> Response:
        """Begin to send a file, or go on with one."""
        asked = BeginSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = dict(asked.validated_data)
        try:
            upload = pieces.begin(by=self.by, told=told.pop("name"), **told)
        except Known as known:
            there = {"detail": known.messages[0], "document": known.document.pk}
            return Response(there, status=status.HTTP_409_CONFLICT)
        return Response(self._next(upload), status=status.HTTP_201_CREATED)

    @extend_schema(responses=NextSerializer)
    def retrieve(self, request: Request, upload: str) -> Response:
        """Where the next piece goes. An address of the bucket works for a quarter of an hour."""
        return Response(self._next(self.get_object()), headers={"Cache-Control": "private, no-store"})

    @extend_schema(request=PIECE, responses=NextSerializer)
    def piece(self, request: Request, upload: str) -> Response:
        """A piece, at its `offset`, where there is no bucket."""
        coming = self.get_object()
        told = (request.query_params.get("offset", ""), request.META.get("CONTENT_LENGTH") or "")
        offset, length = (int(one) if one.isascii() and one.isdigit() else -1 for one in told)
        try:
            pieces.take(coming, offset, request._request, length)  # type: ignore[arg-type]
        except UnreadablePostError:
            raise ValidationError(_("The connection broke.")) from None
        return Response(self._next(coming))

    @extend_schema(request=SaidSerializer, responses={201: DocumentSerializer})
    def done(self, request: Request, upload: str) -> Response:
        """All is sent: it is judged, and becomes a document. One that may not come in is forgotten."""
        coming = self.get_object()
        asked = SaidSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data | {"owner": owner_named(self.by, asked.validated_data.get("owner"))}
        document = pieces.finish(upload=coming, again=True, by=self.by, **said)
        told = DocumentSerializer(standing().get(pk=document.pk), context=self.get_serializer_context())
        return Response(told.data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, upload: str) -> Response:
        """Give up; what came is forgotten."""
        pieces.drop(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def get_object(self) -> Upload:
        """A row of the sender's own; there is nothing more to judge."""
        return get_object_or_404(self.get_queryset(), token=self.kwargs["upload"])

    def _next(self, upload: Upload) -> dict[str, Any]:
        try:
            told = pieces.where_next(upload)
        except FileNotFoundError:
            pieces.drop(upload)
            raise NotFound from None
        direct = bool(courseware_files().direct)
        if not direct:
            here = reverse("document-upload", args=[upload.token], request=self.request)
            told = told._replace(address=f"{here}?offset={told.offset}")
        return dict(NextSerializer({"id": upload.token, "direct": direct, **told._asdict()}).data)
