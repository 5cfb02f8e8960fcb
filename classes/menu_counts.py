"""Counts of what waits, shown in the menu: alarms, registers, leave requests, appeals and warnings."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from classes.attendance.leave_queries import requests_to_answer
from classes.attendance.reports.lists import registers_to_close
from classes.attendance.thresholds.queries import new_warnings
from classes.models import Alarm, Appeal, AttendanceWarning, Leave, Lesson
from console.policy import may, scoped
from console.ui.menu_counts import register_menu_count


def _open_alarms(reader: Any) -> list[QuerySet[Alarm]]:
    """Return the alarms that nobody takes care of, as the list of alarms opens."""
    return [scoped(Alarm.objects.filter(resolved_at=None, acknowledged_at=None), reader, "alarm", "list")]


def _registers_to_close(reader: Any) -> list[QuerySet[Lesson]]:
    return [registers_to_close(reader)] if may(reader, "close", "attendance") else []


def _appeals_to_answer(reader: Any) -> list[QuerySet[Appeal]]:
    if not may(reader, "answer", "attendance"):
        return []
    return [scoped(Appeal.objects.filter(state=Appeal.State.OPEN), reader, "appeal", "list")]


def _leave_to_answer(reader: Any) -> list[QuerySet[Leave]]:
    return [requests_to_answer(reader)] if may(reader, "answer", "leave") else []


def _new_warnings(reader: Any) -> list[QuerySet[AttendanceWarning]]:
    return [new_warnings(reader)]


register_menu_count("alarms", _open_alarms, ngettext_lazy("%(n)d open alarm", "%(n)d open alarms", "n"))
register_menu_count(
    "registers",
    _registers_to_close,
    ngettext_lazy("%(n)d register to close", "%(n)d registers to close", "n"),
)
register_menu_count(
    "leave", _leave_to_answer, ngettext_lazy("%(n)d leave request", "%(n)d leave requests", "n")
)
register_menu_count(
    "appeals", _appeals_to_answer, ngettext_lazy("%(n)d open appeal", "%(n)d open appeals", "n")
)
register_menu_count("warnings", _new_warnings, ngettext_lazy("%(n)d new warning", "%(n)d new warnings", "n"))
