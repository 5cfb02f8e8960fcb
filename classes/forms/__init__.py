from classes.forms.filters import LessonFilter
from classes.forms.lesson import CancelForm, LessonForm

__all__ = ["CancelForm", "LessonFilter", "LessonForm"]
