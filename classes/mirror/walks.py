"""Comparing all lessons of a school with the service."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Enterprise
from classes.mirror.seen import adopt_lesson
from classes.mirror.wanted import natural_key_of, observed_line
from classes.models import Lesson
from console.iclass import ClassLine
from console.iclass import walk as walk_pages
from console.mirror.registry import Report, walk
from console.outbox.models import Operation
from console.outbox.states import OPEN


@walk("lessons", order=3)
def walk_lessons(enterprise: Enterprise) -> Report:
    """Compare with `/class/list`: adopt lessons made outside, look at those that differ from what we saw."""
    classes = enterprise.client().classes
    result = walk_pages(
        lambda index, size: classes.list(index, size), lambda line: line.class_id, cap=100_000
    )
    report = Report(seen=len(result.lines), complete=result.complete)
    known = {
        remote_id: (pk, observed)
        for pk, remote_id, observed in enterprise.lessons.exclude(remote_id="").values_list(
            "pk", "remote_id", "observed"
        )
    }
    ours = _being_made(enterprise)
    for line in result.lines:
        if str(line.class_id) in known:
            report.changed += _compare(*known[str(line.class_id)], line)
        elif natural_key_of(enterprise.pk, line) not in ours:
            # A class that an operation of ours may just have made is the probe's to adopt.
            info = classes.info(line.class_id)
            with transaction.atomic():
                adopt_lesson(enterprise, info)
            report.adopted += 1
    return report


def _being_made(enterprise: Enterprise) -> set[str]:
    creating = Operation.objects.filter(enterprise=enterprise, kind="class.create", state__in=OPEN)
    return set(creating.values_list("lane", flat=True))


def _compare(pk: int, observed: dict[str, object], line: ClassLine) -> int:
    told = observed_line(line)
    if {name: observed.get(name) for name in told} == told:
        return 0
    Lesson.objects.filter(pk=pk, cancelled_at=None).update(look_at=timezone.now())
    return 1
