"""A moment on the clock of the school's wall, which has no zone of its own."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    AnyField = models.Field[datetime, datetime]
else:
    AnyField = models.Field


class WallClockField(AnyField):
    """A naive datetime: 19:00 is 19:00 whatever the offset of that day. So a first lesson at an hour that
    daylight saving leaves out that day does not move all later ones."""

    description = _("Clock on the wall")

    def db_type(self, connection: Any) -> str:
        return "timestamp without time zone"

    def get_prep_value(self, value: Any) -> datetime | None:
        return self.to_python(value)

    def to_python(self, value: Any) -> datetime | None:
        if value is None:
            return None
        told = value if isinstance(value, datetime) else parse_datetime(str(value))
        if told is None or told.tzinfo is not None:
            raise ValidationError(_("Write day and time without a zone, as 2027-03-02T19:00."))
        return told
