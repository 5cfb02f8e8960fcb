"""URLs of the subjects, included in those of the timetable."""

from django.urls import path

from classes.timetable.subjects.views import SubjectAdd, SubjectDelete, SubjectEdit, SubjectList

urlpatterns = [
    path("subjects/", SubjectList.as_view(), name="subjects"),
    path("subjects/new/", SubjectAdd.as_view(), name="subject_add"),
    path("subjects/<id:pk>/", SubjectEdit.as_view(), name="subject_edit"),
    path("subjects/<id:pk>/delete/", SubjectDelete.as_view(), name="subject_delete"),
]
