"""Quick ranges: weeks, months and the term as links, and the boxes filled with the days in force."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import translation

from classes.attendance.reports.forms import ReportPeriod
from classes.attendance.reports.quick_ranges import month_of, quick_ranges, week_of
from classes.models import Term
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(datetime(2026, 11, 25, 4, tzinfo=UTC), tick=False):
        yield


def test_they_are_whole_weeks_and_months_and_the_term_of_the_school(alice, school, other_school):
    Term.objects.create(
        enterprise=school, name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 20)
    )
    Term.objects.create(
        enterprise=other_school, name="Theirs", starts_on=date(2026, 10, 1), ends_on=date(2027, 2, 1)
    )
    week = ReportPeriod(datetime(2026, 11, 15, 16, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC))
    with translation.override("en"):
        found = [(str(one.label), one.since, one.until, one.is_chosen) for one in quick_ranges(alice, week)]
    assert found == [
        ("This week", date(2026, 11, 23), date(2026, 11, 29), False),
        ("Last week", date(2026, 11, 16), date(2026, 11, 22), True),
        ("This month", date(2026, 11, 1), date(2026, 11, 30), False),
        ("Last month", date(2026, 10, 1), date(2026, 10, 31), False),
        ("Term", date(2026, 9, 1), date(2027, 1, 20), False),
    ]


def test_a_month_may_be_the_last_of_its_year():
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert month_of(date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert week_of(date(2027, 1, 1)) == (date(2026, 12, 28), date(2027, 1, 3))


def test_a_report_says_its_days_in_the_boxes_and_a_range_keeps_the_other_filters(browse, alice, bob):
    page = page_text(browse(alice, "/reports/school/?teacher=bob&by=week"))
    assert 'value="2026-10-28"' in page
    assert 'value="2026-11-25"' in page
    link = page.split('class="ranges')[1].split('href="')[1].split('"')[0]
    assert {"teacher=bob", "by=week", "since=2026-11-23", "until=2026-11-29"} == set(link[1:].split("&"))
    chosen = page_text(browse(alice, f"/reports/school/{link}"))
    assert 'value="2026-11-29"' in chosen
    assert 'aria-current="true">This week' in chosen


def test_what_was_typed_wrong_stays_in_its_box(browse, alice):
    assert 'value="yesterday"' in page_text(browse(alice, "/reports/school/?since=yesterday"))
