"""Compare all lessons of a school with the service."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Enterprise
from classes.choices import Status
from classes.lessons.remote_fields import natural_key, observed_list_fields, remote_natural_key
from classes.locking import lock_lesson
from classes.mirror.upsert import adopt_lesson, lesson_differs, next_poll_at, upsert_lesson
from classes.models import Lesson
from console.iclass import ClassInfo, ClassSummary, IClassError, NotFound
from console.mirror.duplicates import creates_sent_since
from console.mirror.reconciliation import CHUNK_SIZE, ReconcileRun
from console.mirror.registry import register_reconciler
from console.mirror.remote_deletions import check_missing_rows
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES, SyncState


class KnownLesson(NamedTuple):
    """What reconcile keeps in memory of each of our lessons."""

    pk: int
    observed: Mapping[str, Any]
    sync_state: str
    status: str
    cancelled: bool


@register_reconciler("lessons", order=3)
def reconcile_lessons(walk: ReconcileRun) -> None:
    """Compare with `/class/list` and `/class/info`: adopt lessons made outside, record changes."""
    classes = walk.client.classes
    result = walk.read(lambda index, size: classes.list(index, size), lambda line: line.class_id)
    # Pending keys first: an operation that closes in between has stored its class id on our lesson.
    claimed = _pending_keys(walk.enterprise)
    known = _known_lessons(walk.enterprise)
    busy = walk.busy_ids(Lesson)
    unknown = [line for line in result.lines if str(line.class_id) not in known]
    _adopt_lessons(
        walk, [line for line in unknown if remote_natural_key(walk.enterprise.pk, line) not in claimed]
    )
    _fetch_and_write(walk, _select_for_info(walk, result.lines, known) - busy)
    expected = {
        class_id: one.pk
        for class_id, one in known.items()
        if not one.cancelled and one.sync_state != SyncState.GONE and one.pk not in busy
    }
    listed = {str(line.class_id) for line in result.lines}
    hidden = check_missing_rows(walk, Lesson, expected, listed, lambda class_id: classes.info(int(class_id)))
    _write_found(walk, dict(hidden))


def _pending_keys(enterprise: Enterprise) -> set[str]:
    """Return natural keys of lessons that an open operation may just have created."""
    creating = Operation.objects.filter(enterprise=enterprise, kind="class.create", state__in=OPEN_STATES)
    subjects = Lesson.objects.filter(pk__in=creating.values("subject_id")).select_related("teacher")
    keys = {natural_key(lesson) for lesson in subjects}
    return keys.union(*([lane, *args.get("sent", [])] for lane, args in creating.values_list("lane", "args")))


def _known_lessons(enterprise: Enterprise) -> dict[str, KnownLesson]:
    rows = enterprise.lessons.exclude(remote_id="").values_list(
        "remote_id", "pk", "observed", "sync_state", "status", "cancelled_at"
    )
    return {
        class_id: KnownLesson(pk, observed, state, status, cancelled is not None)
        for class_id, pk, observed, state, status, cancelled in rows.iterator()
    }


def _select_for_info(
    walk: ReconcileRun, lines: Sequence[ClassSummary], known: Mapping[str, KnownLesson]
) -> set[int]:
    """Return lessons whose list line differs, and those that are not over, of which a line does not tell all.

    If more than RECONCILE_MAX_LESSONS are not over, each run takes the next share.
    """
    changed: set[int] = set()
    not_over: list[int] = []
    for line in lines:
        lesson = known.get(str(line.class_id))
        if lesson is None or lesson.cancelled:
            continue
        remote = observed_list_fields(line)
        if (
            lesson.sync_state == SyncState.GONE
            or {name: lesson.observed.get(name) for name in remote} != remote
        ):
            changed.add(lesson.pk)
        elif lesson.status != Status.END:
            not_over.append(lesson.pk)
    shares = -(-len(not_over) // settings.RECONCILE_MAX_LESSONS) or 1
    return changed | set(sorted(not_over)[walk.generation % shares :: shares])


def _load_lessons(ids: Any) -> QuerySet[Lesson]:
    lessons = Lesson.objects.filter(pk__in=ids).select_related("teacher", "enterprise")
    return lessons.prefetch_related("members__user")


def _fetch_and_write(walk: ReconcileRun, ids: set[int]) -> None:
    """Fetch these lessons one by one and write those that differ."""
    waiting = sorted(ids)
    for start in range(0, len(waiting), CHUNK_SIZE):
        lessons = {int(one.remote_id): one for one in _load_lessons(waiting[start : start + CHUNK_SIZE])}
        for class_id, info in walk.query_each(walk.client.classes.info, lessons):
            if isinstance(info, NotFound):
                continue  # deleted since the list: the next runs handle it
            if isinstance(info, IClassError):
                walk.report.problems.append(str(info))
            elif lesson_differs(lessons[class_id], info):
                _write_lesson(walk, lessons[class_id], info)


def _write_found(walk: ReconcileRun, infos: Mapping[int, ClassInfo]) -> None:
    for lesson in _load_lessons(infos):
        if lesson_differs(lesson, infos[lesson.pk]):
            _write_lesson(walk, lesson, infos[lesson.pk])


def _write_lesson(walk: ReconcileRun, lesson: Lesson, info: ClassInfo) -> None:
    with walk.write_transaction(lesson) as rows:
        if not rows:
            return
        stored = lock_lesson(lesson)  # it may have changed since it was read
        if upsert_lesson(stored, info):
            walk.report.changed += 1
            # A lesson that began or ended is polled for its members at once.
            begun = stored.status != Status.WILL and not stored.final_at
            look_at = timezone.now() if begun else next_poll_at(stored)
            Lesson.objects.filter(pk=stored.pk, cancelled_at=None).update(look_at=look_at)


def _adopt_lessons(walk: ReconcileRun, lines: Sequence[ClassSummary]) -> None:
    """Create lessons that were made outside, with their people."""
    sent = _sent_keys(walk, lines)
    for _class_id, info in walk.query_each(walk.client.classes.info, [line.class_id for line in lines]):
        if isinstance(info, NotFound):
            continue  # deleted since the list
        if isinstance(info, IClassError):
            walk.report.problems.append(str(info))
            continue
        with walk.write_transaction():
            try:
                with transaction.atomic():
                    original = sent.get(remote_natural_key(walk.enterprise.pk, info))
                    adopt_lesson(walk.enterprise, info, double_of=original)
                walk.report.adopted += 1
            except IntegrityError:
                continue  # adopted meanwhile by a probe


def _sent_keys(walk: ReconcileRun, lines: Sequence[ClassSummary]) -> dict[str, int]:
    """Return natural keys sent by our creates: a class made outside with such a key may be a second copy."""
    oldest = min((line.create_time for line in lines), default=0)
    return creates_sent_since(walk.enterprise, "class.create", oldest) if lines else {}
