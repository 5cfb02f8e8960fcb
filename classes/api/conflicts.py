"""Conflicts in REST: told as data, and 409 where nobody gave a reason to allow them."""

from collections.abc import Iterable
from typing import Any

from rest_framework import status
from rest_framework.response import Response

from classes.conflicts.booking import Conflicted
from classes.conflicts.finding import Conflict


def conflict_data(conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    """Each with its day, kind (teacher, assistant, student, capacity), user id and the other lesson's id."""
    return [
        {
            "date": one.day.isoformat(),
            "kind": one.kind,
            "who": one.who,
            "lesson": one.lesson.pk if one.lesson else None,
        }
        for one in conflicts
    ]


class AnswersConflicts:
    """For view sets whose services look for conflicts."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Conflicted):
            told = {"detail": " ".join(exc.messages), "conflicts": conflict_data(exc.conflicts)}
            return Response(told, status=status.HTTP_409_CONFLICT)
        answer: Response = super().handle_exception(exc)  # type: ignore[misc]
        return answer
