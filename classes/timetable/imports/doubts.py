"""Questions about rows that would plan unusual lessons; one box of the preview confirms them all."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from classes.lessons.doubts import USUAL_LENGTH, ask_about_lesson
from classes.timetable.imports.row_parser import PlannedRow


def ask_about_row(planned: PlannedRow) -> list[str]:
    """Return the questions about the lessons of a row."""
    is_attended = bool(planned.students or planned.groups)
    return ask_about_lesson(timedelta(minutes=planned.minutes), is_attended=is_attended)


def rows_with_doubts(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows with new lessons that `ask_about_row` asks about."""
    is_long = Q(wanted__minutes__gt=USUAL_LENGTH // timedelta(minutes=1))
    return rows.filter(is_long | Q(wanted__students=[], wanted__groups=[]), lessons__gt=0)


def require_row_confirmation(source: Any, confirmed: bool) -> None:
    """Raise ValidationError if there are questions that nobody has confirmed."""
    if not confirmed and rows_with_doubts(source.lines.all()).exists():
        raise ValidationError(_("There are questions about some rows. Change the file, or confirm the rows."))
