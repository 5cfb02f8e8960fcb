"""The form of the columns of a timetable."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.forms.imports import MappingForm
from classes.imports.columns import LABELS, missing


class TimetableColumnsForm(MappingForm):
    """Which column of the file fills what."""

    labels = LABELS

    def examine(self, chosen: Sequence[str]) -> None:
        if names := missing(chosen):
            told = _("Choose the columns that hold: %(names)s.")
            raise ValidationError(told % {"names": ", ".join(names)}, "columns")
