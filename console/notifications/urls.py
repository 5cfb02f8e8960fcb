"""URLs of notifications."""

from django.urls import path

from console.notifications.unsubscribe_views import EmailPreferences, Unsubscribe
from console.notifications.views import MarkNoticesRead, NoticeList, OpenNotice, SendAgain

app_name = "notices"
urlpatterns = [
    path("", NoticeList.as_view(), name="notices"),
    path("read/", MarkNoticesRead.as_view(), name="read"),
    path("<id:pk>/again/", SendAgain.as_view(), name="again"),
    path("<id:pk>/open/", OpenNotice.as_view(), name="open"),
    path("mails/<token:token>/", EmailPreferences.as_view(), name="mails"),
    path("mails/<token:token>/<slug:what>/", Unsubscribe.as_view(), name="mails_off"),
]
