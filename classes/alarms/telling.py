"""Telling people of an alarm, each once: those who run the school, and the teacher whose lesson it is."""

from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Role, User
from classes.models import Alarm, Lesson
from console.notices.tell import tell


def tell_of(alarms: Iterable[Alarm]) -> None:
    """A notice a person and alarm, by mail too where it is urgent; it leads to where one acts."""
    alarms = list(alarms)
    runs: dict[int | None, list[User]] = defaultdict(list)
    for one in User.objects.filter(
        enterprise__in={alarm.enterprise_id for alarm in alarms},
        role__in=(Role.SUPERADMIN, Role.ADMIN),
        is_active=True,
    ):
        runs[one.enterprise_id].append(one)
    lessons = Lesson.objects.select_related("teacher").in_bulk(
        [alarm.lesson_id for alarm in alarms if alarm.lesson_id]
    )
    for alarm in alarms:
        lesson = lessons.get(alarm.lesson_id)
        teacher = [lesson.teacher] if lesson and lesson.teacher.is_active else []
        tell(
            f"alarm.{alarm.kind}",
            people={one.pk: one for one in [*runs[alarm.enterprise_id], *teacher]}.values(),
            key=f"alarm {alarm.pk}",
            args={"lesson": lesson.topic if lesson else "", "number": alarm.number},
            link=address_of(alarm),
        )


def address_of(alarm: Alarm) -> str:
    """The page where one can do something about it."""
    if alarm.lesson_id:
        return reverse("classes:lesson", args=[alarm.lesson_id])
    if alarm.kind == Alarm.Kind.CALLBACK_SILENCE:
        return reverse("inbox:callbacks")
    return reverse("classes:wall")
