"""When a scheduled export is due, and which days it covers: both in the time zone of the school."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from classes.attendance.reports.quick_ranges import month_of, week_of
from classes.models import ExportSchedule, Term

Every, Period = ExportSchedule.Every, ExportSchedule.Period
DAY = timedelta(days=1)
#: Every schedule is due at least once in so many days.
LONGEST_GAP = 62


def next_due(schedule: ExportSchedule, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the first time after `now` at which the export is due, in UTC."""
    today = now.astimezone(zone).date()
    days = (today + DAY * n for n in range(LONGEST_GAP))
    return next(
        at for day in days if _is_due_on(schedule, day) and (at := _moment(schedule, day, zone)) > now
    )


def last_due(schedule: ExportSchedule, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last time until `now` at which the export was due, in UTC."""
    today = now.astimezone(zone).date()
    days = (today - DAY * n for n in range(LONGEST_GAP))
    return next(
        at for day in days if _is_due_on(schedule, day) and (at := _moment(schedule, day, zone)) <= now
    )


def _is_due_on(schedule: ExportSchedule, day: date) -> bool:
    if schedule.every == Every.WEEK:
        return day.weekday() == schedule.weekday
    if schedule.every == Every.MONTH:
        return day.day == min(schedule.month_day, month_of(day)[1].day)
    return True


def _moment(schedule: ExportSchedule, day: date, zone: ZoneInfo) -> datetime:
    """Return the hour of a day. One that the clocks skip is an hour later, of two the first counts."""
    return datetime.combine(day, time(schedule.hour), zone).astimezone(UTC)


def days_of_period(period: str, day: date, school: int) -> tuple[date, date] | None:
    """Return the first and the last day of a period, seen from a day; None without days or without a term.

    Between two terms, the one that has ended last is meant.
    """
    if period == Period.YESTERDAY:
        return day - DAY, day - DAY
    if period == Period.LAST_WEEK:
        return week_of(week_of(day)[0] - DAY)
    if period == Period.LAST_MONTH:
        return month_of(day.replace(day=1) - DAY)
    terms = Term.objects.filter(enterprise=school, starts_on__lte=day).order_by("-starts_on", "-id")
    term = terms.first() if period == Period.TERM else None
    return (term.starts_on, term.ends_on) if term else None
