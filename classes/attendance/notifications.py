"""Notifications about final marks. Provisional marks may still change, so nobody is notified of them."""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import User
from classes.models import Attendance, Lesson, Mark
from console.notifications.services import notify
from console.policy import may

#: Lessons that ended longer ago send no notifications, for example imported past lessons.
MAX_AGE = timedelta(days=3)
LATE_MARKS = (Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY)


def notify_final_register(lesson: Lesson) -> None:
    """Notify the teacher that the register is final, and each absent student, once each."""
    if lesson.final_at is None or timezone.now() - (lesson.real_ended_at or lesson.ends_at) > MAX_AGE:
        return
    rows = list(Attendance.objects.filter(lesson=lesson).exclude(mark="").select_related("person"))
    counts = Counter(row.mark for row in rows)
    link = reverse("classes:attendance", args=[lesson.pk])
    notify(
        "register.final",
        people=[lesson.teacher],
        key=f"register.final.{lesson.pk}",
        args={
            "lesson": lesson.topic,
            "absent": counts[Mark.ABSENT],
            "late": sum(counts[mark] for mark in LATE_MARKS),
            "unknown": counts[Mark.UNKNOWN],
        },
        link=link,
    )
    absent = [row.person for row in rows if row.mark == Mark.ABSENT and row.person and not row.provisional]
    until = localtime(lesson.final_at + timedelta(days=settings.APPEAL_DAYS), lesson.enterprise.tz)
    for kind, people in _by_right_to_appeal(lesson, absent).items():
        notify(
            kind,
            people=people,
            key=f"attendance.absent.{lesson.pk}",
            args={"lesson": lesson.topic, "until": f"{until:%Y-%m-%d %H:%M}"},
            link=link,
        )


def _by_right_to_appeal(lesson: Lesson, students: list[User]) -> dict[str, list[User]]:
    """Return the students by the notification that they get: it names an appeal only to those who may."""
    kinds: dict[str, list[User]] = {}
    for one in students:
        one.enterprise = lesson.enterprise  # the same row, without a query for each
        kind = "attendance.absent" if may(one, "add", "appeal") else "attendance.absent_final"
        kinds.setdefault(kind, []).append(one)
    return kinds
