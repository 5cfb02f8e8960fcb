"""Today as a reader sees it: first what was given to them, then each kind, with who was given its rows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from console.lists.giving import given_in_school
from console.lists.models import WaitingMark
from console.lists.waiting_marks import Later, count_put_off
from console.policy import may
from console.ui.waiting import MAX_ROWS, ShownRow, Waiting, WaitingKind, list_waiting, listed_names


class TodayRow(NamedTuple):
    """A row with a sentence on who was given it, empty without one."""

    shown: ShownRow
    given: str


class TodayKind(NamedTuple):
    """A kind with the number of its rows, and the first of those that were not given to the reader."""

    kind: WaitingKind
    number: int
    text: str
    rows: list[TodayRow]


class Today(NamedTuple):
    """What waits for a reader; `later` are the choices of when, none without the right to put off."""

    given: list[TodayRow]
    waiting: list[TodayKind]
    put_off: int
    later: Sequence[tuple[str, Any]]
    may_give: bool


def read_today(reader: Any) -> Today:
    """Return what waits for a reader. Uses a query for the numbers, one for the marks, some for each kind."""
    waiting = list_waiting(reader, listed_names())
    puts_off = may(reader, "put_off", "waiting")
    marks = list(given_in_school(reader.enterprise_id)) if puts_off else []
    given = {mark.name: _given_sentence(mark, reader) for mark in marks}
    own = [mark.name for mark in marks if mark.user_id == reader.pk]

    def read_rows(kind: Waiting, limit: int) -> list[TodayRow]:
        return [TodayRow(row, given.get(row.name, "")) for row in kind.rows(limit)]

    return Today(
        given=[row for one in waiting for row in read_rows(one.choose(own, only=True), len(own))],
        waiting=[
            TodayKind(one.kind, one.number, one.text, read_rows(one.choose(own, only=False), MAX_ROWS))
            for one in waiting
        ],
        put_off=count_put_off(reader) if puts_off else 0,
        later=Later.choices if puts_off else (),
        may_give=may(reader, "give", "waiting"),
    )


def _given_sentence(mark: WaitingMark, reader: Any) -> str:
    if mark.user_id == reader.pk:
        return _("Given to you by %(name)s") % {"name": mark.given_by}
    return _("Given to %(name)s") % {"name": mark.user}
