"""Recalculate registers whose facts come from an older version of the console, a few at each poll round."""

from django.db import transaction

from classes.attendance.calculation.types import FACTS_VERSION
from classes.attendance.register import refresh_facts
from classes.locking import lock_lesson
from classes.models import Attendance, Lesson
from console.mirror.registry import register_poller

BATCH = 20


@register_poller("registers")
def refresh_registers(limit: int) -> int:
    """Bring up to `limit` registers to the current version; return how many."""
    with_register = Attendance.objects.values("lesson")
    old = Lesson.objects.filter(facts_version__lt=FACTS_VERSION, pk__in=with_register)
    lessons = list(old.order_by("-id").values_list("pk", flat=True)[: min(limit, BATCH)])
    for lesson in lessons:
        with transaction.atomic():  # locked before it is read: its policy may be changing
            refresh_facts(lock_lesson(lesson))
    return len(lessons)
