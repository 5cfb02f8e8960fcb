"""Registry of mirrored models, pollers and reconcilers, which apps register in their `mirror` package."""

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
from console.mirror.reconciliation import AlreadyReconciling, ReconcileRun, start_run
from console.mirror.report import ReconcileReport

log = logging.getLogger(__name__)
Poller = Callable[[int], int]
Reconciler = Callable[[ReconcileRun], None]
RemoteFields = dict[str, Any]
FormatDifference = Callable[[str, Any, Any, Mapping[str, str]], tuple[str, str]]


def format_plainly(name: str, ours: Any, theirs: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Return both values as strings, for fields that need no formatting."""
    return str(ours), str(theirs)


@dataclass(frozen=True)
class MirroredModel:
    """A mirrored model, and how to resolve its differences from the service.

    - `resource` is its resource in the policy table.
    - `desired_fields(row)` returns the desired state with the field names of `observed`.
    - `push(row, fields, by)` sends these fields to the service and returns the operation. It creates a row
      that is gone at the service again.
    - `apply_remote(row, fields, by)` writes the service's values to the row.
    - `format(field, ours, theirs, names)` returns both values as text; `names` maps user IDs to names.
    - `related` names the related rows that `desired_fields` reads.
    - `gone_action_label` is the label of `apply_remote` for a row that is gone at the service; empty if it
      does nothing.
    - `is_immutable`: the service cannot change fields, so only a row that is gone can be pushed.
    - `masked_fields` are shown only as the text that `format` returns.

    `push` and `apply_remote` are audited, use one transaction, and raise ValidationError or PermissionDenied.
    """

    label: str
    resource: str
    desired_fields: Callable[[Any], RemoteFields]
    push: Callable[[Any, Collection[str], Any], Any]
    apply_remote: Callable[[Any, Collection[str], Any], None]
    optional: Collection[str] = ()
    labels: Mapping[str, str | Promise] = field(default_factory=dict)
    format: FormatDifference = format_plainly
    related: Collection[str] = ()
    gone_action_label: str | Promise = ""
    is_immutable: bool = False
    masked_fields: Collection[str] = ()

    @property
    def model(self) -> Any:
        return apps.get_model(self.label)


#: Rows per batch. Nothing is written while the first answers of a batch are pending, so that batches of 100
#: took a sixth longer per row.
POLL_BATCH_SIZE = 200

_mirrored_models: dict[str, MirroredModel] = {}
_pollers: dict[str, Poller] = {}
_reconcilers: list[tuple[int, str, Reconciler]] = []


def register_mirrored_model(
    model_label: str,
    *,
    resource: str,
    desired_fields: Callable[[Any], RemoteFields],
    push: Callable[[Any, Collection[str], Any], Any],
    apply_remote: Callable[[Any, Collection[str], Any], None],
    optional: Collection[str] = (),
    labels: Mapping[str, str | Promise] | None = None,
    format: FormatDifference = format_plainly,
    related: Collection[str] = (),
    gone_action_label: str | Promise = "",
    is_immutable: bool = False,
    masked_fields: Collection[str] = (),
) -> MirroredModel:
    """Register a mirrored model ("classes.Lesson"); `labels` maps its fields to labels for users.

    See MirroredModel for the other arguments.
    """
    mirrored = MirroredModel(
        label=model_label.lower(),
        resource=resource,
        desired_fields=desired_fields,
        push=push,
        apply_remote=apply_remote,
        optional=optional,
        labels=labels or {},
        format=format,
        related=related,
        gone_action_label=gone_action_label,
        is_immutable=is_immutable,
        masked_fields=masked_fields,
    )
    _mirrored_models[mirrored.label] = mirrored
    return mirrored


def mirrored_model_of(row: Any) -> MirroredModel:
    """Return the registration of a row, a model or a label; raise KeyError if it is not mirrored."""
    return _mirrored_models[row.lower() if isinstance(row, str) else row._meta.label_lower]


def mirrored_models() -> list[MirroredModel]:
    """Return every mirrored model, ordered by label."""
    return [_mirrored_models[label] for label in sorted(_mirrored_models)]


def register_poller(name: str) -> Callable[[Poller], Poller]:
    """Register `poller(limit) -> number of polled rows`, which is called while it returns more than 0."""

    def decorator(poller: Poller) -> Poller:
        _pollers[name] = poller
        return poller

    return decorator


def register_reconciler(name: str, *, order: int) -> Callable[[Reconciler], Reconciler]:
    """Register a reconciler: it compares one list of one school with the service."""

    def decorator(function: Reconciler) -> Reconciler:
        _reconcilers.append((order, name, function))
        _reconcilers.sort(key=lambda entry: entry[:2])
        return function

    return decorator


def poll_due_rows(batch: int = POLL_BATCH_SIZE, *, within_s: float = inf) -> int:
    """Poll all due rows; return how many.

    Start no further batch after `within_s` seconds, but run each poller at least once.
    """
    done, until = 0, time.monotonic() + within_s
    for poller in _pollers.values():
        while count := poller(batch):
            done += count
            if time.monotonic() >= until:
                break
    return done


def reconcile(enterprise: Any) -> dict[str, ReconcileReport]:
    """Run every reconciler for one school. A failure is reported and does not stop the others.

    If the service refuses the school's key, the remaining reconcilers do not run.
    """
    reports = {}
    for _order, name, function in _reconcilers:
        try:
            reports[name] = _run_reconciler(enterprise, name, function)
        except AlreadyReconciling:
            reports[name] = ReconcileReport(complete=False, problems=[_("another process is handling this")])
        except (SignatureRefused, UnknownEnterprise) as error:
            reports[name] = ReconcileReport(complete=False, problems=[str(error)])
            break
        except Exception as error:
            log.warning(
                "reconciliation %s of school %s failed: %s", name, enterprise.sdkappid, type(error).__name__
            )
            reports[name] = ReconcileReport(complete=False, problems=[str(error)])
    return reports


def _run_reconciler(enterprise: Any, name: str, function: Reconciler) -> ReconcileReport:
    """Run one reconciler under its lease. Its writes before a failure are kept."""
    run = start_run(enterprise, name)
    try:
        function(run)
    except Exception as error:
        run.report.complete = run.is_complete = False
        run.report.problems.append(str(error))
        raise
    finally:
        run.finish()
    return run.report


def reconcile_all() -> int:
    """Reconcile every school; return how many rows were written."""
    total = ReconcileReport()
    for enterprise in apps.get_model("accounts.Enterprise").objects.order_by("pk"):
        total = sum(reconcile(enterprise).values(), total)
    return total.writes
