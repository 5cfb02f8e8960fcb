"""URLs of the pages about differences."""

from django.urls import path

from console.mirror.views import BulkDifferenceDecision, DifferenceDecision, DifferenceDetail, DifferenceList

DECISIONS = ("push", "take", "ignore", "restore")

app_name = "mirror"
urlpatterns = [
    path("", DifferenceList.as_view(), name="differences"),
    path("<slug:key>/", DifferenceDetail.as_view(), name="difference"),
    *(
        path(f"many/{name}/", BulkDifferenceDecision.as_view(action=name), name=f"many_{name}")
        for name in DECISIONS
    ),
    *(path(f"<slug:key>/{name}/", DifferenceDecision.as_view(action=name), name=name) for name in DECISIONS),
]
