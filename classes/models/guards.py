"""Constraints that only the database checks."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db.models import Deferrable, Func, Q

from classes.choices import Status

#: Name of the constraint, by which services recognise its violation.
TEACHER_CONSTRAINT = "lesson_teacher_once_at_a_time"


class LastGuard(ExclusionConstraint):
    """Exclusion constraint that forms skip: services report conflicts first, with names and links."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing; the database checks at the end of the transaction."""


_PLANNED_TIME = Func("starts_at", "ends_at", function="TSTZRANGE", output_field=DateTimeRangeField())
#: A teacher teaches one lesson at a time. A finished lesson does not block anybody, whatever its planned end.
TEACHER_GUARD = LastGuard(
    name=TEACHER_CONSTRAINT,
    expressions=[("teacher", RangeOperators.EQUAL), (_PLANNED_TIME, RangeOperators.OVERLAPS)],
    condition=Q(cancelled_at__isnull=True, conflict_allowed=False) & ~Q(status=Status.END),
    deferrable=Deferrable.DEFERRED,
)
