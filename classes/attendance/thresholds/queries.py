"""Which warnings are new: one definition for the menu, Today, the list, REST and "students now" of the rules.

A warning is new while its threshold is crossed and nobody handles it. One whose threshold is no longer
crossed stays in the list, and can still be handled, but it waits for nobody.
"""

from typing import Any

from django.db.models import Q, QuerySet

from classes.models import AttendanceWarning
from console.policy import scoped

HOLDING = Q(ended_at=None)
NEW = HOLDING & Q(state=AttendanceWarning.State.OPEN)


def new_warnings(reader: Any) -> QuerySet[AttendanceWarning]:
    """Return the new warnings that the reader may handle."""
    return scoped(AttendanceWarning.objects.filter(NEW), reader, "warning", "acknowledge")


def in_state(warnings: QuerySet[AttendanceWarning], state: str) -> QuerySet[AttendanceWarning]:
    """Return the warnings in a state; of those that nobody handles yet, the ones that are new."""
    return warnings.filter(NEW if state == AttendanceWarning.State.OPEN else Q(state=state))
