"""The pages of what is sent to the service."""

from django.urls import path

from console.outbox.desk import DECISIONS
from console.outbox.many import ManyOperations
from console.outbox.views import OperationDecision, OperationList, OperationPage

app_name = "outbox"
urlpatterns = [
    path("", OperationList.as_view(), name="operations"),
    path("<int:pk>/", OperationPage.as_view(), name="operation"),
    *(
        path(f"<int:pk>/{name.replace('_', '-')}/", OperationDecision.as_view(action=name), name=name)
        for name in DECISIONS
    ),
    *(
        path(f"many/{name.replace('_', '-')}/", ManyOperations.as_view(action=name), name=f"many_{name}")
        for name in DECISIONS
    ),
]
