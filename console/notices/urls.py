"""The addresses of notices."""

from django.urls import path

from console.notices.door import MailsChoice, MailsOff
from console.notices.pages import NoticeList, NoticeOpen, NoticesRead

app_name = "notices"
urlpatterns = [
    path("", NoticeList.as_view(), name="notices"),
    path("read/", NoticesRead.as_view(), name="read"),
    path("<int:pk>/open/", NoticeOpen.as_view(), name="open"),
    path("mails/<str:token>/", MailsChoice.as_view(), name="mails"),
    path("mails/<str:token>/<slug:what>/", MailsOff.as_view(), name="mails_off"),
]
