"""Form for title, tags and retention of a recording."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.models import Lesson, LessonRecording
from classes.recordings.services import RECORDING_FIELDS, update_recording
from console.concurrency import value_digests
from console.inputs.forms import BoundedDateField
from console.policy.edit_forms import OptimisticLockMixin


class RecordingForm(OptimisticLockMixin, forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=100, required=False, help_text=_("If empty: the topic of the lesson.")
    )
    tags = forms.CharField(
        label=_("Tags"),
        max_length=300,
        required=False,
        help_text=_("Words that help you find it, separated by commas."),
    )
    keep_until = BoundedDateField(
        label=_("Keep until"),
        required=False,
        help_text=_(
            "After this day it moves to the recycle bin and is deleted 30 days later. If "
            "empty, the school's retention applies."
        ),
    )
    keep_for_good = forms.BooleanField(
        label=_("Keep indefinitely"), required=False, help_text=_("Regardless of the school's retention.")
    )

    def __init__(self, *args: Any, footage: LessonRecording, **more: Any) -> None:
        super().__init__(*args, **more)
        self.footage = footage

    def stored_values(self) -> dict[str, str]:
        return value_digests(self.footage, RECORDING_FIELDS)

    def save_by(self, by: User, lesson: Lesson) -> bool:
        """Save and return True; return False if the service refused it."""
        data: dict[str, Any] = self.cleaned_data
        try:
            update_recording(
                lesson=lesson,
                title=data["title"],
                tags=re.split(r"[,，、;；\n]", data["tags"]),
                keep_until=data["keep_until"],
                keep_for_good=data["keep_for_good"],
                by=by,
                seen=self.seen,
            )
        except ValidationError as error:
            self.refuse(error)
            return False
        return True
