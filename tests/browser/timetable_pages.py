"""Where the timetable shows a lesson, and how many clicks somebody needed."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from classes.models import Lesson

SIZES = {"desk": (1280, 900), "telephone": (390, 844)}
#: Pointer clicks of a person over several pages; those of the keyboard have no detail.
COUNT_CLICKS = """addEventListener("click", (event) => {
  if (event.detail > 0) sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true);"""


def moment_of_next_week(hour: int, weekday: int = 2) -> datetime:
    """A time of next week, on Wednesday if no other weekday is given."""
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    return timezone.make_aware(datetime.combine(monday + timedelta(days=weekday), time(hour)))


def timetable_path(lesson: Lesson, **more: str) -> str:
    """The timetable in the week of a lesson."""
    told = {"view": "week", "date": timezone.localtime(lesson.starts_at).date().isoformat(), **more}
    return "/timetable/?" + "&".join(f"{name}={value}" for name, value in told.items())
