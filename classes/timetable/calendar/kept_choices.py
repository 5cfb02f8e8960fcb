"""Choices about how the timetable looks: in the query string, and kept for the session."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest


def kept_choice(request: HttpRequest, name: str, choices: list[tuple[str, Any]]) -> str:
    """Return what the reader chose in the query string, or before in this session; else the first choice."""
    offered = [value for value, _label in choices]
    for value in (request.GET.get(name, ""), request.session.get(_session_key(name), "")):
        if value in offered:
            return str(value)
    return offered[0] if offered else ""


def keep_choice(request: HttpRequest, name: str, values: Collection[str]) -> None:
    """Keep a choice of the query string for the session."""
    value, key = request.GET.get(name, ""), _session_key(name)
    if value in values and request.session.get(key) != value:
        request.session[key] = value


def _session_key(name: str) -> str:
    return f"timetable_{name}s"
