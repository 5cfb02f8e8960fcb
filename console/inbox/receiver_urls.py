from django.urls import path

from console.inbox.receiver import CallbackView

app_name = "callbacks"
urlpatterns = [path("<token:path_token>/", CallbackView.as_view(), name="receive")]
