"""历史成员: who was in the classroom, without visitors, with the time of leaving."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from console.sandbox import knobs
from console.sandbox.services import paging
from console.sandbox.services.presence import STATE_FIELDS
from console.sandbox.services.runtime import Columns, member_columns, person_fields
from console.sandbox.store.models import Classroom, Stay


def history_page(room: Classroom, body: dict[str, Any]) -> dict[str, Any]:
    """Return the rows: one per stay, or one per user from first entry to last exit, depending on the knob."""
    stays = Stay.objects.filter(classroom=room).exclude(person__role="visitor")
    if knobs.value("history_open_stays") == "left_out":
        stays = stays.exclude(quit_time=None)
    if knobs.value("history_rows") == "stay":
        return paging.list_page(member_columns(stays.order_by("enter_time", "id")), body, history_row)
    return paging.list_page(_by_user(stays), body, dict)


def history_row(stay: Columns) -> dict[str, Any]:
    """Return a row of member/history/list; `quit_time` is 0 while the person is present."""
    states = {f"history_{name}": stay[name] for name in STATE_FIELDS}
    return person_fields(stay) | {"quit_time": stay["quit_time"] or 0} | states


def _by_user(stays: QuerySet[Stay]) -> list[dict[str, Any]]:
    told = []
    ordered = member_columns(stays.order_by("person", "enter_time", "id"))
    for _, group in groupby(ordered, key=itemgetter("person_id")):
        mine = [history_row(stay) for stay in group]
        told.append(mine[-1] | {"enter_time": mine[0]["enter_time"]})
    return sorted(told, key=lambda one: one["enter_time"])
