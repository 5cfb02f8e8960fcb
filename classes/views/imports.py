"""Importing a timetable: upload, preview, result; and what was imported before."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView, View

from accounts.forms.imports import UploadForm
from accounts.views.imports import ImportUpload
from classes.imports import applying, push, start
from classes.imports.columns import LABELS
from classes.imports.example import example
from classes.imports.preview import Preview
from classes.models import TimetableImport
from console.policy.pages import PAGE_SIZE, SchoolPage, keyset

State = TimetableImport.State


class TimetableImports(SchoolPage, ListView):
    """History: who imported which file when, and what came of it."""

    resource, action = "timetable_import", "list"
    queryset = TimetableImport.objects.select_related("by")
    template_name = "classes/timetable_imports.html"
    paginate_by = None

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = keyset(self.get_queryset(), self.request)
        none = TimetableImport.objects.none()
        return super().get_context_data(
            title=_("Imports of timetables"), keyset=page, object_list=none, **more
        )


class TimetableUpload(ImportUpload):
    """Take a file in, as that of people is."""

    resource, action = "timetable_import", "add"
    template_name = "classes/timetable_upload.html"
    again = "classes:timetable_import_add"

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            source = start.take_in(file=file, filename=file.name, by=self.request.user)
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        return redirect("classes:timetable_import", source.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        told = super().get_context_data(**more)
        return told | {
            "title": _("Import a timetable"),
            "submit_label": _("Show what would be planned"),
            "cancel_url": reverse("classes:timetable"),
            "labels": LABELS.values(),
        }


class TimetableExample(SchoolPage, View):
    """A file with two rows that shows the columns."""

    resource, action = "timetable_import", "add"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return example(request.user.enterprise)


class TimetableImportPage(SchoolPage, DetailView):
    """The preview before, the progress and the result after."""

    resource = "timetable_import"
    queryset = TimetableImport.objects.select_related("by", "job", "enterprise")
    context_object_name = "source"
    template_name = "classes/timetable_import.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        preview = Preview(self.object, self.request.GET)
        page = Paginator(preview.rows(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            title=self.object.filename,
            preview=preview,
            page_obj=page,
            lines=preview.lines(page),
            may_apply=self.object.state == State.CHECKED and self.may("change", self.object),
            may_undo=push.may_be_undone(self.object) and self.may("undo", self.object),
            **more,
        )


class TimetableApply(SchoolPage, View):
    """Plan what the preview showed; `reason` allows its conflicts."""

    resource, action = "timetable_import", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self.find(TimetableImport.objects.select_related("by", "enterprise"), pk=pk)
        try:
            start.apply(source, by=request.user, reason=request.POST.get("reason", ""))
        except applying.ChangedSince:
            self.warn(_("The school changed since the preview, so nothing was planned. This is the new one."))
        except ValidationError as error:
            self.warn(" ".join(error.messages))
        return redirect("classes:timetable_import", pk)


class TimetableUndo(SchoolPage, View):
    """Cancel what the import planned and what has not begun."""

    resource, action = "timetable_import", "undo"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self.find(TimetableImport.objects.select_related("enterprise"), pk=pk)
        try:
            push.undo(source=source, by=request.user)
        except ValidationError as error:
            self.warn(" ".join(error.messages))
        return redirect("classes:timetable_import", pk)
