"""What waits for a person: the list of Today, and the numbers beside the entries and tabs of the menu.

The package that has the rows registers their kind at start. Menu and Today both ask `list_waiting`, so that
their numbers agree; it leaves out what the reader put off. All numbers are one query, so each kind must be
answered by an index.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse
from django.utils.functional import Promise

#: `rows(reader)` returns querysets of what waits for this reader, one for each model; none without rights.
WaitingRows = Callable[[Any], Sequence[QuerySet[Any]]]
#: `put_off(reader, kind, model)` returns the condition of the rows of a kind that the reader put off.
PutOff = Callable[[Any, str, str], Q]
#: Most rows of a kind on Today, which links to the page with all of them.
MAX_ROWS = 3


class RowName(NamedTuple):
    """Names a row of what waits, in forms as "leave-leave-12". A kind may have rows of several models."""

    kind: str
    model: str
    key: int

    def __str__(self) -> str:
        return "-".join(map(str, self))


class WaitingRow(NamedTuple):
    """A row on Today: what it is about, the page where it is decided, what happened, and when."""

    title: str
    url: str
    text: str | Promise = ""
    at: datetime | None = None


class RowAct(NamedTuple):
    """A button of a row: it posts to the page of the row by this name, which then leads back to Today.

    `fits(reader, row)` says whether the reader may press it now. It sends `value` as `field`, and if it
    `asks` for a sentence, of which this is the label, what the reader writes as `text`.
    """

    label: str | Promise
    icon: str
    url_name: str
    fits: Callable[[Any, Any], bool]
    field: str = ""
    value: str = ""
    asks: str | Promise = ""


class ShownRow(NamedTuple):
    """A row with the buttons that the reader may press, and the addresses that these post to."""

    name: RowName
    row: WaitingRow
    acts: list[tuple[RowAct, str]]


@dataclass(frozen=True)
class Listing:
    """How Today lists a kind. The kinds stand in the order of `place`.

    `tone` is bad or warn; `url` returns the address of the page with all rows, `act` is what one does there.
    `row` presents a row, which is read with `related`, in this `order`; `acts` are its buttons. `concerned`
    returns the keys of those whom a row concerns, who are the first to whom it is offered to be given.
    """

    place: int
    icon: str
    tone: str
    act: str | Promise
    url: Callable[[], str]
    row: Callable[[Any], WaitingRow]
    related: tuple[str, ...] = ()
    order: tuple[str, ...] = ("-pk",)
    acts: tuple[RowAct, ...] = ()
    concerned: Callable[[Any], Collection[int]] = lambda row: ()

    def show(self, kind: str, one: Any, reader: Any) -> ShownRow:
        """Return a row as the reader sees it."""
        fitting = [act for act in self.acts if act.fits(reader, one)]
        return ShownRow(
            RowName(kind, _model_name(one), one.pk),
            self.row(one),
            [(act, reverse(act.url_name, args=[one.pk])) for act in fitting],
        )


@dataclass(frozen=True)
class WaitingKind:
    """`text` is a lazy plural of "%(n)d" ("%(n)d open alarms"). Without a listing, a kind is only counted."""

    name: str
    rows: WaitingRows
    text: Promise
    listing: Listing | None


class Waiting(NamedTuple):
    """What waits of a kind for a reader: how much, and the querysets of its rows."""

    reader: Any
    kind: WaitingKind
    number: int
    parts: Sequence[QuerySet[Any]]

    @property
    def text(self) -> str:
        return count_text(self.kind.name, self.number)

    def choose(self, names: Collection[RowName], *, only: bool) -> "Waiting":
        """Return the same with the rows of these names alone, or without them; the number stays."""
        parts = []
        for part in self.parts:
            of_part = (self.kind.name, _model_name(part.model))
            named = Q(pk__in=[one.key for one in names if (one.kind, one.model) == of_part])
            parts.append(part.filter(named if only else ~named))
        return self._replace(parts=parts)

    def rows(self, limit: int) -> list[ShownRow]:
        """Return the first rows; none of a kind that is only counted. Uses a query for each model."""
        listing = self.kind.listing
        if listing is None:
            return []
        rows: list[ShownRow] = []
        for part in self.parts:
            chosen = part.order_by(*listing.order)
            chosen = chosen.select_related(*listing.related) if listing.related else chosen
            rows += [listing.show(self.kind.name, one, self.reader) for one in chosen[: limit - len(rows)]]
            if len(rows) == limit:
                break
        return rows


_kinds: dict[str, WaitingKind] = {}
_put_off: list[PutOff] = []


def register_waiting(name: str, rows: WaitingRows, text: Promise, listing: Listing | None = None) -> None:
    """Register a kind of what waits. A tab of the menu that names it shows its number."""
    _kinds[name] = WaitingKind(name, rows, text, listing)


def register_put_off(condition: PutOff) -> None:
    """Register the condition of what a reader put off, which does not wait for them meanwhile."""
    _put_off.append(condition)


def registered_names() -> set[str]:
    """Return the names of all registered kinds."""
    return set(_kinds)


def listed_names() -> list[str]:
    """Return the names of the kinds that Today lists, in its order."""
    listed = [(kind.listing.place, name) for name, kind in _kinds.items() if kind.listing]
    return [name for _place, name in sorted(listed)]


def list_waiting(reader: Any, names: Iterable[str], *, put_off: bool = False) -> list[Waiting]:
    """Return what waits for a reader, or only what they put off, without the kinds that have no rows.

    Uses one query, or none.
    """
    parts = {name: _rows_of(reader, _kinds[name], put_off) for name in names}
    numbers = iter(count_rows([part for some in parts.values() for part in some]))
    counted = {name: [(part, next(numbers)) for part in some] for name, some in parts.items()}
    found = [
        Waiting(
            reader,
            _kinds[name],
            sum(number for _part, number in some),
            [part for part, number in some if number],
        )
        for name, some in counted.items()
    ]
    return [one for one in found if one.number]


def _rows_of(reader: Any, kind: WaitingKind, put_off: bool) -> list[QuerySet[Any]]:
    """Return the rows of a kind that wait, or that are put off; what is counted only cannot be put off."""
    parts = list(kind.rows(reader))
    if kind.listing is None:
        return parts
    for condition in _put_off:
        named = [(part, condition(reader, kind.name, _model_name(part.model))) for part in parts]
        parts = [part.filter(rows if put_off else ~rows) for part, rows in named]
    return parts


def waits_for(reader: Any, name: RowName) -> Any:
    """Return the row of this name if it waits for the reader, put off or not; None if it does not."""
    parts = _kinds[name.kind].rows(reader) if name.kind in listed_names() else ()
    found = (part.filter(pk=name.key).first() for part in parts if _model_name(part.model) == name.model)
    return next(found, None)


def describe_row(name: RowName, row: Any) -> WaitingRow:
    """Return how Today presents a row of a listed kind."""
    return _listing(name).row(row)


def concerned_people(name: RowName, row: Any) -> Collection[int]:
    """Return the keys of the people whom a row of a listed kind concerns."""
    return _listing(name).concerned(row)


def _listing(name: RowName) -> Listing:
    listing = _kinds[name.kind].listing
    if listing is None:
        raise LookupError(f"Today does not list {name.kind!r}.")
    return listing


def _model_name(model: Any) -> str:
    return str(model._meta.model_name)


def count_waiting(reader: Any, names: Collection[str]) -> dict[str, int]:
    """Return how much waits for a reader, by the names of kinds. Uses one query, or none."""
    return dict.fromkeys(names, 0) | {one.kind.name: one.number for one in list_waiting(reader, names)}


def count_rows(querysets: Sequence[QuerySet[Any]]) -> list[int]:
    """Return the number of rows of each queryset, in their order. Uses one query, or none."""
    numbers = [0] * len(querysets)
    if not querysets:
        return numbers
    counted = [
        rows.order_by()
        .select_related(None)
        .annotate(part=Value(place))
        .values_list("part")
        .annotate(number=Count("pk"))
        for place, rows in enumerate(querysets)
    ]
    for place, number in counted[0].union(*counted[1:], all=True):
        numbers[place] = number
    return numbers


def count_text(name: str, number: int) -> str:
    """Return a count in words."""
    return str(_kinds[name].text % {"n": number})
