"""The addresses of courseware in lessons; they lie in the namespace of lessons."""

from django.urls import path

from classes.courseware.decks import CourseDecks, LessonDecks
from classes.courseware.views import DocumentPage

urlpatterns = [
    path("courseware/<int:pk>/", DocumentPage.as_view(), name="document"),
    path("lessons/<int:pk>/courseware/", LessonDecks.as_view(), name="lesson_decks"),
    path("courses/<int:pk>/courseware/", CourseDecks.as_view(), name="course_decks"),
]
