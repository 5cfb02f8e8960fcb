"""Pages of absences of teachers and cover."""

from django.urls import path

from classes.timetable.cover.views import (
    AbsenceAdd,
    AbsenceList,
    AbsencePage,
    AbsenceWithdraw,
    CoverList,
    CoverUndo,
)

urlpatterns = [
    path("timetable/cover/", AbsenceList.as_view(), name="absences"),
    path("timetable/cover/new/", AbsenceAdd.as_view(), name="absence_add"),
    path("timetable/cover/mine/", CoverList.as_view(), name="covers"),
    path("timetable/cover/<id:pk>/", AbsencePage.as_view(), name="absence"),
    path("timetable/cover/<id:pk>/withdraw/", AbsenceWithdraw.as_view(), name="absence_withdraw"),
    path("timetable/cover/lessons/<id:pk>/undo/", CoverUndo.as_view(), name="cover_undo"),
]
