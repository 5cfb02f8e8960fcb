"""实时成员: who is in the classroom now."""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from console.sandbox.services.presence import STATE_FIELDS
from console.sandbox.store.models import Classroom, Stay

PERSON = ("person_id", "person__user_id", "person__nickname", "person__gender", "person__avatar")
COLUMNS = (*PERSON, "enter_time", "quit_time", "role", "screen", "draw", *STATE_FIELDS)
Columns = dict[str, Any]


def open_stays(room: Classroom) -> QuerySet[Stay]:
    """Return the open stays of a class, in the order of entry."""
    return Stay.objects.filter(classroom=room, quit_time=None).order_by("enter_time", "id")


def member_columns(stays: QuerySet[Stay]) -> QuerySet[Stay, Columns]:
    """Columns of lists, without a model object per row: pages are requested every few seconds."""
    found: QuerySet[Stay, Columns] = stays.values(*COLUMNS)
    return found


class RuntimePage:
    """Open stays of a class as columns, in the order of entry, to be sliced into pages.

    Every client in a class requests a page every few seconds. Building the SQL took longer than running it,
    so it is built once.
    """

    def __init__(self, room: Classroom) -> None:
        self.room = room

    def count(self) -> int:
        return open_stays(self.room).count()

    def __getitem__(self, part: slice) -> list[Columns]:
        with connection.cursor() as cursor:
            cursor.execute(_page_sql(), [self.room.pk, part.stop - part.start, part.start])
            return [dict(zip(COLUMNS, values, strict=True)) for values in cursor.fetchall()]


@cache
def _page_sql() -> str:
    """Return SQL that selects COLUMNS; its parameters are the key of a class, the limit and the offset."""
    sql, _ = open_stays(Classroom(pk=0)).values_list(*COLUMNS).query.sql_with_params()
    return f"{sql} LIMIT %s OFFSET %s"


def person_fields(stay: Columns) -> dict[str, Any]:
    """Return the fields that both member lists have in common."""
    return {
        "user_id": stay["person__user_id"],
        "nickname": stay["person__nickname"],
        "gender": stay["person__gender"],
        "avatar": stay["person__avatar"],
        "enter_time": stay["enter_time"],
        "role": stay["role"],
    }


def runtime_row(stay: Columns) -> dict[str, Any]:
    """Return a row of member/runtime/list. `status` is lower case, as in the example."""
    return person_fields(stay) | {"status": {name: stay[name] for name in STATE_FIELDS}}
