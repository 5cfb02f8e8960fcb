"""Importing a timetable: upload, columns, preview, result; and what was imported before."""

from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from accounts.views.imports import (
    ImportApply,
    ImportColumns,
    ImportList,
    ImportPage,
    ImportRefused,
    ImportUndo,
    ImportUpload,
)
from classes.forms.imports import TimetableColumnsForm
from classes.imports import applying, push, start
from classes.imports.columns import LABELS
from classes.imports.example import example
from classes.imports.preview import Line, Preview
from classes.models import TimetableImport
from console.policy.pages import SchoolPage


class TimetableImports(ImportList):
    resource = "timetable_import"
    queryset = TimetableImport.objects.select_related("by")
    template_name = "classes/timetable_imports.html"
    title = gettext_lazy("Imports of timetables")


class TimetableUpload(ImportUpload):
    """Where the headings do not say it all, the columns are chosen next; else the preview follows."""

    resource = "timetable_import"
    template_name = "classes/timetable_upload.html"
    again = "classes:timetable_import_add"

    def take_in(self, file: Any) -> HttpResponse:
        source = start.take_in(file=file, filename=file.name, by=self.request.user)
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


class TimetableColumns(ImportColumns):
    resource = "timetable_import"
    queryset = TimetableImport.objects.select_related("enterprise")
    template_name = "classes/timetable_columns.html"
    form_class = TimetableColumnsForm
    page, pages = "classes:timetable_import", "classes:timetable_imports"
    submit_label = gettext_lazy("Show what would be planned")

    def check(self, source: TimetableImport) -> None:
        start.check(source, by=self.request.user)


class TimetableImportPage(ImportPage):
    resource = "timetable_import"
    queryset = TimetableImport.objects.select_related("by", "job", "enterprise")
    template_name = "classes/timetable_import.html"
    columns = "classes:timetable_import_columns"
    preview = Preview

    def lines(self, preview: Preview, page: Any) -> list[Line]:
        return preview.lines(page)

    def may_be_undone(self) -> bool:
        return push.may_be_undone(self.object)


class TimetableApply(ImportApply):
    """`reason` allows the conflicts."""

    resource = "timetable_import"
    queryset = TimetableImport.objects.select_related("by", "enterprise")
    page = "classes:timetable_import"

    def act(self, source: TimetableImport) -> None:
        try:
            start.apply(source, by=self.request.user, reason=self.request.POST.get("reason", ""))
        except applying.ChangedSince:
            self.warn(_("The school changed since the preview, so nothing was planned. This is the new one."))


class TimetableUndo(ImportUndo):
    """Cancel what the import planned and what has not begun."""

    resource = "timetable_import"
    queryset = TimetableImport.objects.select_related("enterprise")
    page = "classes:timetable_import"

    def act(self, source: TimetableImport) -> None:
        push.undo(source=source, by=self.request.user)


class TimetableRefused(ImportRefused):
    resource = "timetable_import"
    queryset = TimetableImport.objects.all()
    said = staticmethod(attrgetter("sentence"))
