"""URLs of the attendance codes, included in those of attendance."""

from django.urls import path

from classes.attendance.codes.views import CodeAdd, CodeEdit, CodeFill, CodeList, CodeRemove

urlpatterns = [
    path("attendance/codes/", CodeList.as_view(), name="codes"),
    path("attendance/codes/new/", CodeAdd.as_view(), name="code_add"),
    path("attendance/codes/fill/<slug:code_set>/", CodeFill.as_view(), name="code_fill"),
    path("attendance/codes/<id:pk>/", CodeEdit.as_view(), name="code_edit"),
    path("attendance/codes/<id:pk>/remove/", CodeRemove.as_view(), name="code_remove"),
]
