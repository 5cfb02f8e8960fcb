from classes.forms.cancelling import CancelForm
from classes.forms.filters import LessonFilter
from classes.forms.lesson import LessonForm

__all__ = ["CancelForm", "LessonFilter", "LessonForm"]
