"""When exports are due, over clock changes, and which days they cover."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from classes.attendance.reports.exports.periods import days_of_period, last_due, next_due
from classes.models import ExportSchedule, Term

BERLIN, CHINA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "now", "due"),
    [
        ({"every": "day", "hour": 6}, "2026-11-24T04:00", "2026-11-24T22:00"),
        ({"every": "day", "hour": 6}, "2026-11-24T21:59", "2026-11-24T22:00"),
        ({"every": "day", "hour": 6}, "2026-11-24T22:00", "2026-11-25T22:00"),
        ({"every": "week", "weekday": 0, "hour": 7}, "2026-11-24T04:00", "2026-11-29T23:00"),
        ({"every": "month", "month_day": 1, "hour": 0}, "2026-11-24T04:00", "2026-11-30T16:00"),
        ({"every": "month", "month_day": 31, "hour": 0}, "2027-02-01T04:00", "2027-02-27T16:00"),
    ],
)
def test_an_export_is_due_at_an_hour_of_the_time_zone_of_the_school(fields, now, due):
    assert next_due(ExportSchedule(**fields), at(now), CHINA) == at(due)


def test_an_hour_that_the_clocks_skip_is_due_once_an_hour_later():
    schedule = ExportSchedule(every="day", hour=2)
    due = next_due(schedule, at("2027-03-27T12:00"), BERLIN)
    assert due == at("2027-03-28T01:00"), "02:00 does not exist; 03:00 in summer time"
    assert next_due(schedule, due, BERLIN) == at("2027-03-29T00:00")


def test_an_hour_that_comes_twice_is_due_once():
    schedule = ExportSchedule(every="day", hour=2)
    due = next_due(schedule, at("2026-10-24T12:00"), BERLIN)
    assert due == at("2026-10-25T00:00")
    assert next_due(schedule, due, BERLIN) == at("2026-10-26T01:00")
    assert last_due(schedule, at("2026-10-25T01:30"), BERLIN) == due


def test_the_last_time_before_an_interruption_counts():
    schedule = ExportSchedule(every="week", weekday=4, hour=18)
    assert last_due(schedule, at("2026-11-24T04:00"), CHINA) == at("2026-11-20T10:00")


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("yesterday", (date(2026, 2, 28), date(2026, 2, 28))),
        ("last_week", (date(2026, 2, 16), date(2026, 2, 22))),
        ("last_month", (date(2026, 2, 1), date(2026, 2, 28))),
        ("", None),
    ],
)
def test_days_are_relative_to_the_day_of_the_run(period, days):
    assert days_of_period(period, date(2026, 3, 1), 0) == days


@pytest.mark.django_db
def test_the_term_is_the_last_one_that_has_begun(school, other_school):
    day = date(2026, 11, 24)
    assert days_of_period("term", day, school.pk) is None
    for one, begins, ends in ((school, 9, 10), (school, 12, 12), (other_school, 11, 12)):
        Term.objects.create(
            enterprise=one,
            name=f"{begins}",
            starts_on=date(2026, begins, 1),
            ends_on=date(2026, ends, 30),
        )
    assert days_of_period("term", day, school.pk) == (date(2026, 9, 1), date(2026, 10, 30))
