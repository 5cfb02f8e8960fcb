"""Recordings that are kept no longer soon: who runs the school and who taught is told a week before."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.queries import active
from classes.models import Footage
from console.notices.tell import tell

AHEAD = timedelta(days=7)
KIND = "recording.expires"


def warn() -> int:
    """Tell once of each recording whose last day is a week away or less; how many notices."""
    today = timezone.localdate()
    soon = Footage.objects.filter(
        keep_until__gte=today, keep_until__lte=today + AHEAD, binned_at=None, lesson__isnull=False
    ).select_related("lesson__teacher")
    told = 0
    for footage in soon:
        lesson = footage.lesson
        if lesson is None:
            continue
        people = {one.pk: one for one in active(footage.enterprise_id, Role.SUPERADMIN, Role.ADMIN)}
        people[lesson.teacher_id] = lesson.teacher
        told += tell(
            KIND,
            people=people.values(),
            key=f"{KIND}:{footage.pk}:{footage.keep_until}",
            args={"name": footage.title or lesson.topic, "day": str(footage.keep_until)},
            link=reverse("classes:recording", args=[lesson.pk]),
        )
    return told
