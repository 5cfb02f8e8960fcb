"""Pages of series, terms and holidays."""

from django.urls import path

from classes.timetable.courses.views import CourseAdd, CourseCancel, CourseEdit, CourseList, CoursePage
from classes.timetable.terms.views import DaysDelete, DaysFormPage, HolidayLessons, YearPage

urlpatterns = [
    path("courses/", CourseList.as_view(), name="courses"),
    path("courses/new/", CourseAdd.as_view(), name="course_add"),
    path("courses/<id:pk>/", CoursePage.as_view(), name="course"),
    path("courses/<id:pk>/edit/", CourseEdit.as_view(), name="course_edit"),
    path("courses/<id:pk>/cancel/", CourseCancel.as_view(), name="course_cancel"),
    path("year/", YearPage.as_view(), name="year"),
    path("year/holiday/<id:pk>/lessons/", HolidayLessons.as_view(), name="holiday_lessons"),
    *(
        one
        for kind in ("term", "holiday")
        for one in (
            path(f"year/{kind}/new/", DaysFormPage.as_view(kind=kind, action="add"), name=f"{kind}_add"),
            path(
                f"year/{kind}/<id:pk>/",
                DaysFormPage.as_view(kind=kind, action="change"),
                name=f"{kind}_edit",
            ),
            path(f"year/{kind}/<id:pk>/delete/", DaysDelete.as_view(kind=kind), name=f"{kind}_delete"),
        )
    ),
]
