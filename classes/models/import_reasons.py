"""Messages for refused rows of a timetable import."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    "no_topic": _("Enter a topic."),
    "long_topic": _("The topic is too long. Use at most %(named)s characters."),
    "no_teacher": _("Enter the teacher's user ID, or a name that only one teacher has."),
    "teacher": _("There is no teacher with this user ID or name. Add the person first."),
    "two_teachers": _("Several teachers have this name. Enter the user ID instead."),
    "group": _("There is no group “%(named)s”. Create it first."),
    "student": _("There is no student with the user ID “%(named)s”. Add the person first."),
    "assistant": _("There is no assistant with the user ID “%(named)s”. Add the person first."),
    "term": _("There is no term “%(named)s”. Add it under Courses, terms and holidays."),
    "subject": _("There is no subject “%(named)s”. Add it under Timetable, Subjects."),
    "no_date": _("Enter the date of the lesson, or of the first one, as 2026-11-24."),
    "date": _("This is not a date. Enter it as 2026-11-24."),
    "no_time": _("Enter the start time as 19:30."),
    "time": _("This is not a time. Enter it as 19:30."),
    "no_end": _("Enter the end time as 20:15, or the duration in minutes."),
    "minutes": _("A lesson can last from 1 minute to 24 hours."),
    "weekdays": _("These are not days of the week. Enter them as Mon, Wed or as 周一、周三."),
    "no_until": _("Enter the last day of the course, or the number of lessons."),
    "count": _("Enter the number of lessons as a number from 1 to 500."),
    "rule": _("%(named)s"),
    "past": _("This day is in the past. Enter a later first day."),
    "no_dates": _("No lessons are left: all dates are holidays."),
}


def describe_reason(reason: str, named: str = "") -> str:
    """Return the message of a reason; the reason itself if this version does not know it."""
    return str(REASONS.get(reason, reason)) % {"named": named}
