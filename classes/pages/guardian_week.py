"""The week of a child, for a guardian: lessons with their teachers, day by day; no rooms and no passwords."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.sign_in.guardians.pages import GuardianPage
from classes.lessons.queries import lessons_for
from classes.lessons.status import Phase, phase_of
from classes.models import Lesson
from classes.timetable.calendar.events import CalendarRange, calendar_holidays
from console.inputs.bounds import parse_date

DAYS = 7


class WeekLesson(NamedTuple):
    lesson: Lesson
    phase: Phase


class WeekDay(NamedTuple):
    """A day with its lessons, in order, and the names of its holidays."""

    day: date
    is_today: bool
    lessons: list[WeekLesson]
    holidays: list[str]


class GuardianWeek(GuardianPage, TemplateView):
    """`?date=2026-11-24`: the week of this day, without it the current one."""

    template_name = "classes/pages/guardian_week.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        monday = self._monday()
        days = self._days(monday)
        return super().get_context_data(
            title=_("Timetable"),
            monday=monday,
            sunday=monday + timedelta(days=DAYS - 1),
            previous=monday - timedelta(days=DAYS),
            following=monday + timedelta(days=DAYS),
            days=days,
            is_empty=not any(one.lessons or one.holidays for one in days),
            **more,
        )

    def _monday(self) -> date:
        try:
            day = parse_date(self.request.GET["date"])
        except (KeyError, ValueError, ValidationError):
            day = timezone.localdate()
        return day - timedelta(days=day.weekday())

    def _days(self, monday: date) -> list[WeekDay]:
        shown = CalendarRange(monday, monday + timedelta(days=DAYS))
        found = shown.filter_lessons(lessons_for(self.child)).order_by("starts_at", "id")
        lessons: dict[date, list[WeekLesson]] = {}
        for lesson in found:
            day = max(timezone.localdate(lesson.starts_at), monday)
            lessons.setdefault(day, []).append(WeekLesson(lesson, phase_of(lesson)))
        holidays: dict[str, list[str]] = {}
        for one in calendar_holidays(self.child, shown):
            holidays.setdefault(one["day"], []).append(one["name"])
        today, days = timezone.localdate(), (monday + timedelta(days=number) for number in range(DAYS))
        return [
            WeekDay(day, day == today, lessons.get(day, []), holidays.get(day.isoformat(), []))
            for day in days
        ]
