"""URLs of lessons, and of pages that combine accounts and lessons: home, person and group."""

from django.urls import path

from classes.attendance.reports.exports.urls import urlpatterns as exports
from classes.attendance.reports.urls import urlpatterns as reports
from classes.attendance.urls import urlpatterns as attendance
from classes.courseware.urls import urlpatterns as courseware
from classes.lessons.views.actions import LessonActionView
from classes.lessons.views.courseware import AttachToLessons
from classes.lessons.views.edit import LessonAdd, LessonEdit
from classes.lessons.views.members import LessonMembers
from classes.live.alarms.urls import urlpatterns as alarms
from classes.live.room.urls import urlpatterns as room
from classes.live.wall.views import WallPage
from classes.notifications.calendar_feeds.views import FeedAdd, FeedList, FeedRevoke, serve_feed
from classes.pages.guardian_week import GuardianWeek
from classes.pages.home import HomePage
from classes.pages.lesson import LessonPage
from classes.pages.lesson_list import LessonList
from classes.pages.lesson_live import LessonRefresh
from classes.pages.own_group import OwnGroupPage
from classes.pages.own_group_calls import OwnGroupCall
from classes.pages.person import PersonPage
from classes.recordings.urls import urlpatterns as recordings
from classes.timetable.bulk.views import (
    BulkCancel,
    BulkEditPage,
    BulkReport,
    CourseBulkEdit,
    TimetableBulkEdit,
)
from classes.timetable.calendar.conflict_views import ConflictList
from classes.timetable.calendar.move_views import LessonMove
from classes.timetable.calendar.views import TimetableLessons, TimetablePage
from classes.timetable.courses.urls import urlpatterns as courses
from classes.timetable.cover.urls import urlpatterns as cover
from classes.timetable.group_changes.views import GroupArchive, GroupChange, GroupChangeReport, GroupRestore
from classes.timetable.imports.example import TimetableExample
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from classes.timetable.make_up.views import LessonMakeUp
from classes.timetable.roll_over.urls import urlpatterns as roll_over
from classes.timetable.subjects.urls import urlpatterns as subjects
from console.imports.urls import import_urls

app_name = "classes"
urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    path("guardian/<id:pk>/", GuardianWeek.as_view(), name="guardian_week"),
    path("calendar/", FeedList.as_view(), name="feeds"),
    path("calendar/new/", FeedAdd.as_view(), name="feed_add"),
    path("calendar/<id:pk>/revoke/", FeedRevoke.as_view(), name="feed_revoke"),
    path("calendar/<token:token>.ics", serve_feed, name="feed"),
    path("timetable/imports/example.xlsx", TimetableExample.as_view(), name="timetable_import_example"),
    *import_urls(TIMETABLE_IMPORT, "timetable/imports/"),
    path("timetable/", TimetablePage.as_view(), name="timetable"),
    path("timetable/conflicts/", ConflictList.as_view(), name="conflicts"),
    path("timetable/lessons/", TimetableLessons.as_view(), name="timetable_lessons"),
    path("live/", WallPage.as_view(), name="wall"),
    path("lessons/", LessonList.as_view(), name="lessons"),
    path("lessons/new/", LessonAdd.as_view(), name="lesson_add"),
    path("lessons/many/", BulkEditPage.as_view(), name="lessons_many"),
    path("lessons/many/cancel/", BulkCancel.as_view(), name="lessons_many_cancel"),
    path("courses/<id:pk>/lessons/", CourseBulkEdit.as_view(), name="course_lessons"),
    path("timetable/change/", TimetableBulkEdit.as_view(), name="timetable_many"),
    path("lessons/changes/<id:pk>/", BulkReport.as_view(), name="lessons_changed"),
    path("lessons/courseware/", AttachToLessons.as_view(), name="courseware_attach"),
    path("lessons/<id:pk>/", LessonPage.as_view(), name="lesson"),
    path("lessons/<id:pk>/edit/", LessonEdit.as_view(), name="lesson_edit"),
    path("lessons/<id:pk>/members/", LessonMembers.as_view(), name="lesson_members"),
    path("lessons/<id:pk>/move/", LessonMove.as_view(), name="lesson_move"),
    path("lessons/<id:pk>/make-up/", LessonMakeUp.as_view(), name="lesson_make_up"),
    path("lessons/<id:pk>/live/", LessonRefresh.as_view(), name="lesson_live"),
    *(
        path(f"lessons/<id:pk>/{act}/", LessonActionView.as_view(action_name=act), name=f"lesson_{act}")
        for act in ("start", "stop", "cancel", "pull", "push")
    ),
    *courses,
    *cover,
    *subjects,
    *roll_over,
    *alarms,
    *reports,
    *exports,
    *room,
    *recordings,
    *courseware,
    *attendance,
    path("people/<id:pk>/", PersonPage.as_view(), name="person"),
    path("groups/mine/", OwnGroupPage.as_view(), name="own_group"),
    path("groups/mine/call/", OwnGroupCall.as_view(), name="own_group_call"),
    path("groups/<id:pk>/edit/", GroupChange.as_view(), name="group_edit"),
    path("groups/<id:pk>/archive/", GroupArchive.as_view(), name="group_archive"),
    path("groups/<id:pk>/restore/", GroupRestore.as_view(), name="group_restore"),
    path("groups/changes/<id:pk>/", GroupChangeReport.as_view(), name="group_pushed"),
]
