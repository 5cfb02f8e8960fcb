"""Telling what is gone at the service from what a list only left out.

A list may shift under the walk (`index` is a row offset), lag behind or be cut off. So a row is absent
only where a list was read whole; and it is gone only where two such walks in a row missed it and the
service, asked for it alone, says that there is no such thing. Gone rows stay, with all that hangs on them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import F, Model
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.failpoints import defence
from console.iclass import IClassError, NotFound
from console.mirror.models import Missed, Watched
from console.mirror.walking import CHUNK, Round
from console.outbox.models import Operation
from console.outbox.states import OPEN, SyncState

TWICE = defence("mirror.absent_twice", "a row that one walk missed is not taken for gone")
INFO = defence("mirror.info_decides", "a row that the lists leave out is asked for before it is gone")
A = TypeVar("A")


def absent(
    walk: Round,
    model: type[Model],
    expected: Mapping[str, int],
    seen: Collection[str],
    question: Callable[[str], A],
) -> list[tuple[int, A]]:
    """Find out about rows (remote id → pk) that a list left out, and mark those that are gone.

    `question` asks the service for one of them, NotFound where there is none. Returns those that only the
    list left out, with what the service says of them.
    """
    away = {key: pk for key, pk in expected.items() if key not in seen}
    missed = _missed_before(walk, model, set(away.values()))
    if not walk.whole:
        return []
    label = model._meta.label_lower
    Missed.objects.bulk_create(
        (
            Missed(enterprise=walk.enterprise, subject_type=label, subject_id=pk, generation=walk.generation)
            for pk in away.values()
            if pk not in missed
        ),
        ignore_conflicts=True,
    )
    return _ask(walk, model, {key: pk for key, pk in away.items() if pk in missed or not TWICE.up}, question)


def _missed_before(walk: Round, model: type[Model], away: set[int]) -> set[int]:
    """Those of `away` that the complete walk before missed too; what is not away any more is forgotten."""
    mine = Missed.objects.filter(enterprise=walk.enterprise, subject_type=model._meta.label_lower)
    missed = dict(mine.values_list("subject_id", "generation"))
    if over := set(missed) - away:
        mine.filter(subject_id__in=over).delete()
    return {pk for pk, generation in missed.items() if pk in away and generation < walk.generation}


def _ask(
    walk: Round, model: type[Model], away: Mapping[str, int], question: Callable[[str], A]
) -> list[tuple[int, A]]:
    gone: list[int] = []
    hidden: list[tuple[int, A]] = []
    for key, told in walk.ask(question, away) if INFO.up else ((key, NotFound()) for key in away):
        if isinstance(told, NotFound):
            gone.append(away[key])
        elif isinstance(told, IClassError):
            walk.report.problems.append(_("%(id)s: %(error)s") % {"id": key, "error": told})
        else:
            hidden.append((away[key], told))
    for start in range(0, len(gone), CHUNK):
        _mark_gone(walk, model, gone[start : start + CHUNK])
    return hidden


def _mark_gone(walk: Round, model: type[Model], ids: Sequence[int]) -> None:
    """While an operation about a row is open, that speaks and not the walk."""
    speaking = Operation.objects.filter(
        subject_type=model._meta.label_lower, subject_id__in=ids, state__in=OPEN
    )
    columns: dict[str, Any] = {"sync_state": SyncState.GONE, "sync_reason": ""}
    if issubclass(model, Watched):
        # The fence moves so that a look which is under way does not set the clock again.
        columns |= {"look_at": None, "look_fence": F("look_fence") + 1}
    with walk.writing(*model._default_manager.filter(pk__in=ids)) as rows:
        silent = {row.pk for row in rows} - set(speaking.values_list("subject_id", flat=True))
        for row in rows:
            if row.pk in silent:
                record(f"{model._meta.model_name}.gone", row, by=None, enterprise=walk.enterprise)
        walk.report.gone += model._default_manager.filter(pk__in=silent).update(**columns)
