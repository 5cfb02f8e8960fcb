"""The pages of what the service told us; its own door is in `urls`."""

from django.urls import path

from console.inbox.pages import CallbackList, CallbackPage, CallbackReplay, CallbackReplayMany

app_name = "inbox"
urlpatterns = [
    path("", CallbackList.as_view(), name="callbacks"),
    path("replay/", CallbackReplayMany.as_view(), name="replay_many"),
    path("<int:pk>/", CallbackPage.as_view(), name="callback"),
    path("<int:pk>/replay/", CallbackReplay.as_view(), name="replay"),
]
