"""URLs of what people say of the rows on Today. Views of lists have none: each list stores its own."""

from django.urls import path

from console.lists.waiting_views import GivePage, PutOffPage, TakeBack

app_name = "lists"
urlpatterns = [
    path("later/", PutOffPage.as_view(), name="put_off"),
    path("give/", GivePage.as_view(), name="give"),
    path("take-back/", TakeBack.as_view(), name="take_back"),
]
