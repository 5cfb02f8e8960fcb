"""What the mirror looks at: apps register pollers and walks in `mirror`, and what differs in `drift`."""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from console.iclass import SignatureRefused, UnknownEnterprise
from console.mirror.report import Report
from console.mirror.walking import Round, Taken, begin

log = logging.getLogger(__name__)
Poller = Callable[[int], int]
Walk = Callable[[Round], None]
Words = dict[str, Any]
Tell = Callable[[str, Any, Any, Mapping[str, str]], tuple[str, str]]


def tell_plainly(name: str, ours: Any, theirs: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Both values as they are, for fields that are words already."""
    return str(ours), str(theirs)


@dataclass(frozen=True)
class Twin:
    """A model that the service has too, and what may be done where the two differ.

    `wanted(row)` is what the school wants in the words of `observed`. `push(row, fields, by)` makes the
    service equal to ours in these fields and returns the operation; for a row that is gone at the service
    it makes it there again. `take(row, fields, by)` writes the service's values into our columns. Both are
    audited, each in one transaction, and raise ValidationError or PermissionDenied where it cannot be.
    `tell(field, ours, theirs, names)` says both values in words; `names` has the names of user ids, `related`
    what `wanted` reads of other rows. `when_gone` names what `take` does here to a row that is gone there;
    empty where it does nothing. Of a `fixed` row the service changes no field: only a gone one is pushed.
    Of `hidden` fields nobody is shown more than what `tell` says.
    """

    label: str
    wanted: Callable[[Any], Words]
    push: Callable[[Any, Collection[str], Any], Any]
    take: Callable[[Any, Collection[str], Any], None]
    optional: Collection[str] = ()
    labels: Mapping[str, str | Promise] = field(default_factory=dict)
    tell: Tell = tell_plainly
    related: Collection[str] = ()
    when_gone: str | Promise = ""
    fixed: bool = False
    hidden: Collection[str] = ()

    @property
    def model(self) -> Any:
        return apps.get_model(self.label)


#: Rows looked at in one go. While the first answers of a batch are on their way nothing is written, so that
#: 100 in one took a sixth longer each.
BATCH = 200

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
    tell: Tell = tell_plainly,
    related: Collection[str] = (),
    when_gone: str | Promise = "",
    fixed: bool = False,
    hidden: Collection[str] = (),
) -> Twin:
    """Register a mirrored model ("classes.Lesson"); `labels` names its fields in the words of a school.

    `related` is what `wanted` reads of other rows, for many rows at once.
    """
    told = (optional, labels or {}, tell, related, when_gone, fixed, hidden)
    twin = Twin(model_label.lower(), wanted, push, take, *told)
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
    """Register a walk: compare everything of one sort of one school with the service."""

    def keep(function: Walk) -> Walk:
        _walks.append((order, name, function))
        _walks.sort(key=lambda entry: entry[:2])
        return function

    return keep


def poll(batch: int = BATCH, *, within_s: float = inf) -> int:
    """Look at all that is due; returns how many rows.

    After `within_s` seconds nothing more is begun: each sort has had one batch at least.
    """
    done, until = 0, time.monotonic() + within_s
    for look in _pollers.values():
        while seen := look(batch):
            done += seen
            if time.monotonic() >= until:
                break
    return done


def reconcile(enterprise: Any) -> dict[str, Report]:
    """Every walk of one school. A walk that fails is reported and does not stop the others.

    Where the service refuses the school's key, the walks that follow are not tried.
    """
    reports = {}
    for _order, name, function in _walks:
        try:
            reports[name] = _walked(enterprise, name, function)
        except Taken:
            reports[name] = Report(complete=False, problems=[_("another process is at it")])
        except (SignatureRefused, UnknownEnterprise) as error:
            reports[name] = Report(complete=False, problems=[str(error)])
            break
        except Exception as error:
            log.warning("walk %s of school %s failed: %s", name, enterprise.sdkappid, type(error).__name__)
            reports[name] = Report(complete=False, problems=[str(error)])
    return reports


def _walked(enterprise: Any, name: str, function: Walk) -> Report:
    """One walk, under its lease; what it wrote before it failed stands."""
    round_ = begin(enterprise, name)
    try:
        function(round_)
    except Exception as error:
        round_.report.complete = round_.whole = False
        round_.report.problems.append(str(error))
        raise
    finally:
        round_.finish()
    return round_.report


def reconcile_all() -> int:
    """Every walk of every school; returns how many rows were written."""
    total = Report()
    for enterprise in apps.get_model("accounts.Enterprise").objects.order_by("pk"):
        total = sum(reconcile(enterprise).values(), total)
    return total.writes
