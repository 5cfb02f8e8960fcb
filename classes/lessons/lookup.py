"""Lesson lookup for pages about a lesson."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from classes.models import Lesson
from console.policy import in_school, may, refusal_message


def find_lesson(reader: Any, pk: int) -> Lesson:
    """Return the lesson. Raise Http404 for another school, PermissionDenied if the reader may not see it."""
    lessons = Lesson.objects.select_related("teacher", "enterprise")
    lesson = in_school(lessons, reader, "lesson").filter(pk=pk).first()
    if lesson is None:
        raise Http404(_("This lesson does not exist in your school."))
    if not may(reader, "view", "lesson", lesson):
        raise PermissionDenied(refusal_message(reader, "view", "lesson", lesson))
    return lesson
