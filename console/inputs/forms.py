"""Form fields for dates and datetimes within bounds."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime
from django.utils.translation import gettext_lazy as _

from console.inputs.bounds import validate_date_range


class BoundedDateField(forms.DateField):
    """A date within the bounds of `console.inputs.bounds`."""

    default_error_messages = {"invalid": _("Enter the date as 2026-11-24.")}

    def __init__(self, **more: Any) -> None:
        picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": picker, **more})

    def to_python(self, value: Any) -> date | None:
        day: date | None = super().to_python(value)
        if day is not None:
            validate_date_range(day)
        return day


class AdminDateField(BoundedDateField):
    """A bounded date with the date picker of the admin."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**more, "widget": AdminDateWidget})


class AdminDateTimeField(forms.SplitDateTimeField):
    """A bounded date and time in the admin."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**more, "widget": AdminSplitDateTime})

    def compress(self, data_list: Any) -> datetime | None:
        if data_list and data_list[0]:
            validate_date_range(data_list[0])
        moment: datetime | None = super().compress(data_list)
        return moment
