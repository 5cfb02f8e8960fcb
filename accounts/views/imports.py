"""Importing people: upload, columns, preview, result; and what was imported before."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import DetailView, FormView, ListView, View

from accounts.forms.imports import ColumnsForm, UploadForm
from accounts.imports import applying, export, files, start, undoing
from accounts.imports.preview import Preview
from accounts.models import PeopleImport
from console.policy.pages import PAGE_SIZE, SchoolPage, keyset

State = PeopleImport.State


class ImportList(SchoolPage, ListView):
    """History: who imported which file when, and what came of it."""

    resource, action = "import", "list"
    queryset = PeopleImport.objects.select_related("by")
    template_name = "accounts/imports.html"
    paginate_by = None

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = keyset(self.get_queryset(), self.request)
        return super().get_context_data(
            title=_("Imports"), keyset=page, object_list=PeopleImport.objects.none(), **more
        )


@method_decorator(csrf_exempt, name="dispatch")
class ImportUpload(SchoolPage, FormView):
    """Take a file in. One too large is refused unread; the guard against forgery reads it, so it follows."""

    resource, action = "import", "add"
    form_class = UploadForm
    template_name = "accounts/import_upload.html"
    #: Where somebody is sent whose file is too large.
    again = "accounts:import_add"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            try:
                files.check_length(int(request.META.get("CONTENT_LENGTH") or 0))
            except ValidationError as error:
                return self._too_large(request, error)
        return self._guarded(request, *args, **kwargs)

    @method_decorator(csrf_protect)
    def _guarded(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def _too_large(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        messages.error(request, " ".join(error.messages))
        return redirect(self.again)

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            source = files.take_in(file=file, filename=file.name, by=self.request.user)
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        return redirect("accounts:import_columns", source.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Import people"),
            submit_label=_("Go on"),
            cancel_url=reverse("accounts:people"),
            **more,
        )


class ImportColumns(SchoolPage, DetailView):
    """Say what the columns of the file hold. May be done again until the import is applied."""

    resource, action = "import", "change"
    model = PeopleImport
    context_object_name = "source"
    template_name = "accounts/import_columns.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.state not in (State.UPLOADED, State.CHECKED):
            return redirect("accounts:import", self.object.pk)
        return self.render_to_response(self.get_context_data(form=ColumnsForm(source=self.object)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = ColumnsForm(request.POST, source=self.object)
        if self.object.state not in (State.UPLOADED, State.CHECKED):
            return redirect("accounts:import", self.object.pk)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        start.check(form.keep(), by=request.user)
        return redirect("accounts:import", self.object.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("What the columns hold"),
            submit_label=_("Show what would change"),
            cancel_url=reverse("accounts:imports"),
            **more,
        )


class ImportPage(SchoolPage, DetailView):
    """The preview before, the progress and the result after."""

    resource = "import"
    queryset = PeopleImport.objects.select_related("by", "job", "enterprise")
    context_object_name = "source"
    template_name = "accounts/import.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.state == State.UPLOADED:
            return redirect("accounts:import_columns", self.object.pk)
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        preview = Preview(self.object, self.request.GET)
        page = Paginator(preview.rows(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            title=self.object.filename,
            preview=preview,
            page_obj=page,
            lines=[preview.line(row) for row in page],
            may_apply=self.object.state == State.CHECKED and self.may("change", self.object),
            may_undo=undoing.may_be_undone(self.object) and self.may("undo", self.object),
            **more,
        )


class ImportApply(SchoolPage, View):
    """Write what the preview showed."""

    resource, action = "import", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self.find(PeopleImport.objects.select_related("by", "enterprise"), pk=pk)
        try:
            start.apply(source, by=request.user)
        except applying.ChangedSince:
            self.warn(_("The school changed since the preview, so nothing was applied. This is the new one."))
        except ValidationError as error:
            self.warn(" ".join(error.messages))
        return redirect("accounts:import", pk)


class ImportUndo(SchoolPage, View):
    """Take an import back where nothing changed since."""

    resource, action = "import", "undo"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self.find(PeopleImport.objects.all(), pk=pk)
        try:
            undoing.undo(source=source, by=request.user)
        except ValidationError as error:
            self.warn(" ".join(error.messages))
        return redirect("accounts:import", pk)


class ImportRefused(SchoolPage, View):
    """The refused rows as a file, in the columns that were sent."""

    resource = "import"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int, suffix: str) -> HttpResponseBase:
        source = self.find(PeopleImport.objects.all(), pk=pk)
        return export.refused(source, by=request.user, suffix=f".{suffix}")
