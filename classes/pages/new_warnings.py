"""Attendance warnings that nobody handles yet, for Today: how many, and the newest."""

from typing import Any, NamedTuple

from django.db.models import Count, F, Window

from classes.attendance.thresholds.queries import new_warnings
from classes.attendance.thresholds.sentences import cause_sentence
from classes.models import AttendanceWarning
from console.policy import may

MAX_WARNINGS = 5


class NewWarnings(NamedTuple):
    """`number` counts all of them; `newest` are warnings with what happened."""

    number: int
    newest: list[tuple[AttendanceWarning, str]]


def list_new_warnings(reader: Any) -> NewWarnings | None:
    """Return the new warnings that the reader may handle, in one query; None if there are none."""
    if not may(reader, "acknowledge", "warning"):
        return None
    rows = new_warnings(reader).select_related("person")
    # The window counts what the limit leaves out.
    counted = rows.annotate(number=Window(Count(F("pk")))).order_by("-pk")
    found: list[Any] = list(counted[:MAX_WARNINGS])
    if not found:
        return None
    return NewWarnings(found[0].number, [(one, cause_sentence(one.facts)) for one in found])
