"""Forms that upload and replace courseware. A body that is too large is rejected unread."""

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
from console.policy.views import SchoolView
from documents.forms import CoursewareUploadForm, ReplaceDocumentForm
from documents.models import Document, DocumentUpload, courseware_files
from documents.queries import undeleted_documents
from documents.resumable_uploads import finish_upload
from documents.upload_handlers import HTTP_CONTENT_TOO_LARGE, check_length, use_upload_handler
from documents.upload_services import replace_document, replace_with_upload, upload_document
from documents.views.resumable_uploads import error_response, upload_response


@method_decorator(csrf_exempt, name="dispatch")
class UploadFormView(SchoolView, FormView):
    """A form with files. The CSRF check reads the body, so it runs after the length check."""

    resource = "document"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        school = current_school(request)
        if request.method == "POST" and school is not None:
            try:
                check_length(int(request.META.get("CONTENT_LENGTH") or 0), school)
            except ValidationError as error:
                return self._reject_too_large(request, error)
            use_upload_handler(request)
        return self._dispatch_with_csrf(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _dispatch_with_csrf(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def _reject_too_large(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        if accepts_json(request):
            return error_response(error.messages, HTTP_CONTENT_TOO_LARGE)
        messages.error(request, " ".join(error.messages))
        return redirect(request.path)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "reader": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files: Any = courseware_files()
        return super().get_context_data(
            address_days=-(-settings.COURSEWARE_URL_S // 86400),
            most_bytes=settings.COURSEWARE_MAX_BYTES,
            direct=files.direct,
            piece_bytes=settings.COURSEWARE_CHUNK_BYTES,
            **kwargs,
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Allow connections to the bucket in the CSP of this page only."""
        files: Any = courseware_files()
        sources = {"connect-src": [SELF, *filter(None, [files.origin])]}
        page = super().render_to_response(context, **kwargs)
        response = csp_update(sources)(lambda request: page)(self.request)
        assert isinstance(response, HttpResponse)  # the same response
        return response


class CoursewareAdd(UploadFormView):
    """Upload one or more files. The script sends each in its own request and gets JSON."""

    action = "add"
    form_class = CoursewareUploadForm
    template_name = "documents/upload.html"

    def get_initial(self) -> dict[str, Any]:
        return {"owner": self.request.user.user_id, "permission": Document.Permission.PRIVATE}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Upload courseware"),
            submit_label=_("Upload"),
            cancel_url=reverse("documents:courseware"),
            resume_hours=settings.COURSEWARE_RESUME_HOURS,
            **kwargs,
        )

    def form_invalid(self, form: CoursewareUploadForm) -> HttpResponse:
        if accepts_json(self.request):
            return error_response([str(message) for errors in form.errors.values() for message in errors])
        return super().form_invalid(form)

    def form_valid(self, form: CoursewareUploadForm) -> HttpResponse:
        if accepts_json(self.request):
            return upload_response(lambda: self._create_document(form, form.cleaned_data["file"][0]))
        created, errors = [], []
        for file in form.cleaned_data["file"]:
            try:
                created.append(self._create_document(form, file))
            except ValidationError as error:
                errors.append(f"{file.name}: {' '.join(error.messages)}")
        if created:
            self.success(success_message(len(created)))
        for message in errors:
            form.add_error("file", message)
        if errors:
            return self.form_invalid(form)
        return redirect(created[0] if len(created) == 1 else "documents:courseware")

    def _create_document(self, form: CoursewareUploadForm, file: UploadedFile) -> Document:
        data = form.cleaned_data
        return upload_document(
            enterprise=self.request.user.enterprise,
            file=file,
            owner=data["owner"],
            permission=data["permission"],
            transcode=data["transcode"],
            allow_duplicate=data["again"],
            by=self.request.user,
        )


class CoursewareReplace(UploadFormView):
    """Change name, owner, permission or file by adding a new document: iclass cannot change one."""

    action = "change"
    form_class = ReplaceDocumentForm
    template_name = "documents/replace.html"

    @cached_property
    def document(self) -> Document:
        return self.get_row(undeleted_documents().select_related("enterprise"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.document  # noqa: B018 - check access before the form is shown
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.document  # noqa: B018 - check access before the form is read
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        old = self.document
        return {
            "name": old.name,
            "owner": old.owner.user_id if old.owner else "",
            "permission": old.permission,
            "transcode": old.transcode_wanted,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Add again: %(name)s") % {"name": self.document},
            document=self.document,
            submit_label=_("Add again and delete the old one"),
            cancel_url=self.document.get_absolute_url(),
            **kwargs,
        )

    def form_valid(self, form: ReplaceDocumentForm) -> HttpResponse:
        """Replace the document. On an error the resumable upload is kept, so that it is not sent twice."""
        data = dict(form.cleaned_data)
        file, upload, name = (data.pop(field) for field in ("file", "upload", "name"))
        by = self.request.user
        try:
            if file or upload:
                new = replace_with_upload(
                    old=self.document, create=lambda: self._create_document(file, upload, data), by=by
                )
            else:
                new = replace_document(document=self.document, name=name, by=by, **data)
        except ValidationError as error:
            if upload and not DocumentUpload.objects.filter(pk=upload.pk).exists():
                form.forget_upload()
            add_field_errors(form, error)
            return self.form_invalid(form)
        self.success(_("It has been added again. The old one is deleted once the new one is at iclass."))
        return redirect(new)

    def _create_document(
        self, file: UploadedFile | None, upload: DocumentUpload | None, options: dict[str, Any]
    ) -> Document:
        by = self.request.user
        if upload and not file:
            return finish_upload(upload=upload, allow_duplicate=True, by=by, **options)
        assert file is not None  # the form has one of them
        return upload_document(enterprise=by.enterprise, file=file, allow_duplicate=True, by=by, **options)


def accepts_json(request: HttpRequest) -> bool:
    """Return whether the request comes from our script, which sends one file at a time."""
    return request.headers.get("accept") == "application/json"


def success_message(count: int) -> str:
    text = ngettext(
        "%(n)d file has been uploaded. It is sent to iclass within seconds.",
        "%(n)d files have been uploaded. They are sent to iclass within seconds.",
        count,
    )
    return text % {"n": count}


def add_field_errors(form: Any, error: ValidationError) -> None:
    """Add errors to their fields; errors of fields that the form lacks become non-field errors."""
    errors = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, texts in errors.items():
        form.add_error(name if name in form.fields else None, texts)
