"""Rows that differ from the service, in words, and what a person decides about them.

A row is gone at the service, or differs in some fields. Push sends ours, take makes ours follow, ignore
leaves the two as they are for exactly these values, restore takes an ignoring back.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.badges import Badge, sync_badge
from console.mirror.drift import FREE, decide, differences_of
from console.mirror.models import Ignored
from console.mirror.registry import Twin, twin_of
from console.outbox.states import SyncState
from console.policy import may, refusal

#: The field of an Ignored that stands for a whole row: gone there, kept here.
WHOLE = ""
#: Mirrored model → its resource in the policy table.
RESOURCES = {
    "accounts.enterprise": "school",
    "accounts.user": "person",
    "classes.lesson": "lesson",
    "documents.document": "document",
}
#: Act of the desk → the right that it needs on the row's own resource.
RIGHTS = {"push": "push", "take": "change"}


@dataclass(frozen=True)
class Pair:
    """One field: both values as they are and in words; `ignored` where somebody left them so."""

    name: str
    label: str | Promise
    ours: Any
    theirs: Any
    ours_told: str
    theirs_told: str
    ignored: bool
    hidden: bool = False


@dataclass(frozen=True)
class Line:
    """One row that differs. `kept` where it is gone and somebody decided to keep it here alone."""

    row: Any
    twin: Twin
    pairs: list[Pair]
    gone: bool
    kept: bool

    @property
    def key(self) -> str:
        return f"{self.row._meta.model_name}-{self.row.pk}"

    @property
    def sort(self) -> str | Promise:
        name: str | Promise = self.row._meta.verbose_name
        return name

    @property
    def badge(self) -> Badge:
        return sync_badge(SyncState.GONE if self.gone else SyncState.CHANGED_OUTSIDE)

    @property
    def url(self) -> str:
        return self.row.get_absolute_url() if hasattr(self.row, "get_absolute_url") else ""

    @property
    def open(self) -> list[Pair]:
        return [pair for pair in self.pairs if not pair.ignored]

    @property
    def ignored(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.ignored]

    @property
    def unsettled(self) -> bool:
        """Whether somebody has something to decide."""
        return not self.kept if self.gone else bool(self.open)

    @property
    def seen(self) -> str:
        """A digest of both sides: who decides names what they saw."""
        shown = [self.gone, self.kept, [[one.name, one.ours, one.theirs, one.ignored] for one in self.pairs]]
        text = json.dumps(shown, cls=DjangoJSONEncoder, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def acts(self) -> list[str]:
        """What may be done now, whoever asks; nothing while an operation is under way."""
        if self.row.sync_state not in FREE:
            return []
        left = bool(self.kept or self.ignored)
        if not self.unsettled:
            return ["restore"] if left else []
        push = [] if self.twin.fixed and not self.gone else ["push"]
        take = [] if self.gone and not self.twin.when_gone else ["take"]
        return [*push, *take, "ignore", *(["restore"] if left else [])]


def lines_of(rows: Sequence[Any]) -> list[Line]:
    """The rows in words, with one query for the names of all people on both sides. Many come `with_left`."""
    found = [(row, {} if row.sync_state == SyncState.GONE else differences_of(row)) for row in rows]
    names = _names(found)
    return [_line(row, pairs, _left(row), names) for row, pairs in found]


def line_of(row: Any) -> Line:
    return lines_of([row])[0]


def _line(row: Any, found: Mapping[str, Any], left: Mapping[str, Any], names: Mapping[str, str]) -> Line:
    twin = twin_of(row)
    pairs = []
    for name, (ours, theirs) in found.items():
        told = twin.tell(name, ours, theirs, names)
        ignored = left.get(name) == (ours, theirs)
        hidden = name in twin.hidden
        pairs.append(Pair(name, twin.labels.get(name, name), ours, theirs, *told, ignored, hidden))
    return Line(row, twin, pairs, row.sync_state == SyncState.GONE, WHOLE in left)


def with_left(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows, each with what was ignored of it, so that many take no further query."""
    left = Ignored.objects.filter(subject_type=rows.model._meta.label_lower, subject_id=OuterRef("pk"))
    told = left.values(told=JSONObject(field="field", ours="ours", theirs="theirs"))
    return rows.annotate(left_so=ArraySubquery(told))


def _left(row: Any) -> dict[str, tuple[Any, Any]]:
    """Field → the two values that were left as they are."""
    if hasattr(row, "left_so"):
        found = row.left_so
    else:
        left = Ignored.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk)
        found = left.values("field", "ours", "theirs")
    return {one["field"]: (one["ours"], one["theirs"]) for one in found}


def _names(found: Iterable[tuple[Any, Mapping[str, tuple[Any, Any]]]]) -> dict[str, str]:
    """The names of all whom either side may mention; the rows are of one school."""
    words, schools = set(), set()
    for row, pairs in found:
        schools.add(getattr(row, "enterprise_id", row.pk))
        for value in (one for pair in pairs.values() for one in pair):
            words |= set(value) if isinstance(value, dict) else {value} if isinstance(value, str) else set()
    if not words:
        return {}
    people = get_user_model()._default_manager.filter(enterprise__in=schools, user_id__in=words)
    return dict(people.values_list("user_id", "nickname"))


def may_act(reader: Any, act: str, row: Any) -> bool:
    """The desk's own right, and for what changes a side the right to the row."""
    if not may(reader, act, "drift"):
        return False
    resource = RESOURCES[row._meta.label_lower]
    return may(reader, RIGHTS.get(act, "view"), resource, row)


def _refusal(reader: Any, act: str, row: Any) -> str:
    """Who may: by the right that this reader lacks."""
    if not may(reader, act, "drift"):
        return refusal(act, "drift")
    return refusal(RIGHTS.get(act, "view"), RESOURCES[row._meta.label_lower])


@transaction.atomic
def act(name: str, row: Any, *, by: Any, fields: Collection[str] | None = None, seen: str = "") -> Line:
    """Push, take, ignore or restore, for `fields` or all of them; returns the line as it was before.

    `seen` is the digest of what the person saw. ValidationError where that has changed meanwhile, where there
    is nothing to decide or the service or the row does not allow it; PermissionDenied for want of a right.
    """
    row = _locked(row)
    if not may_act(by, name, row):
        raise PermissionDenied(_refusal(by, name, row))
    line = line_of(row)
    if seen and seen != line.seen:
        raise ValidationError(_("Its values have changed meanwhile. Look again, then decide."))
    if name not in line.acts:
        raise ValidationError(_("There is nothing of this to decide now. Look again."))
    _ACTS[name](line, _chosen(line, name, fields), by)
    return line


def _locked(row: Any) -> Any:
    """The row as it is now, kept from others until the end of the transaction."""
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    return rows.select_related(*twin_of(row).related).get(pk=row.pk)


def _chosen(line: Line, name: str, fields: Collection[str] | None) -> list[Pair]:
    if line.gone:
        return []
    pairs = line.ignored if name == "restore" else line.open
    chosen = [pair for pair in pairs if fields is None or pair.name in fields]
    if not chosen or (fields is not None and len(chosen) < len(set(fields))):
        raise ValidationError(_("Choose fields in which the two sides differ."))
    return chosen


def _push(line: Line, pairs: list[Pair], by: Any) -> None:
    _forget(line, pairs)
    line.twin.push(line.row, [pair.name for pair in pairs], by)


def _take(line: Line, pairs: list[Pair], by: Any) -> None:
    _forget(line, pairs)
    line.twin.take(line.row, [pair.name for pair in pairs], by)


def _ignore(line: Line, pairs: list[Pair], by: Any) -> None:
    row = line.row
    values = {pair.name: (pair.ours, pair.theirs) for pair in pairs} or {WHOLE: (None, None)}
    for name, (ours, theirs) in values.items():
        Ignored.objects.update_or_create(
            subject_type=row._meta.label_lower,
            subject_id=row.pk,
            field=name,
            defaults={
                "enterprise_id": getattr(row, "enterprise_id", row.pk),
                "subject_label": str(row)[:200],
                "ours": ours,
                "theirs": theirs,
                "by": by,
            },
        )
    told = {name: {"ours": ours, "theirs": theirs} for name, (ours, theirs) in values.items()}
    record("drift.ignore", row, by=by, after=told)
    _decide_anew(line)


def _restore(line: Line, pairs: list[Pair], by: Any) -> None:
    record("drift.restore", line.row, by=by, after={"fields": [pair.name for pair in pairs]})
    _forget(line, pairs)
    _decide_anew(line)


def _decide_anew(line: Line) -> None:
    """The state of a row follows its fields; one that is gone stays gone."""
    if not line.gone:
        decide(line.row)


def _forget(line: Line, pairs: list[Pair]) -> None:
    left = Ignored.objects.filter(subject_type=line.row._meta.label_lower, subject_id=line.row.pk)
    left.filter(field__in=[pair.name for pair in pairs] or [WHOLE]).delete()


_ACTS: dict[str, Callable[[Line, list[Pair], Any], None]] = {
    "push": _push,
    "take": _take,
    "ignore": _ignore,
    "restore": _restore,
}
