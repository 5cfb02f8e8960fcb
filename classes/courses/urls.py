"""Pages of series, terms and holidays."""

from django.urls import path

from classes.views.courses import CourseAdd, CourseCancel, CourseEdit, CourseList, CoursePage
from classes.views.year import DaysDelete, DaysFormPage, Year

urlpatterns = [
    path("courses/", CourseList.as_view(), name="courses"),
    path("courses/new/", CourseAdd.as_view(), name="course_add"),
    path("courses/<int:pk>/", CoursePage.as_view(), name="course"),
    path("courses/<int:pk>/edit/", CourseEdit.as_view(), name="course_edit"),
    path("courses/<int:pk>/cancel/", CourseCancel.as_view(), name="course_cancel"),
    path("year/", Year.as_view(), name="year"),
    *(
        one
        for kind in ("term", "holiday")
        for one in (
            path(f"year/{kind}/new/", DaysFormPage.as_view(kind=kind, action="add"), name=f"{kind}_add"),
            path(
                f"year/{kind}/<int:pk>/",
                DaysFormPage.as_view(kind=kind, action="change"),
                name=f"{kind}_edit",
            ),
            path(f"year/{kind}/<int:pk>/delete/", DaysDelete.as_view(kind=kind), name=f"{kind}_delete"),
        )
    ),
]
