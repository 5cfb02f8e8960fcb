"""Why a row of a timetable was refused, in words, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    "no_topic": _("Write what the lesson is about."),
    "long_topic": _("The topic is too long: at most %(named)s characters."),
    "no_teacher": _("Write the user id of the teacher, or a name that only one teacher has."),
    "teacher": _("There is no teacher with this user id or name. Add the person first."),
    "two_teachers": _("Several teachers have this name. Write the user id instead."),
    "group": _("There is no group “%(named)s”. Make it first."),
    "student": _("There is no student with the user id “%(named)s”. Add the person first."),
    "assistant": _("There is no assistant with the user id “%(named)s”. Add the person first."),
    "term": _("There is no term “%(named)s”. Add it under Courses, terms and holidays."),
    "no_date": _("Write the day of the lesson, or of the first one, as 2026-11-24."),
    "date": _("This is no day. Write it as 2026-11-24."),
    "no_time": _("Write when the lesson begins, as 19:30."),
    "time": _("This is no time of day. Write it as 19:30."),
    "no_end": _("Write when the lesson ends as 20:15, or how many minutes it takes."),
    "minutes": _("A lesson takes 1 minute to 24 hours."),
    "weekdays": _("These are no days of the week. Write them as Mon, Wed or as 周一、周三."),
    "no_until": _("Write the last day of the series, or how many lessons it has."),
    "count": _("Write how many lessons there are as a number from 1 to 500."),
    "rule": _("%(named)s"),
    "past": _("This day has passed. Write the first day to come."),
    "no_dates": _("Not one lesson is left: every date is a holiday."),
}


def words(reason: str, named: str = "") -> str:
    """The sentence of a reason; its name where this version knows no such reason."""
    return str(REASONS.get(reason, reason)) % {"named": named}
