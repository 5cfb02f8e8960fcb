from django.urls import path

from console.inbox.views import CallbackView

app_name = "callbacks"
urlpatterns = [path("<str:path_token>/", CallbackView.as_view(), name="receive")]
