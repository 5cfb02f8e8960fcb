"""URLs of OneRoster imports, included in `accounts.urls`."""

from django.urls import path

from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.imports.one_roster.service.views import (
    ConnectionEdit,
    ConnectionPage,
    ConnectionRemove,
    ConnectionRun,
    ConnectionTest,
)
from console.imports.urls import import_urls

urlpatterns = [
    *import_urls(ROSTER_IMPORT, "people/roster-imports/"),
    path("people/roster-service/", ConnectionPage.as_view(), name="roster_service"),
    path("people/roster-service/edit/", ConnectionEdit.as_view(), name="roster_service_edit"),
    path("people/roster-service/test/", ConnectionTest.as_view(), name="roster_service_test"),
    path("people/roster-service/read/", ConnectionRun.as_view(), name="roster_service_read"),
    path("people/roster-service/delete/", ConnectionRemove.as_view(), name="roster_service_remove"),
]
