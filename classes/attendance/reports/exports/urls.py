"""URLs of the scheduled exports."""

from django.urls import path

from classes.attendance.reports.exports.views import (
    ExportAdd,
    ExportDelete,
    ExportEdit,
    ExportFile,
    ExportList,
    ExportRunNow,
    ExportSwitch,
)

urlpatterns = [
    path("exports/scheduled/", ExportList.as_view(), name="exports"),
    path("exports/scheduled/new/", ExportAdd.as_view(), name="export_add"),
    path("exports/scheduled/<id:pk>/edit/", ExportEdit.as_view(), name="export_edit"),
    path("exports/scheduled/<id:pk>/switch/", ExportSwitch.as_view(), name="export_switch"),
    path("exports/scheduled/<id:pk>/run/", ExportRunNow.as_view(), name="export_run"),
    path("exports/scheduled/<id:pk>/delete/", ExportDelete.as_view(), name="export_delete"),
    path("exports/scheduled/files/<id:pk>/", ExportFile.as_view(), name="export_file"),
]
