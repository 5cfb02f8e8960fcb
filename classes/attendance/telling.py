"""Telling people of marks, and only of final ones: nothing is told that may still flip by itself."""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from classes.models import Attendance, Lesson, Mark
from console.notices.tell import tell

#: Marks of lessons that ended longer ago are no news, as when a school's past comes in.
NEWS = timedelta(days=3)
LATE = (Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY)


def tell_of_final(lesson: Lesson) -> None:
    """Tell the teacher that the register is final, and each absent student; each once."""
    if lesson.final_at is None or timezone.now() - (lesson.real_ended_at or lesson.ends_at) > NEWS:
        return
    rows = list(Attendance.objects.filter(lesson=lesson).exclude(mark="").select_related("person"))
    counts = Counter(row.mark for row in rows)
    link = reverse("classes:attendance", args=[lesson.pk])
    tell(
        "register.final",
        people=[lesson.teacher],
        key=f"register.final.{lesson.pk}",
        args={
            "lesson": lesson.topic,
            "absent": counts[Mark.ABSENT],
            "late": sum(counts[mark] for mark in LATE),
            "unknown": counts[Mark.UNKNOWN],
        },
        link=link,
    )
    absent = [row.person for row in rows if row.mark == Mark.ABSENT and row.person and not row.provisional]
    until = localtime(lesson.final_at + timedelta(days=settings.APPEAL_DAYS), lesson.enterprise.tz)
    if absent:
        tell(
            "attendance.absent",
            people=absent,
            key=f"attendance.absent.{lesson.pk}",
            args={"lesson": lesson.topic, "until": f"{until:%Y-%m-%d %H:%M}"},
            link=link,
        )
