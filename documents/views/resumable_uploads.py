"""JSON views of resumable uploads, for static/js/upload.js: start, chunks, finish."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.generic import View

from console.policy.views import SchoolView
from documents import resumable_uploads
from documents.forms import UPLOAD_NOT_FOUND, UploadOptionsForm
from documents.models import DocumentUpload
from documents.upload_handlers import HTTP_CONTENT_TOO_LARGE
from documents.upload_services import DuplicateFile


class UploadStartForm(forms.Form):
    """Description of a file before the upload."""

    name = forms.CharField(max_length=300, strip=False)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    md5 = forms.RegexField("^[0-9a-f]{32}$", required=False)
    again = forms.BooleanField(required=False)
    modified = forms.IntegerField(min_value=0, max_value=2**53, required=False)


class UploadStart(SchoolView, View):
    """Start an upload, or resume an open one."""

    resource, action = "document", "add"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadStartForm(request.POST)
        if not form.is_valid():
            return error_response([_("The file name or size is missing.")])
        data = form.cleaned_data
        try:
            upload = resumable_uploads.start_upload(
                by=self.request.user,
                filename=data["name"],
                size=data["size"],
                modified=data["modified"] or 0,
                md5=data["md5"],
                allow_duplicate=data["again"],
            )
        except DuplicateFile as error:
            return duplicate_response(error)
        except ValidationError as error:
            return error_response(error.messages)
        return JsonResponse({"token": str(upload.token)}, status=201)


class OpenUploadView(SchoolView, View):
    """Base view of one open upload of the user."""

    resource, action = "document", "add"

    def get_upload(self) -> DocumentUpload:
        token = self.kwargs["upload"]
        uploads = DocumentUpload.objects.filter(
            enterprise=self.request.user.enterprise_id, by=self.request.user
        )
        upload = uploads.filter(token=token).select_related("enterprise").first()
        if upload is None:
            raise Http404(UPLOAD_NOT_FOUND)
        return upload


class UploadChunk(OpenUploadView):
    """Return the next chunk's URL (GET), receive a chunk (PUT), or discard the upload (DELETE)."""

    http_method_names = ["get", "put", "delete", "options"]

    def get(self, request: HttpRequest, upload: UUID) -> HttpResponse:
        instance = self.get_upload()
        try:
            response = JsonResponse(resumable_uploads.next_chunk(instance)._asdict())
        except FileNotFoundError:
            resumable_uploads.discard_upload(instance)
            raise Http404(UPLOAD_NOT_FOUND) from None
        response["Cache-Control"] = "private, no-store"
        return response

    def put(self, request: HttpRequest, upload: UUID) -> HttpResponse:
        """Check the Content-Length before the body is read."""
        length, offset = (
            _parse_number(text) for text in (request.META.get("CONTENT_LENGTH"), request.GET.get("offset"))
        )
        if length > settings.COURSEWARE_CHUNK_BYTES:
            return error_response([_("The piece is too large.")], HTTP_CONTENT_TOO_LARGE)
        try:
            received = resumable_uploads.write_chunk(self.get_upload(), offset, request, length)
        except ValidationError as error:
            return error_response(error.messages, 409)
        except UnreadablePostError:
            return error_response([_("The connection was lost.")])
        return JsonResponse({"offset": received})

    def delete(self, request: HttpRequest, upload: UUID) -> HttpResponse:
        resumable_uploads.discard_upload(self.get_upload())
        return HttpResponse(status=204)


class UploadFinish(OpenUploadView):
    """Validate a completely uploaded file and create a document."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, upload: UUID) -> HttpResponse:
        instance, form = self.get_upload(), UploadOptionsForm(request.POST, reader=self.request.user)
        if not form.is_valid():
            return error_response([str(message) for errors in form.errors.values() for message in errors])
        data = {name: form.cleaned_data[name] for name in ("owner", "permission", "transcode")}
        allow_duplicate = form.cleaned_data["again"]
        return upload_response(
            lambda: resumable_uploads.finish_upload(
                upload=instance, allow_duplicate=allow_duplicate, by=self.request.user, **data
            )
        )


def upload_response(create: Any) -> JsonResponse:
    """Call `create` and return 201 with the new document, 409 for a duplicate, or 400 with the errors."""
    try:
        document = create()
    except DuplicateFile as error:
        return duplicate_response(error)
    except ValidationError as error:
        return error_response(error.messages)
    return JsonResponse({"name": str(document), "url": document.get_absolute_url()}, status=201)


def duplicate_response(error: DuplicateFile) -> JsonResponse:
    """Return 409 with the existing document."""
    existing = {"name": str(error.document), "url": error.document.get_absolute_url()}
    return JsonResponse({"errors": error.messages, "known": existing}, status=409)


def error_response(errors: list[str], status: int = 400) -> JsonResponse:
    return JsonResponse({"errors": errors}, status=status)


def _parse_number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else -1
