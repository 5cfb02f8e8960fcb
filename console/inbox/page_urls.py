"""The pages of what the service told us; its own door is in `urls`."""

from django.urls import path

from console.inbox.pages import CallbackList, CallbackPage, CallbackReplay

app_name = "inbox"
urlpatterns = [
    path("", CallbackList.as_view(), name="callbacks"),
    path("<int:pk>/", CallbackPage.as_view(), name="callback"),
    path("<int:pk>/replay/", CallbackReplay.as_view(), name="replay"),
]
