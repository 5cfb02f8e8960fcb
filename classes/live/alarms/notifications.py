"""Notify people of an alarm, once each: the school's administrators and the teacher of the lesson."""

from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Role, User
from classes.models import Alarm, Lesson
from console.notifications.services import notify


def notify_alarms(alarms: Iterable[Alarm]) -> None:
    """Notify each person of each alarm, by email too if it is urgent, with a link to the page that helps."""
    alarms = list(alarms)
    administrators: dict[int | None, list[User]] = defaultdict(list)
    for one in User.objects.filter(
        enterprise__in={alarm.enterprise_id for alarm in alarms},
        role__in=(Role.SUPERADMIN, Role.ADMIN),
        is_active=True,
    ):
        administrators[one.enterprise_id].append(one)
    lessons = Lesson.objects.select_related("teacher").in_bulk(
        [alarm.lesson_id for alarm in alarms if alarm.lesson_id]
    )
    for alarm in alarms:
        lesson = lessons.get(alarm.lesson_id)
        teacher = [lesson.teacher] if lesson and lesson.teacher.is_active else []
        notify(
            f"alarm.{alarm.kind}",
            people={one.pk: one for one in [*administrators[alarm.enterprise_id], *teacher]}.values(),
            key=f"alarm {alarm.pk}",
            args={"lesson": lesson.topic if lesson else "", "number": alarm.number},
            link=alarm_url(alarm),
        )


def alarm_url(alarm: Alarm) -> str:
    """Return the page on which the alarm can be handled."""
    if alarm.lesson_id:
        return reverse("classes:lesson", args=[alarm.lesson_id])
    if alarm.kind == Alarm.Kind.CALLBACK_SILENCE:
        return reverse("inbox:callbacks")
    return reverse("classes:wall")
