"""URLs of courseware, included in those of `classes`."""

from django.urls import path

from classes.courseware.attachment_views import CourseAttachments, LessonAttachments
from classes.courseware.views import DocumentPage

urlpatterns = [
    path("courseware/<id:pk>/", DocumentPage.as_view(), name="document"),
    path("lessons/<id:pk>/courseware/", LessonAttachments.as_view(), name="lesson_decks"),
    path("courses/<id:pk>/courseware/", CourseAttachments.as_view(), name="course_decks"),
]
