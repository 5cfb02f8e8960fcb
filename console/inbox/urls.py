"""URLs of the pages about callbacks; the receiving endpoint is in `receiver_urls`."""

from django.urls import path

from console.inbox.views import CallbackDetail, CallbackList, CallbackReplay, CallbackReplayMany, QueueChart

app_name = "inbox"
urlpatterns = [
    path("", CallbackList.as_view(), name="callbacks"),
    path("queues/", QueueChart.as_view(), name="queues"),
    path("replay/", CallbackReplayMany.as_view(), name="replay_many"),
    path("<id:pk>/", CallbackDetail.as_view(), name="callback"),
    path("<id:pk>/replay/", CallbackReplay.as_view(), name="replay"),
]
