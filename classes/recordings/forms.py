"""What the school says of a recording."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.forms.fields import day_field
from classes.models import Lesson
from classes.recordings.services import describe


class DescribeForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=100, required=False, help_text=_("Empty: the topic of the lesson.")
    )
    tags = forms.CharField(
        label=_("Tags"),
        max_length=300,
        required=False,
        help_text=_("Words to find it by, with commas between."),
    )
    keep_until = day_field(
        label=_("Keep until"),
        required=False,
        help_text=_(
            "After this day it goes into the bin, and 30 days later it is gone. "
            "Empty: as the school keeps all."
        ),
    )
    keep_for_good = forms.BooleanField(
        label=_("Keep it for good"), required=False, help_text=_("However long the school keeps the others.")
    )

    def save_by(self, by: User, lesson: Lesson) -> bool:
        """Whether it could be saved."""
        data: dict[str, Any] = self.cleaned_data
        try:
            describe(
                lesson=lesson,
                title=data["title"],
                tags=re.split(r"[,，、;；\n]", data["tags"]),
                keep_until=data["keep_until"],
                keep_for_good=data["keep_for_good"],
                by=by,
            )
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True
