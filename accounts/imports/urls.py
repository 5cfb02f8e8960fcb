"""Addresses of imports and exports, a part of `accounts.urls`."""

from django.urls import path, re_path

from accounts.views.exports import ExportFetch, ExportPage, GroupExport, PeopleExport
from accounts.views.imports import (
    ImportApply,
    ImportColumns,
    ImportList,
    ImportPage,
    ImportRefused,
    ImportUndo,
    ImportUpload,
)

urlpatterns = [
    path("people/export/", PeopleExport.as_view(), name="people_export"),
    path("groups/export/", GroupExport.as_view(), name="groups_export"),
    path("people/exports/<int:pk>/", ExportPage.as_view(), name="export"),
    path("people/exports/<int:pk>/file/", ExportFetch.as_view(), name="export_file"),
    path("people/imports/", ImportList.as_view(), name="imports"),
    path("people/imports/new/", ImportUpload.as_view(), name="import_add"),
    path("people/imports/<int:pk>/", ImportPage.as_view(), name="import"),
    path("people/imports/<int:pk>/columns/", ImportColumns.as_view(), name="import_columns"),
    path("people/imports/<int:pk>/apply/", ImportApply.as_view(), name="import_apply"),
    path("people/imports/<int:pk>/undo/", ImportUndo.as_view(), name="import_undo"),
    re_path(
        r"^people/imports/(?P<pk>[0-9]+)/refused\.(?P<suffix>xlsx|csv)$",
        ImportRefused.as_view(),
        name="import_refused",
    ),
]
