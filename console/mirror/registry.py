"""What the mirror looks at: apps register pollers and walks in `mirror`, and what differs in `drift`."""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.functional import Promise

log = logging.getLogger(__name__)
Poller = Callable[[int], int]
Walk = Callable[[Any], "Report"]
Words = dict[str, Any]


@dataclass(frozen=True)
class Twin:
    """A model that the service has too, and what may be done where the two differ.

    `wanted(row)` is what the school wants in the words of `observed`. `push(row, fields, by)` makes the
    service equal to ours in these fields and returns the operation; for a row that is gone at the service
    it makes it there again. `take(row, fields, by)` writes the service's values into our columns. Both are
    audited, each in one transaction, and raise ValidationError or PermissionDenied where it cannot be.
    """

    label: str
    wanted: Callable[[Any], Words]
    push: Callable[[Any, Collection[str], Any], Any]
    take: Callable[[Any, Collection[str], Any], None]
    optional: Collection[str] = ()
    labels: Mapping[str, str | Promise] = field(default_factory=dict)

    @property
    def model(self) -> Any:
        return apps.get_model(self.label)


@dataclass
class Report:
    """What a walk did, in numbers of rows."""

    seen: int = 0
    adopted: int = 0
    changed: int = 0
    gone: int = 0
    complete: bool = True
    problems: list[str] = field(default_factory=list)

    def __add__(self, other: "Report") -> "Report":
        return Report(
            self.seen + other.seen,
            self.adopted + other.adopted,
            self.changed + other.changed,
            self.gone + other.gone,
            self.complete and other.complete,
            self.problems + other.problems,
        )


_twins: dict[str, Twin] = {}
_pollers: dict[str, Poller] = {}
_walks: list[tuple[int, str, Walk]] = []


def mirrored(
    model_label: str,
    *,
    wanted: Callable[[Any], Words],
    push: Callable[[Any, Collection[str], Any], Any],
    take: Callable[[Any, Collection[str], Any], None],
    optional: Collection[str] = (),
    labels: Mapping[str, str | Promise] | None = None,
) -> Twin:
    """Register a mirrored model ("classes.Lesson"); `labels` names its fields in the words of a school."""
    twin = Twin(model_label.lower(), wanted, push, take, optional, labels or {})
    _twins[twin.label] = twin
    return twin


def twin_of(row: Any) -> Twin:
    """The registration of a row, a model or a label; KeyError for what is not mirrored."""
    return _twins[row.lower() if isinstance(row, str) else row._meta.label_lower]


def twins() -> list[Twin]:
    """Every mirrored model, by label."""
    return [_twins[label] for label in sorted(_twins)]


def poller(name: str) -> Callable[[Poller], Poller]:
    """Register `look(limit) -> number of rows looked at`, called while it returns more than 0."""

    def keep(look: Poller) -> Poller:
        _pollers[name] = look
        return look

    return keep


def walk(name: str, *, order: int) -> Callable[[Walk], Walk]:
    """Register `walk(enterprise) -> Report`: compare everything of one sort with the service."""

    def keep(function: Walk) -> Walk:
        _walks.append((order, name, function))
        _walks.sort(key=lambda entry: entry[:2])
        return function

    return keep


def poll(batch: int = 100) -> int:
    """Look at all that is due; returns how many rows."""
    done = 0
    for look in _pollers.values():
        while seen := look(batch):
            done += seen
    return done


def reconcile(enterprise: Any) -> dict[str, Report]:
    """Every walk of one school. A walk that fails is reported and does not stop the others."""
    reports = {}
    for _order, name, function in _walks:
        try:
            reports[name] = function(enterprise)
        except Exception as error:
            log.warning("walk %s of school %s failed: %s", name, enterprise.sdkappid, type(error).__name__)
            reports[name] = Report(complete=False, problems=[str(error)])
    return reports


def reconcile_all() -> int:
    """Every walk of every school; returns how many rows were adopted or changed."""
    total = Report()
    for enterprise in apps.get_model("accounts.Enterprise").objects.order_by("pk"):
        total = sum(reconcile(enterprise).values(), total)
    return total.adopted + total.changed + total.gone
