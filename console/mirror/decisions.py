"""Rows that differ from the service, and the decisions of a person about them.

A row is gone at the service, or differs in some fields. `push` sends the local values, `take` adopts the
remote ones, `ignore` keeps both while they have exactly these values, and `restore` undoes `ignore`.
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
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.concurrency import Conflict, service
from console.mirror.differences import UPDATABLE_STATES, differences_of, update_sync_state
from console.mirror.models import IgnoredDifference
from console.mirror.registry import MirroredModel, mirrored_model_of
from console.outbox.states import SyncState
from console.policy import may, refusal_message
from console.ui.badges import Badge, sync_badge

#: The `field` of an Ignored for a whole row that is gone at the service and kept here.
WHOLE_ROW = ""
#: Maps a decision to the action that it requires on the row's resource.
ROW_PERMISSIONS = {"push": "push", "take": "change"}


@dataclass(frozen=True)
class FieldDifference:
    """One field: both values, raw and as text. `ignored` if a person decided to keep both."""

    name: str
    label: str | Promise
    ours: Any
    theirs: Any
    ours_told: str
    theirs_told: str
    ignored: bool
    hidden: bool = False


@dataclass(frozen=True)
class RowDifferences:
    """One row that differs. `kept` if it is gone at the service and a person decided to keep it here."""

    row: Any
    mirrored_model: MirroredModel
    pairs: list[FieldDifference]
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
    def open(self) -> list[FieldDifference]:
        return [pair for pair in self.pairs if not pair.ignored]

    @property
    def ignored(self) -> list[FieldDifference]:
        return [pair for pair in self.pairs if pair.ignored]

    @property
    def is_undecided(self) -> bool:
        """Whether a decision is pending."""
        return not self.kept if self.gone else bool(self.open)

    @property
    def seen(self) -> str:
        """A digest of both sides, sent back with a decision to detect changes in between."""
        shown = [self.gone, self.kept, [[one.name, one.ours, one.theirs, one.ignored] for one in self.pairs]]
        text = json.dumps(shown, cls=DjangoJSONEncoder, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def acts(self) -> list[str]:
        """The decisions that are possible now, regardless of permissions; none while an operation is open."""
        if self.row.sync_state not in UPDATABLE_STATES:
            return []
        has_ignored = bool(self.kept or self.ignored)
        if not self.is_undecided:
            return ["restore"] if has_ignored else []
        push = [] if self.mirrored_model.is_immutable and not self.gone else ["push"]
        take = [] if self.gone and not self.mirrored_model.gone_action_label else ["take"]
        return [*push, *take, "ignore", *(["restore"] if has_ignored else [])]


def list_row_differences(rows: Sequence[Any]) -> list[RowDifferences]:
    """Return the differences of rows, with one query for the names of all people on both sides.

    Annotate many rows by `with_ignored` to avoid a query for each.
    """
    found = [(row, {} if row.sync_state == SyncState.GONE else differences_of(row)) for row in rows]
    names = _nicknames(found)
    return [_build_row_differences(row, pairs, _ignored_pairs(row), names) for row, pairs in found]


def get_row_differences(row: Any) -> RowDifferences:
    return list_row_differences([row])[0]


def _build_row_differences(
    row: Any, found: Mapping[str, Any], ignored_values: Mapping[str, Any], names: Mapping[str, str]
) -> RowDifferences:
    mirrored = mirrored_model_of(row)
    pairs = []
    for name, (ours, theirs) in found.items():
        texts = mirrored.format(name, ours, theirs, names)
        ignored = ignored_values.get(name) == (ours, theirs)
        hidden = name in mirrored.masked_fields
        label = mirrored.labels.get(name, name)
        pairs.append(FieldDifference(name, label, ours, theirs, *texts, ignored, hidden))
    return RowDifferences(row, mirrored, pairs, row.sync_state == SyncState.GONE, WHOLE_ROW in ignored_values)


def with_ignored(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate rows with their ignored differences as `ignored_values`."""
    ignored = IgnoredDifference.objects.filter(
        subject_type=rows.model._meta.label_lower, subject_id=OuterRef("pk")
    )
    values = ignored.values(pair=JSONObject(field="field", ours="ours", theirs="theirs"))
    annotated: QuerySet[Any] = rows.annotate(ignored_values=ArraySubquery(values))
    return annotated


def _ignored_pairs(row: Any) -> dict[str, tuple[Any, Any]]:
    """Return the ignored values (ours, theirs) by field."""
    if hasattr(row, "ignored_values"):
        found = row.ignored_values
    else:
        ignored = IgnoredDifference.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk)
        found = ignored.values("field", "ours", "theirs")
    return {one["field"]: (one["ours"], one["theirs"]) for one in found}


def _nicknames(found: Iterable[tuple[Any, Mapping[str, tuple[Any, Any]]]]) -> dict[str, str]:
    """Return the names of all people whose user IDs occur on either side. The rows are of one school."""
    values, schools = set(), set()
    for row, pairs in found:
        schools.add(getattr(row, "enterprise_id", row.pk))
        for value in (one for pair in pairs.values() for one in pair):
            values |= set(value) if isinstance(value, dict) else {value} if isinstance(value, str) else set()
    if not values:
        return {}
    people = get_user_model()._default_manager.filter(enterprise__in=schools, user_id__in=values)
    return dict(people.values_list("user_id", "nickname"))


def may_decide(reader: Any, act: str, row: Any) -> bool:
    """Return whether the user may decide so: by the rules for differences and for the row itself."""
    if not may(reader, act, "drift"):
        return False
    return may(reader, ROW_PERMISSIONS.get(act, "view"), mirrored_model_of(row).resource, row)


def _permission_message(reader: Any, act: str, row: Any) -> str:
    """Return the refusal message for the permission that the user lacks."""
    if not may(reader, act, "drift"):
        return refusal_message(reader, act, "drift")
    return refusal_message(reader, ROW_PERMISSIONS.get(act, "view"), mirrored_model_of(row).resource)


@service
def apply_decision(
    name: str, row: Any, *, by: Any, fields: Collection[str] | None = None, seen: str = ""
) -> RowDifferences:
    """Push, take, ignore or restore the given fields, or all; return the differences as they were before.

    `seen` is the digest that the person saw. Raise Conflict if it has changed since, ValidationError if there
    is nothing to decide or the service or the row does not allow it, and PermissionDenied without permission.
    """
    row = _lock_row(row)
    if not may_decide(by, name, row):
        raise PermissionDenied(_permission_message(by, name, row))
    line = get_row_differences(row)
    if seen and seen != line.seen:
        raise Conflict(_("The values have changed in the meantime. Check again, then decide."))
    if name not in line.acts:
        raise ValidationError(_("There are no differences to resolve now. Check again."))
    _DECISIONS[name](line, _chosen_fields(line, name, fields), by)
    return line


def _lock_row(row: Any) -> Any:
    """Return the row as it is stored now, locked until the end of the transaction."""
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    return rows.select_related(*mirrored_model_of(row).related).get(pk=row.pk)


def _chosen_fields(line: RowDifferences, name: str, fields: Collection[str] | None) -> list[FieldDifference]:
    if line.gone:
        return []
    pairs = line.ignored if name == "restore" else line.open
    chosen = [pair for pair in pairs if fields is None or pair.name in fields]
    if not chosen or (fields is not None and len(chosen) < len(set(fields))):
        raise ValidationError(_("Choose fields that differ."))
    return chosen


def _push(line: RowDifferences, pairs: list[FieldDifference], by: Any) -> None:
    _delete_ignored(line, pairs)
    line.mirrored_model.push(line.row, [pair.name for pair in pairs], by)


def _take(line: RowDifferences, pairs: list[FieldDifference], by: Any) -> None:
    _delete_ignored(line, pairs)
    line.mirrored_model.apply_remote(line.row, [pair.name for pair in pairs], by)


def _ignore(line: RowDifferences, pairs: list[FieldDifference], by: Any) -> None:
    row = line.row
    values = {pair.name: (pair.ours, pair.theirs) for pair in pairs} or {WHOLE_ROW: (None, None)}
    for name, (ours, theirs) in values.items():
        IgnoredDifference.objects.update_or_create(
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
    after = {name: {"ours": ours, "theirs": theirs} for name, (ours, theirs) in values.items()}
    record("drift.ignore", row, by=by, after=after)
    _refresh_sync_state(line)


def _restore(line: RowDifferences, pairs: list[FieldDifference], by: Any) -> None:
    record("drift.restore", line.row, by=by, after={"fields": [pair.name for pair in pairs]})
    _delete_ignored(line, pairs)
    _refresh_sync_state(line)


def _refresh_sync_state(line: RowDifferences) -> None:
    """Update the sync state of a row from its fields, unless it is gone at the service."""
    if not line.gone:
        update_sync_state(line.row)


def _delete_ignored(line: RowDifferences, pairs: list[FieldDifference]) -> None:
    ignored = IgnoredDifference.objects.filter(
        subject_type=line.row._meta.label_lower, subject_id=line.row.pk
    )
    ignored.filter(field__in=[pair.name for pair in pairs] or [WHOLE_ROW]).delete()


_DECISIONS: dict[str, Callable[[RowDifferences, list[FieldDifference], Any], None]] = {
    "push": _push,
    "take": _take,
    "ignore": _ignore,
    "restore": _restore,
}
