"""Files in pieces, as static/js/upload.js sends them: begin, one piece after another, done; told in JSON."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.generic import View

from console.policy.pages import SchoolPage
from documents import pieces
from documents.forms import GONE, PiecesForm
from documents.models import Upload
from documents.receiving import Known
from documents.uploads import TOO_LARGE


class BeginForm(forms.Form):
    """What a browser says of a file before it sends it."""

    name = forms.CharField(max_length=300, strip=False)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    md5 = forms.RegexField("^[0-9a-f]{32}$", required=False)
    again = forms.BooleanField(required=False)
    modified = forms.IntegerField(min_value=0, max_value=2**53, required=False)


class Begin(SchoolPage, View):
    """Begin to send a file, or go on with one that was begun."""

    resource, action = "document", "add"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = BeginForm(request.POST)
        if not asked.is_valid():
            return refused([_("The name or the size of the file is missing.")])
        data = asked.cleaned_data
        try:
            upload = pieces.begin(
                by=request.user,
                told=data["name"],
                size=data["size"],
                modified=data["modified"] or 0,
                md5=data["md5"],
                again=data["again"],
            )
        except Known as known:
            return offered(known)
        except ValidationError as error:
            return refused(error.messages)
        return JsonResponse({"token": str(upload.token)}, status=201)


class OnItsWay(SchoolPage, View):
    """About one file that its sender has begun."""

    resource, action = "document", "add"

    def on_its_way(self) -> Upload:
        token = self.kwargs["upload"]
        mine = Upload.objects.filter(enterprise=self.request.user.enterprise_id, by=self.request.user)
        found = mine.filter(token=token).select_related("enterprise").first()
        if found is None:
            raise Http404(GONE)
        return found


class Piece(OnItsWay):
    """Where the next piece goes; the piece itself, where it comes to us; and giving up."""

    http_method_names = ["get", "put", "delete", "options"]

    def get(self, request: HttpRequest, upload: UUID) -> HttpResponse:
        coming = self.on_its_way()
        try:
            answer = JsonResponse(pieces.where_next(coming)._asdict())
        except FileNotFoundError:
            pieces.drop(coming)
            raise Http404(GONE) from None
        answer["Cache-Control"] = "private, no-store"
        return answer

    def put(self, request: HttpRequest, upload: UUID) -> HttpResponse:
        """The length is looked at before the body is."""
        length, offset = (
            _number(told) for told in (request.META.get("CONTENT_LENGTH"), request.GET.get("offset"))
        )
        if length > settings.COURSEWARE_PIECE_BYTES:
            return refused([_("The piece is too large.")], TOO_LARGE)
        try:
            here = pieces.take(self.on_its_way(), offset, request, length)  # type: ignore[arg-type]
        except ValidationError as error:
            return refused(error.messages, 409)
        except UnreadablePostError:
            return refused([_("The connection broke.")])
        return JsonResponse({"offset": here})

    def delete(self, request: HttpRequest, upload: UUID) -> HttpResponse:
        pieces.drop(self.on_its_way())
        return HttpResponse(status=204)


class Done(OnItsWay):
    """All pieces are sent: it is looked at, and becomes a document."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, upload: UUID) -> HttpResponse:
        coming, form = self.on_its_way(), PiecesForm(request.POST, reader=request.user)
        if not form.is_valid():
            return refused([str(line) for lines in form.errors.values() for line in lines])
        data = {name: form.cleaned_data[name] for name in ("owner", "permission", "transcode", "again")}
        return answered(lambda: pieces.finish(upload=coming, by=request.user, **data))


def answered(take: Any) -> JsonResponse:
    """What our script is told of a file that was taken in: 201, 409 for one that is here already, or 400."""
    try:
        document = take()
    except Known as known:
        return offered(known)
    except ValidationError as error:
        return refused(error.messages)
    return JsonResponse({"name": str(document), "url": document.get_absolute_url()}, status=201)


def offered(known: Known) -> JsonResponse:
    """The file that is here already, in the place of a second one."""
    there = {"name": str(known.document), "url": known.document.get_absolute_url()}
    return JsonResponse({"errors": known.messages, "known": there}, status=409)


def refused(said: list[str], status: int = 400) -> JsonResponse:
    return JsonResponse({"errors": said}, status=status)


def _number(told: str | None) -> int:
    return int(told) if told and told.isascii() and told.isdigit() else -1
