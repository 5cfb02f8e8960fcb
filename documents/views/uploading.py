"""Bringing courseware in, and adding it anew. A body that is too large is refused unread."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import FormView

from console.policy import current_school
from console.policy.pages import SchoolPage
from documents.forms import AnewForm, UploadForm
from documents.models import Document, Upload, courseware_files
from documents.pieces import finish
from documents.queries import standing
from documents.receiving import add_anew, come_in_place, upload_document
from documents.uploads import TOO_LARGE, check_length, receive
from documents.views.pieces import answered, refused


@method_decorator(csrf_exempt, name="dispatch")
class Receiving(SchoolPage, FormView):
    """A form with files. The guard against forgery reads the body, so it follows the look at its length."""

    resource = "document"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        school = current_school(request)
        if request.method == "POST" and school is not None:
            try:
                check_length(int(request.META.get("CONTENT_LENGTH") or 0), school)
            except ValidationError as error:
                return self._too_large(request, error)
            receive(request)
        return self._guarded(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _guarded(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def _too_large(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        if wants_json(request):
            return refused(error.messages, TOO_LARGE)
        messages.error(request, " ".join(error.messages))
        return redirect(request.path)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "reader": self.request.user}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            address_days=-(-settings.COURSEWARE_ADDRESS_S // 86400),
            most_bytes=settings.COURSEWARE_MAX_BYTES,
            direct=courseware_files().direct,
            piece_bytes=settings.COURSEWARE_PIECE_BYTES,
            **more,
        )

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        """These pages alone may send to the bucket, where there is one."""
        to = {"connect-src": [SELF, *filter(None, [courseware_files().origin])]}
        page = super().render_to_response(context, **more)
        allowed: HttpResponse = csp_update(to)(lambda asked: page)(self.request)
        return allowed


class CoursewareAdd(Receiving):
    """Files, several at once. A script sends each alone and is answered in JSON."""

    action = "add"
    form_class = UploadForm
    template_name = "documents/upload.html"

    def get_initial(self) -> dict[str, Any]:
        return {"owner": self.request.user.user_id, "permission": Document.Permission.PRIVATE}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Upload courseware"),
            submit_label=_("Upload"),
            cancel_url=reverse("documents:courseware"),
            resume_hours=settings.COURSEWARE_RESUME_H,
            **more,
        )

    def form_invalid(self, form: UploadForm) -> HttpResponse:
        if wants_json(self.request):
            said = [str(line) for lines in form.errors.values() for line in lines]
            return refused(said)
        return super().form_invalid(form)

    def form_valid(self, form: UploadForm) -> HttpResponse:
        if wants_json(self.request):
            return answered(lambda: self._take(form, form.cleaned_data["file"][0]))
        taken, refused = [], []
        for file in form.cleaned_data["file"]:
            try:
                taken.append(self._take(form, file))
            except ValidationError as error:
                refused.append(f"{file.name}: {' '.join(error.messages)}")
        if taken:
            self.say(done_words(len(taken)))
        for line in refused:
            form.add_error("file", line)
        if refused:
            return self.form_invalid(form)
        return redirect(taken[0] if len(taken) == 1 else "documents:courseware")

    def _take(self, form: UploadForm, file: UploadedFile) -> Document:
        data = form.cleaned_data
        return upload_document(
            enterprise=self.request.user.enterprise,
            file=file,
            owner=data["owner"],
            permission=data["permission"],
            transcode=data["transcode"],
            again=data["again"],
            by=self.request.user,
        )


class CoursewareAnew(Receiving):
    """Another name, owner, permission or file: iclass cannot change a document, so it is added anew."""

    action = "change"
    form_class = AnewForm
    template_name = "documents/anew.html"

    @cached_property
    def document(self) -> Document:
        return self.find(standing().select_related("enterprise"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.document  # noqa: B018 - what is not the reader's is refused before a form is shown
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.document  # noqa: B018 - and before one is read
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        old = self.document
        return {
            "name": old.name,
            "owner": old.owner.user_id if old.owner else "",
            "permission": old.permission,
            "transcode": old.transcode_wanted,
        }

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Add anew: %(name)s") % {"name": self.document},
            document=self.document,
            submit_label=_("Add anew and delete the old one"),
            cancel_url=self.document.get_absolute_url(),
            **more,
        )

    def form_valid(self, form: AnewForm) -> HttpResponse:
        """What the script sent in pieces stays where a field does not hold, so that it is sent once."""
        data = dict(form.cleaned_data)
        file, upload, name = (data.pop(field) for field in ("file", "upload", "name"))
        by = self.request.user
        try:
            if file or upload:
                new = come_in_place(
                    old=self.document, come_in=lambda: self._come_in(file, upload, data), by=by
                )
            else:
                new = add_anew(document=self.document, name=name, by=by, **data)
        except ValidationError as error:
            if upload and not Upload.objects.filter(pk=upload.pk).exists():
                form.forget_upload()
            put_at_fields(form, error)
            return self.form_invalid(form)
        self.say(_("It is added anew. The old one is deleted as soon as iclass has the new one."))
        return redirect(new)

    def _come_in(self, file: UploadedFile | None, upload: Upload | None, said: dict[str, Any]) -> Document:
        by = self.request.user
        if upload and not file:
            return finish(upload=upload, again=True, by=by, **said)
        return upload_document(enterprise=by.enterprise, file=file, again=True, by=by, **said)


def wants_json(request: HttpRequest) -> bool:
    """Whether our script asks, which sends one file at a time."""
    return request.headers.get("accept") == "application/json"


def done_words(count: int) -> str:
    words = ngettext(
        "%(n)d file is here. iclass is told within seconds.",
        "%(n)d files are here. iclass is told within seconds.",
        count,
    )
    return words % {"n": count}


def put_at_fields(form: Any, error: ValidationError) -> None:
    """The sentences at their fields; what is about a column that the form has not stands at its head."""
    told = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, said in told.items():
        form.add_error(name if name in form.fields else None, said)
