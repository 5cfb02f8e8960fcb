"""The pages of lessons, and those that show accounts and lessons together: home, a person, a group."""

from django.urls import path

from classes.alarms.urls import urlpatterns as alarms
from classes.attendance.urls import urlpatterns as attendance
from classes.courses.urls import urlpatterns as courses
from classes.courseware.urls import urlpatterns as courseware
from classes.recordings.urls import urlpatterns as recordings
from classes.reports.urls import urlpatterns as reports
from classes.room.urls import urlpatterns as room
from classes.views.acts import LessonAct
from classes.views.conflicts import Conflicts
from classes.views.edit import LessonAdd, LessonEdit
from classes.views.feeds import FeedAdd, FeedRevoke, Feeds, feed
from classes.views.groups import GroupArchive, GroupChange, GroupPushed, GroupRestore
from classes.views.home import Home
from classes.views.imports import (
    TimetableApply,
    TimetableColumns,
    TimetableExample,
    TimetableImportPage,
    TimetableImports,
    TimetableRefused,
    TimetableUndo,
    TimetableUpload,
)
from classes.views.lesson import LessonPage
from classes.views.lessons import LessonList
from classes.views.live import LessonLive
from classes.views.many import (
    CourseLessons,
    LessonsChanged,
    LessonsMany,
    LessonsManyCancel,
    TimetableMany,
)
from classes.views.members import LessonMembers
from classes.views.moving import LessonMove
from classes.views.person import PersonPage
from classes.views.timetable import Timetable, TimetableLessons
from classes.wall.views import WallPage

app_name = "classes"
urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("calendar/", Feeds.as_view(), name="feeds"),
    path("calendar/new/", FeedAdd.as_view(), name="feed_add"),
    path("calendar/<int:pk>/revoke/", FeedRevoke.as_view(), name="feed_revoke"),
    path("calendar/<str:token>.ics", feed, name="feed"),
    path("timetable/imports/", TimetableImports.as_view(), name="timetable_imports"),
    path("timetable/imports/new/", TimetableUpload.as_view(), name="timetable_import_add"),
    path("timetable/imports/example.xlsx", TimetableExample.as_view(), name="timetable_import_example"),
    path("timetable/imports/<int:pk>/", TimetableImportPage.as_view(), name="timetable_import"),
    path("timetable/imports/<int:pk>/columns/", TimetableColumns.as_view(), name="timetable_import_columns"),
    path(
        "timetable/imports/<int:pk>/refused.<str:suffix>",
        TimetableRefused.as_view(),
        name="timetable_import_refused",
    ),
    path("timetable/imports/<int:pk>/apply/", TimetableApply.as_view(), name="timetable_import_apply"),
    path("timetable/imports/<int:pk>/undo/", TimetableUndo.as_view(), name="timetable_import_undo"),
    path("timetable/", Timetable.as_view(), name="timetable"),
    path("timetable/conflicts/", Conflicts.as_view(), name="conflicts"),
    path("timetable/lessons/", TimetableLessons.as_view(), name="timetable_lessons"),
    path("live/", WallPage.as_view(), name="wall"),
    path("lessons/", LessonList.as_view(), name="lessons"),
    path("lessons/new/", LessonAdd.as_view(), name="lesson_add"),
    path("lessons/many/", LessonsMany.as_view(), name="lessons_many"),
    path("lessons/many/cancel/", LessonsManyCancel.as_view(), name="lessons_many_cancel"),
    path("courses/<int:pk>/lessons/", CourseLessons.as_view(), name="course_lessons"),
    path("timetable/change/", TimetableMany.as_view(), name="timetable_many"),
    path("lessons/changes/<int:pk>/", LessonsChanged.as_view(), name="lessons_changed"),
    path("lessons/<int:pk>/", LessonPage.as_view(), name="lesson"),
    path("lessons/<int:pk>/edit/", LessonEdit.as_view(), name="lesson_edit"),
    path("lessons/<int:pk>/members/", LessonMembers.as_view(), name="lesson_members"),
    path("lessons/<int:pk>/move/", LessonMove.as_view(), name="lesson_move"),
    path("lessons/<int:pk>/live/", LessonLive.as_view(), name="lesson_live"),
    *(
        path(f"lessons/<int:pk>/{act}/", LessonAct.as_view(act_name=act), name=f"lesson_{act}")
        for act in ("start", "stop", "cancel", "pull", "push")
    ),
    *courses,
    *alarms,
    *reports,
    *room,
    *recordings,
    *courseware,
    *attendance,
    path("people/<int:pk>/", PersonPage.as_view(), name="person"),
    path("groups/<int:pk>/edit/", GroupChange.as_view(), name="group_edit"),
    path("groups/<int:pk>/archive/", GroupArchive.as_view(), name="group_archive"),
    path("groups/<int:pk>/restore/", GroupRestore.as_view(), name="group_restore"),
    path("groups/changes/<int:pk>/", GroupPushed.as_view(), name="group_pushed"),
]
