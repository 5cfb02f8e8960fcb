"""URLs of the pages about operations."""

from django.urls import path

from console.outbox.bulk_views import BulkDecisionView
from console.outbox.decisions import DECISIONS
from console.outbox.views import OperationDecisionView, OperationDetail, OperationList

app_name = "outbox"
urlpatterns = [
    path("", OperationList.as_view(), name="operations"),
    path("<id:pk>/", OperationDetail.as_view(), name="operation"),
    *(
        path(f"<id:pk>/{name.replace('_', '-')}/", OperationDecisionView.as_view(action=name), name=name)
        for name in DECISIONS
    ),
    *(
        path(f"many/{name.replace('_', '-')}/", BulkDecisionView.as_view(action=name), name=f"many_{name}")
        for name in DECISIONS
    ),
]
