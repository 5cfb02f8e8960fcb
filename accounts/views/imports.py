"""Importing people: upload, columns, preview, result; and what was imported before."""

from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import DetailView, FormView, ListView, View

from accounts.forms.imports import ColumnsForm, MappingForm, UploadForm
from accounts.imports import applying, export, files, start, undoing
from accounts.imports.preview import Preview
from accounts.models import PeopleImport
from console.policy.pages import PAGE_SIZE, SchoolPage, keyset

State = PeopleImport.State


class ImportList(SchoolPage, ListView):
    """History: who imported which file when, and what came of it.

    The pages here are about files of people; other sorts of files set what stands on top of each class.
    """

    resource, action = "import", "list"
    queryset = PeopleImport.objects.select_related("by")
    template_name = "accounts/imports.html"
    paginate_by = None
    title: str | Promise = gettext_lazy("Imports")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = keyset(self.get_queryset(), self.request)
        return super().get_context_data(
            title=self.title, keyset=page, object_list=self.get_queryset().none(), **more
        )


@method_decorator(csrf_exempt, name="dispatch")
class ImportUpload(SchoolPage, FormView):
    """Take a file in. One too large is refused unread; the guard against forgery reads it, so it follows."""

    resource, action = "import", "add"
    form_class = UploadForm
    template_name = "accounts/import_upload.html"
    #: Where somebody is sent whose file is too large.
    again = "accounts:import_add"

    def take_in(self, file: Any) -> HttpResponse:
        """Where the file leads; ValidationError where it cannot be read."""
        source = files.take_in(file=file, filename=file.name, by=self.request.user)
        return redirect("accounts:import_columns", source.pk)

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
        try:
            return self.take_in(form.cleaned_data["file"])
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)

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
    queryset = PeopleImport.objects.all()
    context_object_name = "source"
    template_name = "accounts/import_columns.html"
    form_class: type[MappingForm] = ColumnsForm
    #: The page of the import, and that of all of them.
    page, pages = "accounts:import", "accounts:imports"
    submit_label: str | Promise = gettext_lazy("Show what would change")

    def check(self, source: Any) -> None:
        start.check(source, by=self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.state not in (State.UPLOADED, State.CHECKED):
            return redirect(self.page, self.object.pk)
        return self.render_to_response(self.get_context_data(form=self.form_class(source=self.object)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = self.form_class(request.POST, source=self.object)
        if self.object.state not in (State.UPLOADED, State.CHECKED):
            return redirect(self.page, self.object.pk)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        self.check(form.keep())
        return redirect(self.page, self.object.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("What the columns hold"),
            submit_label=self.submit_label,
            cancel_url=reverse(self.pages),
            **more,
        )


class ImportPage(SchoolPage, DetailView):
    """The preview before, the progress and the result after."""

    resource = "import"
    queryset = PeopleImport.objects.select_related("by", "job", "enterprise")
    context_object_name = "source"
    template_name = "accounts/import.html"
    columns = "accounts:import_columns"
    preview: type[Any] = Preview

    def lines(self, preview: Any, page: Any) -> list[Any]:
        """The rows of a page as people read them."""
        return [preview.line(row) for row in page]

    def may_be_undone(self) -> bool:
        return undoing.may_be_undone(self.object)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.state == State.UPLOADED:
            return redirect(self.columns, self.object.pk)
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        preview = self.preview(self.object, self.request.GET)
        page = Paginator(preview.rows(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            title=self.object.filename,
            preview=preview,
            page_obj=page,
            lines=self.lines(preview, page),
            may_apply=self.object.state == State.CHECKED and self.may("change", self.object),
            may_undo=self.may_be_undone() and self.may("undo", self.object),
            **more,
        )


class ImportApply(SchoolPage, View):
    """Write what the preview showed."""

    resource, action = "import", "change"
    queryset: QuerySet[Any] = PeopleImport.objects.select_related("by", "enterprise")
    page = "accounts:import"
    http_method_names = ["post", "options"]

    def act(self, source: Any) -> None:
        """Do it; ValidationError where it cannot be done."""
        try:
            reason = self.request.POST.get("conflict_reason", "")
            start.apply(source, by=self.request.user, conflict_reason=reason)
        except applying.ChangedSince:
            self.warn(_("The school changed since the preview, so nothing was applied. This is the new one."))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self.find(self.queryset.all(), pk=pk)
        try:
            self.act(source)
        except ValidationError as error:
            self.warn(" ".join(error.messages))
        return redirect(self.page, pk)


class ImportUndo(ImportApply):
    """Take an import back where nothing changed since."""

    action = "undo"

    def act(self, source: Any) -> None:
        undoing.undo(source=source, by=self.request.user)


class ImportRefused(SchoolPage, View):
    """The refused rows as a file, in the columns that were sent."""

    resource = "import"
    queryset: QuerySet[Any] = PeopleImport.objects.all()
    said = staticmethod(attrgetter("why"))
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int, suffix: str) -> HttpResponseBase:
        source = self.find(self.queryset.all(), pk=pk)
        return export.refused(source, by=request.user, suffix=f".{suffix}", said=self.said)
