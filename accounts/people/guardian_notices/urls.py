"""URLs of notifications to guardians."""

from django.urls import path

from accounts.people.guardian_notices.guardian_views import GuardianNoticeList
from accounts.people.guardian_notices.unsubscribe_views import GuardianMailsOff
from accounts.people.guardian_notices.views import NoticeAgain, NoticeSettings

urlpatterns = [
    path("channels/guardians/", NoticeSettings.as_view(), name="guardian_notices"),
    path("people/guardians/notices/<id:pk>/again/", NoticeAgain.as_view(), name="guardian_notice_again"),
    path("guardian/<id:pk>/notices/", GuardianNoticeList.as_view(), name="guardian_notice_list"),
    path("guardian-mails/<token:token>/", GuardianMailsOff.as_view(), name="guardian_mails_off"),
]
