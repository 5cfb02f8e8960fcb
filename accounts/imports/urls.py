"""URLs of imports and exports, included in `accounts.urls`."""

from django.urls import path

from accounts.imports.export_views import ExportFetch, ExportPage, GroupExport, PeopleExport
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.imports.template_file import PeopleTemplate
from console.imports.urls import import_urls

urlpatterns = [
    path("people/export/", PeopleExport.as_view(), name="people_export"),
    path("groups/export/", GroupExport.as_view(), name="groups_export"),
    path("people/exports/<id:pk>/", ExportPage.as_view(), name="export"),
    path("people/exports/<id:pk>/file/", ExportFetch.as_view(), name="export_file"),
    path("people/imports/template.xlsx", PeopleTemplate.as_view(), name="import_template"),
    *import_urls(PEOPLE_IMPORT, "people/imports/"),
]
