"""历史成员: who was in the room, without visitors and with the time of leaving."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from .. import knobs
from ..store.models import Classroom, Stay
from . import paging
from .presence import REMEMBERED
from .runtime import Columns, person_of, rows


def page(room: Classroom, body: dict[str, Any]) -> dict[str, Any]:
    """The rows asked for: one a stay, or one a user from the first entry to the last exit, by the knob."""
    stays = Stay.objects.filter(classroom=room).exclude(person__role="visitor")
    if knobs.value("history_open_stays") == "left_out":
        stays = stays.exclude(quit_time=None)
    if knobs.value("history_rows") == "stay":
        return paging.page(rows(stays.order_by("enter_time", "id")), body, row)
    return paging.page(_by_user(stays), body, dict)


def row(stay: Columns) -> dict[str, Any]:
    """A row of member/history/list; `quit_time` 0 while the person is still inside."""
    states = {f"history_{name}": stay[name] for name in REMEMBERED}
    return person_of(stay) | {"quit_time": stay["quit_time"] or 0} | states


def _by_user(stays: QuerySet[Stay]) -> list[dict[str, Any]]:
    told = []
    ordered = rows(stays.order_by("person", "enter_time", "id"))
    for _, group in groupby(ordered, key=itemgetter("person_id")):
        mine = [row(stay) for stay in group]
        told.append(mine[-1] | {"enter_time": mine[0]["enter_time"]})
    return sorted(told, key=lambda one: one["enter_time"])
