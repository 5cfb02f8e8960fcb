"""Model field for wall-clock time without a time zone."""

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
    """A naive datetime: 19:00 is 19:00 whatever the UTC offset of that day.

    A first lesson in an hour that daylight saving skips does not move the later ones.
    """

    description = _("Local time")

    def db_type(self, connection: Any) -> str:
        return "timestamp without time zone"

    def get_prep_value(self, value: Any) -> datetime | None:
        return self.to_python(value)

    def to_python(self, value: Any) -> datetime | None:
        if value is None:
            return None
        parsed = value if isinstance(value, datetime) else parse_datetime(str(value))
        if parsed is None or parsed.tzinfo is not None:
            raise ValidationError(_("Enter date and time without a time zone, as 2027-03-02T19:00."))
        return parsed
