"""Choosing rows that differ, over all mirrored models at once, within what the reader may see."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, QuerySet, Value
from django.http import Http404
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.mirror.desk import RESOURCES, WHOLE, with_left
from console.mirror.models import Ignored
from console.mirror.registry import Twin, twins
from console.outbox.states import SyncState
from console.policy import in_school, may, scoped

DIFFERING = (SyncState.CHANGED_OUTSIDE, SyncState.GONE)
STATES: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("to be decided")),
    ("changed_outside", gettext_lazy("changed outside")),
    ("repeat", gettext_lazy("was at iclass before")),
    ("gone", gettext_lazy("gone from iclass")),
    ("ignored", gettext_lazy("ignored")),
)


class DifferenceFilter(forms.Form):
    """The part of the address that chooses differences; what nobody knows narrows nothing."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=STATES)
    sort = forms.ChoiceField(label=gettext_lazy("What"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        sorts = [(twin.model._meta.model_name, twin.model._meta.verbose_name_plural) for twin in twins()]
        self.fields["sort"].choices = [("", _("all")), *sorts]

    def rows(self, reader: Any) -> "Rows":
        """The chosen rows; the state "" means all that wait for a decision."""
        self.is_valid()
        chosen = self.cleaned_data
        return Rows(
            [
                _of_state(_seen_by(reader, twin), twin, chosen.get("state") or "")
                for twin in twins()
                if chosen.get("sort") in ("", None, twin.model._meta.model_name)
            ]
        )


class Rows:
    """Rows of several models one after the other, as a paginator wants them: one query for all sizes."""

    ordered = True

    def __init__(self, parts: list[QuerySet[Any]]) -> None:
        self.parts = parts

    @cached_property
    def sizes(self) -> list[int]:
        """How many each part holds, counted in one statement."""
        counted = [
            part.order_by().annotate(part=Value(place)).values_list("part").annotate(number=Count("pk"))
            for place, part in enumerate(self.parts)
        ]
        sizes = dict(counted[0].union(*counted[1:], all=True))
        return [sizes.get(place, 0) for place in range(len(counted))]

    def count(self) -> int:
        return sum(self.sizes)

    def __len__(self) -> int:
        return self.count()

    def __iter__(self) -> Iterator[Any]:
        for part in self.parts:
            yield from with_left(part)

    def __getitem__(self, asked: slice) -> list[Any]:
        begin, end = asked.start or 0, asked.stop
        rows: list[Any] = []
        for part, size in zip(self.parts, self.sizes, strict=True):
            if begin < size:
                rows += with_left(part)[begin : min(size, end)]
            begin, end = max(0, begin - size), end - size
            if end <= 0:
                break
        return rows


def number_of_differences(reader: Any) -> int:
    """How many rows wait for a decision of this reader."""
    return DifferenceFilter({}).rows(reader).count() if may(reader, "list", "drift") else 0


def row_of(reader: Any, key: str) -> Any:
    """A mirrored row of the reader's school by its key ("lesson-12"). Http404 where there is none."""
    name, _dash, number = key.partition("-")
    sorts = {twin.model._meta.model_name: twin for twin in twins()}
    if name in sorts and number.isascii() and number.isdigit() and len(number) < 19:
        twin = sorts[name]
        rows = in_school(_related(twin), reader, RESOURCES[twin.label])
        if row := rows.filter(pk=number).first():
            return row
    raise Http404(_("There is no such thing in your school."))


def _related(twin: Twin) -> QuerySet[Any]:
    rows: QuerySet[Any] = twin.model._default_manager.select_related(*twin.related)
    return rows


def _seen_by(reader: Any, twin: Twin) -> QuerySet[Any]:
    return scoped(_related(twin), reader, RESOURCES[twin.label], "list").order_by("-pk")


def _of_state(rows: QuerySet[Any], twin: Twin, state: str) -> QuerySet[Any]:
    left = Ignored.objects.filter(subject_type=twin.label, subject_id=OuterRef("pk"))
    if state == "ignored":
        return rows.filter(Exists(left))
    if state == "repeat":
        return rows.filter(sync_state=SyncState.CHANGED_OUTSIDE, sync_reason="repeat_conflict")
    undecided = rows.filter(sync_state__in=[state] if state else DIFFERING)
    return undecided.exclude(Exists(left.filter(field=WHOLE)), sync_state=SyncState.GONE)
