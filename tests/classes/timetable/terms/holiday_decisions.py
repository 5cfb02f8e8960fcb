"""Decide about the lessons of a holiday on its page, and read the days of the lessons afterwards."""

from django.utils import timezone

from classes.timetable.terms.holiday_lessons import lessons_in_holiday

#: Tuesdays and Thursdays of three weeks.
RULE = "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270318"


def days(lessons):
    rows = lessons.filter(cancelled_at=None).order_by("starts_at")
    return [f"{timezone.localtime(one.starts_at):%m-%d %H:%M}" for one in rows]


def days_of_march(course):
    return [day[3:5] for day in days(course.lessons)]


def decide(browse, reader, holiday, **fields):
    chosen = [one.pk for one in lessons_in_holiday(holiday)]
    return browse(
        reader, f"/year/holiday/{holiday.pk}/lessons/", {"chosen": chosen, "reason": "Spring", **fields}
    )
