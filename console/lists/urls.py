"""URLs of what people say of the rows on Today. Views of lists have none: each list stores its own."""

from django.urls import path

from console.lists.waiting_views import PutOffPage

app_name = "lists"
urlpatterns = [
    path("later/", PutOffPage.as_view(), name="put_off"),
]
