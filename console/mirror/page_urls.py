"""The pages of what differs here and at the service."""

from django.urls import path

from console.mirror.pages import DifferenceAct, DifferenceList, DifferencePage, ManyDifferences

ACTS = ("push", "take", "ignore", "restore")

app_name = "mirror"
urlpatterns = [
    path("", DifferenceList.as_view(), name="differences"),
    path("<slug:key>/", DifferencePage.as_view(), name="difference"),
    *(path(f"many/{name}/", ManyDifferences.as_view(action=name), name=f"many_{name}") for name in ACTS),
    *(path(f"<slug:key>/{name}/", DifferenceAct.as_view(action=name), name=name) for name in ACTS),
]
