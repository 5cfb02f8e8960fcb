"""Conflicts in REST: 409 with the conflicts as data, unless a reason allows them."""

from collections.abc import Iterable
from typing import Any

from rest_framework import status
from rest_framework.response import Response

from classes.conflicts.detection import BookingConflict
from classes.conflicts.guard import BookingConflictError


def serialize_conflicts(conflicts: Iterable[BookingConflict]) -> list[dict[str, Any]]:
    """Return day, kind, user id and other lesson's id of each.

    The kinds are teacher, assistant, student, capacity, absence and holiday (`classes.conflicts.detection`).
    """
    return [
        {
            "date": one.day.isoformat(),
            "kind": one.kind,
            "who": one.who,
            "lesson": one.lesson.pk if one.lesson else None,
        }
        for one in conflicts
    ]


class ConflictResponseMixin:
    """For view sets whose services check for conflicts."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, BookingConflictError):
            data = {"detail": " ".join(exc.messages), "conflicts": serialize_conflicts(exc.conflicts)}
            return Response(data, status=status.HTTP_409_CONFLICT)
        view: Any = super()
        answer: Response = view.handle_exception(exc)
        return answer
