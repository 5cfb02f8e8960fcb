"""Select rows that differ, over all mirrored models, within what the user may see."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, QuerySet, Value
from django.http import Http404
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.inputs.bounds import parse_id
from console.mirror.decisions import WHOLE_ROW, with_ignored
from console.mirror.models import IgnoredDifference
from console.mirror.registry import MirroredModel, mirrored_models
from console.outbox.states import SyncState
from console.policy import in_school, may, scoped

DIFFERING_STATES = (SyncState.CHANGED_OUTSIDE, SyncState.GONE)
STATE_CHOICES: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("to resolve")),
    ("changed_outside", gettext_lazy("changed outside")),
    ("repeat", gettext_lazy("already existed at iclass")),
    ("gone", gettext_lazy("missing at iclass")),
    ("ignored", gettext_lazy("ignored")),
)


class DifferenceFilter(forms.Form):
    """Select differences by the query string; unknown values are ignored."""

    fields: dict[str, Any]
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=STATE_CHOICES)
    sort = forms.ChoiceField(label=gettext_lazy("Action"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sorts = [
            (mirrored.model._meta.model_name, mirrored.model._meta.verbose_name_plural)
            for mirrored in mirrored_models()
        ]
        self.fields["sort"].choices = [("", _("all")), *sorts]

    def rows(self, reader: Any) -> "QuerySetChain":
        """Return the selected rows; the state "" means all that wait for a decision."""
        self.is_valid()
        chosen = self.cleaned_data
        return QuerySetChain(
            [
                _filter_state(_visible_rows(reader, mirrored), mirrored, chosen.get("state") or "")
                for mirrored in mirrored_models()
                if chosen.get("sort") in ("", None, mirrored.model._meta.model_name)
            ]
        )


class QuerySetChain:
    """A sequence of rows of several models for a paginator. All sizes are counted in one query."""

    ordered = True

    def __init__(self, parts: list[QuerySet[Any]]) -> None:
        self.parts = parts

    @cached_property
    def sizes(self) -> list[int]:
        """The number of rows of each part, counted in one query."""
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
            yield from with_ignored(part)

    def __getitem__(self, index: slice) -> list[Any]:
        begin, end = index.start or 0, index.stop
        rows: list[Any] = []
        for part, size in zip(self.parts, self.sizes, strict=True):
            if begin < size:
                rows += with_ignored(part)[begin : min(size, end)]
            begin, end = max(0, begin - size), end - size
            if end <= 0:
                break
        return rows


def undecided_rows(reader: Any) -> list[QuerySet[Any]]:
    """Return the rows that wait for a decision of this user, by model."""
    return DifferenceFilter({}).rows(reader).parts if may(reader, "list", "drift") else []


def find_row(reader: Any, key: str) -> Any:
    """Return a mirrored row of the user's school by its key ("lesson-12"), or raise Http404."""
    name, _dash, number = key.partition("-")
    sorts = {mirrored.model._meta.model_name: mirrored for mirrored in mirrored_models()}
    if name in sorts and parse_id(number) is not None:
        mirrored = sorts[name]
        rows = in_school(_rows_with_related(mirrored), reader, mirrored.resource)
        if row := rows.filter(pk=number).first():
            return row
    raise Http404(_("This does not exist in your school."))


def _rows_with_related(mirrored: MirroredModel) -> QuerySet[Any]:
    rows: QuerySet[Any] = mirrored.model._default_manager.select_related(*mirrored.related)
    return rows


def _visible_rows(reader: Any, mirrored: MirroredModel) -> QuerySet[Any]:
    return scoped(_rows_with_related(mirrored), reader, mirrored.resource, "list").order_by("-pk")


def _filter_state(rows: QuerySet[Any], mirrored: MirroredModel, state: str) -> QuerySet[Any]:
    ignored = IgnoredDifference.objects.filter(subject_type=mirrored.label, subject_id=OuterRef("pk"))
    if state == "ignored":
        return rows.filter(Exists(ignored))
    if state == "repeat":
        return rows.filter(sync_state=SyncState.CHANGED_OUTSIDE, sync_reason="repeat_conflict")
    undecided = rows.filter(sync_state__in=[state] if state else DIFFERING_STATES)
    return undecided.exclude(Exists(ignored.filter(field=WHOLE_ROW)), sync_state=SyncState.GONE)
