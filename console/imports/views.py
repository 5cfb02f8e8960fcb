"""Views of imports: list, upload, column mapping, preview and result."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import DetailView, FormView, ListView, View

from console.imports import services, uploads
from console.imports.forms import MappingForm
from console.imports.import_type import ImportOutdated
from console.imports.models import FileImport
from console.policy.views import PAGE_SIZE, SchoolView, paginate_by_key

State = FileImport.State

#: Seconds between refreshes while a job of the import goes on.
REFRESH_S = 2


class ImportView(SchoolView):
    """Base class of the views. `import_urls` passes the type of import."""

    import_type: Any = None
    queryset: Any
    extra_context: Any
    #: Relations of the import that the page shows.
    related: tuple[str, ...] = ("by", "enterprise")
    template = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.resource = self.import_type.resource
        self.extra_context = {"import_type": self.import_type}
        self.queryset = self.import_type.imports().select_related(*self.related)

    def get_template_names(self) -> list[str]:
        return [f"{self.import_type.template_folder}/{self.template}"]

    def url(self, page: str, *args: Any) -> str:
        return reverse(self.import_type.url_names[page], args=args)


class ImportList(ImportView, ListView):
    """List of imports."""

    action, template = "list", "imports.html"
    related = ("by",)
    paginate_by = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = paginate_by_key(self.get_queryset(), self.request)
        return super().get_context_data(
            title=self.import_type.list_title,
            keyset=page,
            object_list=self.get_queryset().none(),
            **kwargs,
        )


@method_decorator(csrf_exempt, name="dispatch")
class ImportUpload(ImportView, FormView):
    """Upload a file. The CSRF check reads the body, so it runs after the length check."""

    action, template = "add", "upload.html"

    def get_form_class(self) -> type[forms.Form]:
        form_class: type[forms.Form] = self.import_type.upload_form_class
        return form_class

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            try:
                uploads.check_length(int(request.META.get("CONTENT_LENGTH") or 0))
            except ValidationError as error:
                return self._reject_too_large(request, error)
        return self._dispatch_with_csrf(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _dispatch_with_csrf(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def _reject_too_large(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        messages.error(request, " ".join(error.messages))
        return redirect(self.url("add"))

    def form_valid(self, form: forms.Form) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            source = services.receive_file(
                self.import_type, file=file, filename=file.name, by=self.request.user
            )
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        return redirect(self.url("detail", source.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.import_type.upload_title,
            submit_label=self.import_type.upload_label,
            cancel_url=reverse(self.import_type.parent_url_name),
            **kwargs,
        )


class ImportColumns(ImportView, DetailView):
    """Map the columns of the file to fields. Can be repeated until the import is applied."""

    action, template = "change", "columns.html"
    context_object_name = "source"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.state not in (State.UPLOADED, State.CHECKED):
            return redirect(self.url("detail", self.object.pk))
        return self.render_to_response(self.get_context_data(form=self._build_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = self._build_form(request.POST)
        if self.object.state not in (State.UPLOADED, State.CHECKED):
            return redirect(self.url("detail", self.object.pk))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        services.start_check(self.import_type, form.apply_to_import(), by=self.request.user)
        return redirect(self.url("detail", self.object.pk))

    def _build_form(self, *data: Any) -> MappingForm:
        form: MappingForm = self.import_type.form_class(
            *data, import_type=self.import_type, source=self.object
        )
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.import_type.columns_title,
            submit_label=self.import_type.check_label,
            cancel_url=self.url("list"),
            **kwargs,
        )


class ImportPage(ImportView, DetailView):
    """Preview, progress and result of an import."""

    template = "import.html"
    related = ("by", "job", "enterprise")
    context_object_name = "source"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.state == State.UPLOADED:
            return redirect(self.url("columns", self.object.pk))
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        preview = self.import_type.preview_class(self.object, self.request.GET)
        page = Paginator(preview.rows(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            title=self.object.filename,
            preview=preview,
            live_every=REFRESH_S if preview.is_followed else 0,
            page_obj=page,
            lines=preview.lines(page),
            seen=services.preview_digest(self.object),
            may_apply=self.object.state == State.CHECKED and self.may("change", self.object),
            may_undo=self.object.can_be_undone and self.may("undo", self.object),
            **kwargs,
        )


class ImportApply(ImportView, View):
    """Apply the import as previewed."""

    action = "change"
    http_method_names = ["post", "options"]

    def act(self, source: Any) -> None:
        """Perform the action. Raise ValidationError if it is not possible."""
        reason = self.request.POST.get(self.import_type.reason_field, "")
        self.import_type.check_answers(source, self.request.POST)
        try:
            services.start_apply(
                self.import_type,
                source,
                by=self.request.user,
                reason=reason,
                seen=self.request.POST.get("seen", ""),
            )
        except ImportOutdated:
            self.warning(self.import_type.outdated_message)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self.get_row(self.queryset.all(), pk=pk)
        try:
            self.act(source)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        return redirect(self.url("detail", pk))


class ImportUndo(ImportApply):
    """Undo an import."""

    action = "undo"

    def act(self, source: Any) -> None:
        services.undo_import(self.import_type, source=source, by=self.request.user)


class ImportRefused(ImportView, View):
    """Download the refused rows, in the columns of the uploaded file."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int, suffix: str) -> HttpResponseBase:
        source = self.get_row(self.queryset.all(), pk=pk)
        answer: HttpResponseBase = self.import_type.refused_rows(
            source, by=self.request.user, suffix=f".{suffix}"
        )
        return answer
