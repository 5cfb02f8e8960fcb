"""What the mirror looks at: apps register their pollers and walks in their `mirror` module."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

log = logging.getLogger(__name__)
Poller = Callable[[int], int]
Walk = Callable[[Any], "Report"]


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


_pollers: dict[str, Poller] = {}
_walks: list[tuple[int, str, Walk]] = []


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
