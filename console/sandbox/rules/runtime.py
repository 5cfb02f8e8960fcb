"""实时成员: who is in the room now."""

from typing import Any

from django.db.models import QuerySet

from ..store.models import Classroom, Stay
from .presence import REMEMBERED

PERSON = ("person_id", "person__user_id", "person__nickname", "person__gender", "person__avatar")
COLUMNS = (*PERSON, "enter_time", "quit_time", "role", "screen", *REMEMBERED)
Columns = dict[str, Any]


def inside(room: Classroom) -> QuerySet[Stay]:
    """The open stays of a class, in the order of entry."""
    return Stay.objects.filter(classroom=room, quit_time=None).order_by("enter_time", "id")


def rows(stays: QuerySet[Stay]) -> QuerySet[Stay, Columns]:
    """The columns that lists need, without a model object for each: a page is asked for every few seconds."""
    found: QuerySet[Stay, Columns] = stays.values(*COLUMNS)
    return found


def person_of(stay: Columns) -> dict[str, Any]:
    """What both member lists say of a person."""
    return {
        "user_id": stay["person__user_id"],
        "nickname": stay["person__nickname"],
        "gender": stay["person__gender"],
        "avatar": stay["person__avatar"],
        "enter_time": stay["enter_time"],
        "role": stay["role"],
    }


def row(stay: Columns) -> dict[str, Any]:
    """A row of member/runtime/list. `status` in small letters, as in the example."""
    return person_of(stay) | {"status": {name: stay[name] for name in REMEMBERED}}
