"""URLs of the audit pages."""

from django.urls import path, re_path

from console.audit_pages.views import (
    EntryDetail,
    EntryExport,
    EntryList,
    EvidencePackDownload,
    PersonalDataAccessExport,
    PersonalDataAccessList,
)

app_name = "audit"
urlpatterns = [
    path("", EntryList.as_view(), name="entries"),
    path("<id:pk>/", EntryDetail.as_view(), name="entry"),
    re_path(r"^entries\.(?P<suffix>csv|xlsx)$", EntryExport.as_view(), name="entries_file"),
    path("personal-data/", PersonalDataAccessList.as_view(), name="looks"),
    re_path(r"^personal-data\.(?P<suffix>csv|xlsx)$", PersonalDataAccessExport.as_view(), name="looks_file"),
    path("evidence/", EvidencePackDownload.as_view(), name="evidence"),
]
