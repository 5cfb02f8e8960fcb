"""Where the timetable shows a lesson."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from classes.models import Lesson

SIZES = {"desk": (1280, 900), "telephone": (390, 844)}


def moment_of_next_week(hour: int, weekday: int = 2) -> datetime:
    """A time of next week, on Wednesday if no other weekday is given."""
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    return timezone.make_aware(datetime.combine(monday + timedelta(days=weekday), time(hour)))


def timetable_path(lesson: Lesson, **more: str) -> str:
    """The timetable in the week of a lesson."""
    told = {"view": "week", "date": timezone.localtime(lesson.starts_at).date().isoformat(), **more}
    return "/timetable/?" + "&".join(f"{name}={value}" for name, value in told.items())
