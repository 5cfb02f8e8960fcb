"""Take back that a recording was moved into the bin (`console.undo`)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from classes.models import Lesson
from classes.recordings.services import undo_bin
from console.policy import in_school, may
from console.undo import register_undo


def _undo_bin(by: Any, key: int, values: Mapping[str, Any]) -> None:
    lesson = in_school(Lesson.objects.all(), by, "lesson").filter(pk=key).first()
    if lesson is None or not may(by, "delete", "recording"):
        raise ValidationError(_("This cannot be taken back."))
    undo_bin(lesson=lesson, by=by, at=values["at"])


register_undo("recording.bin", _undo_bin)
