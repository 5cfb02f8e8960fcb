"""The pages of the trail."""

from django.urls import path, re_path

from console.audit.pages import EntriesFile, EntryPage, EvidencePage, LookList, LooksFile, TrailList

app_name = "audit"
urlpatterns = [
    path("", TrailList.as_view(), name="entries"),
    path("<int:pk>/", EntryPage.as_view(), name="entry"),
    re_path(r"^entries\.(?P<suffix>csv|xlsx)$", EntriesFile.as_view(), name="entries_file"),
    path("personal-data/", LookList.as_view(), name="looks"),
    re_path(r"^personal-data\.(?P<suffix>csv|xlsx)$", LooksFile.as_view(), name="looks_file"),
    path("evidence/", EvidencePage.as_view(), name="evidence"),
]
