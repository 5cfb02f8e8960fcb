"""Comparing all lessons of a school with the service."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Enterprise
from classes.kinds import Status
from classes.mirror.seen import adopt_lesson, lesson_seen, news_of_lesson, next_look
from classes.mirror.wanted import natural_key, natural_key_of, observed_line
from classes.models import Lesson
from console.iclass import ClassInfo, ClassLine, IClassError, NotFound
from console.mirror.absence import absent
from console.mirror.copies import sent_since
from console.mirror.registry import walk
from console.mirror.walking import CHUNK, UNCLAIMED, Round
from console.outbox.models import Operation
from console.outbox.states import OPEN, SyncState


class Known(NamedTuple):
    """What the walk keeps of each of our lessons while it reads."""

    pk: int
    observed: Mapping[str, Any]
    sync_state: str
    status: str
    cancelled: bool


@walk("lessons", order=3)
def walk_lessons(walk: Round) -> None:
    """Compare with `/class/list` and `/class/info`: adopt lessons made outside, see what changed."""
    classes = walk.client.classes
    result = walk.read(lambda index, size: classes.list(index, size), lambda line: line.class_id)
    # In this order: an operation that closes meanwhile has left its class id on our lesson.
    claimed = _being_made(walk.enterprise)
    known = _known(walk.enterprise)
    busy = walk.busy(Lesson)
    fresh = [line for line in result.lines if str(line.class_id) not in known]
    _adopt(walk, [line for line in fresh if natural_key_of(walk.enterprise.pk, line) not in claimed])
    _look(walk, _worth_a_look(walk, result.lines, known) - busy)
    expected = {
        class_id: one.pk
        for class_id, one in known.items()
        if not one.cancelled and one.sync_state != SyncState.GONE and one.pk not in busy
    }
    seen = {str(line.class_id) for line in result.lines}
    hidden = absent(walk, Lesson, expected, seen, lambda class_id: classes.info(int(class_id)))
    _see(walk, dict(hidden))


def _being_made(enterprise: Enterprise) -> set[str]:
    """Natural keys of lessons that an operation of ours may just have made."""
    if not UNCLAIMED.up:
        return set()
    creating = Operation.objects.filter(enterprise=enterprise, kind="class.create", state__in=OPEN)
    subjects = Lesson.objects.filter(pk__in=creating.values("subject_id")).select_related("teacher")
    keys = {natural_key(lesson) for lesson in subjects}
    return keys.union(*([lane, *args.get("sent", [])] for lane, args in creating.values_list("lane", "args")))


def _known(enterprise: Enterprise) -> dict[str, Known]:
    rows = enterprise.lessons.exclude(remote_id="").values_list(
        "remote_id", "pk", "observed", "sync_state", "status", "cancelled_at"
    )
    return {
        class_id: Known(pk, observed, state, status, cancelled is not None)
        for class_id, pk, observed, state, status, cancelled in rows.iterator()
    }


def _worth_a_look(walk: Round, lines: Sequence[ClassLine], known: Mapping[str, Known]) -> set[int]:
    """Lessons whose line is news, and those that are not over: of these a line does not tell all.

    Of more than RECONCILE_LOOKS that are not over, each walk takes the next share.
    """
    news: set[int] = set()
    open_still: list[int] = []
    for line in lines:
        one = known.get(str(line.class_id))
        if one is None or one.cancelled:
            continue
        told = observed_line(line)
        if one.sync_state == SyncState.GONE or {name: one.observed.get(name) for name in told} != told:
            news.add(one.pk)
        elif one.status != Status.END:
            open_still.append(one.pk)
    shares = -(-len(open_still) // settings.RECONCILE_LOOKS) or 1
    return news | set(sorted(open_still)[walk.generation % shares :: shares])


def _loaded(ids: Any) -> QuerySet[Lesson]:
    lessons = Lesson.objects.filter(pk__in=ids).select_related("teacher", "enterprise")
    return lessons.prefetch_related("members__user")


def _look(walk: Round, ids: set[int]) -> None:
    """Ask for these lessons one by one and write what is news."""
    waiting = sorted(ids)
    for start in range(0, len(waiting), CHUNK):
        lessons = {int(one.remote_id): one for one in _loaded(waiting[start : start + CHUNK])}
        for class_id, info in walk.ask(walk.client.classes.info, lessons):
            if isinstance(info, NotFound):
                continue  # deleted since the list: for the next walks to find out
            if isinstance(info, IClassError):
                walk.report.problems.append(str(info))
            elif news_of_lesson(lessons[class_id], info):
                _write(walk, lessons[class_id], info)


def _see(walk: Round, infos: Mapping[int, ClassInfo]) -> None:
    for lesson in _loaded(infos):
        if news_of_lesson(lesson, infos[lesson.pk]):
            _write(walk, lesson, infos[lesson.pk])


def _write(walk: Round, lesson: Lesson, info: ClassInfo) -> None:
    with walk.writing(lesson) as rows:
        if rows and lesson_seen(lesson, info):
            walk.report.changed += 1
            # What began or ended is worth a look at its people at once.
            begun = lesson.status != Status.WILL and not lesson.final_at
            look_at = timezone.now() if begun else next_look(lesson)
            Lesson.objects.filter(pk=lesson.pk, cancelled_at=None).update(look_at=look_at)


def _adopt(walk: Round, lines: Sequence[ClassLine]) -> None:
    """Make rows of lessons made outside, with their people."""
    sent = _sent(walk, lines)
    for _class_id, info in walk.ask(walk.client.classes.info, [line.class_id for line in lines]):
        if isinstance(info, NotFound):
            continue  # deleted since the list
        if isinstance(info, IClassError):
            walk.report.problems.append(str(info))
            continue
        with walk.writing():
            try:
                with transaction.atomic():
                    original = sent.get(natural_key_of(walk.enterprise.pk, info))
                    adopt_lesson(walk.enterprise, info, double_of=original)
                walk.report.adopted += 1
            except IntegrityError:
                continue  # adopted meanwhile by a probe


def _sent(walk: Round, lines: Sequence[ClassLine]) -> dict[str, int]:
    """Natural keys that creates of ours asked for: a class made outside that has one may be a second copy."""
    oldest = min((line.create_time for line in lines), default=0)
    return sent_since(walk.enterprise, "class.create", oldest) if lines else {}
