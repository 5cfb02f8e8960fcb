"""Registers whose facts are of an older version of the console: reckoned anew, a few at each look around."""

from classes.attendance.register import renew_facts
from classes.attendance.shapes import FACTS_VERSION
from classes.models import Attendance, Lesson
from console.mirror.registry import poller

AT_ONCE = 20


@poller("registers")
def renew(limit: int) -> int:
    """Bring up to `limit` registers to the present version; returns how many."""
    reckoned = Attendance.objects.values("lesson")
    old = Lesson.objects.filter(facts_version__lt=FACTS_VERSION, pk__in=reckoned)
    lessons = old.select_related("enterprise", "teacher", "course").order_by("-id")[: min(limit, AT_ONCE)]
    for lesson in lessons:
        renew_facts(lesson)
    return len(lessons)
