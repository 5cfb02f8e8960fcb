"""The addresses of notices."""

from django.urls import path

from console.notices.pages import NoticeList, NoticeOpen, NoticesRead

app_name = "notices"
urlpatterns = [
    path("", NoticeList.as_view(), name="notices"),
    path("read/", NoticesRead.as_view(), name="read"),
    path("<int:pk>/open/", NoticeOpen.as_view(), name="open"),
]
