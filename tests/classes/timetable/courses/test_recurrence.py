"""Dates of series against dateutil with zones of its own: thousands of generated rules, five zones.

RECURRENCE_RULES says how many rules (1,000 in CI); `RECURRENCE_RULES=10000` is the full size.
"""

import os
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz as theirs
from dateutil.rrule import rrulestr

from classes.timetable.courses.recurrence import MAX_YEARS, expand_rule, local_to_utc

RULES = int(os.environ.get("RECURRENCE_RULES", "1000"))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: Days around which clocks are changed in one of the zones.
EDGES = (datetime(2027, 3, 14), datetime(2027, 3, 28), datetime(2027, 10, 31), datetime(2027, 11, 7))
EDGES += (datetime(2027, 4, 4), datetime(2027, 10, 3))


def rule_and_first(luck):
    """A rule that ends, and its first lesson, half of them at night near a change of clocks."""
    if luck.random() < 0.5:
        first = luck.choice(EDGES) - timedelta(days=luck.randrange(0, 21))
        first = first.replace(hour=luck.randrange(0, 4), minute=luck.choice((0, 15, 30, 45)))
    else:
        first = datetime(2027, 1, 1) + timedelta(minutes=15 * luck.randrange(0, 365 * 96))
    parts = [f"FREQ={luck.choice(('DAILY', 'WEEKLY', 'WEEKLY', 'WEEKLY', 'MONTHLY'))}"]
    if luck.random() < 0.4:
        parts.append(f"INTERVAL={luck.randrange(1, 5)}")
    if "WEEKLY" in parts[0] and luck.random() < 0.8:
        parts.append(f"BYDAY={','.join(luck.sample(DAYS, luck.randrange(1, 5)))}")
    if "MONTHLY" in parts[0]:
        several = luck.sample(range(1, 32), luck.randrange(1, 4))
        nth = f"BYDAY={luck.choice((1, 2, 3, -1))}{luck.choice(DAYS)}"
        parts.append(luck.choice((nth, f"BYMONTHDAY={','.join(map(str, several))}")))
    if luck.random() < 0.2:
        parts.append(f"BYMONTH={','.join(map(str, luck.sample(range(1, 13), 4)))}")
    last = first + timedelta(days=luck.randrange(0, 200))
    ends = (f"COUNT={luck.randrange(1, 60)}", f"UNTIL={last:%Y%m%d}", f"UNTIL={last:%Y%m%dT%H%M%S}")
    return ";".join([*parts, luck.choice(ends)]), first


def expected(rule, first, name):
    """What dateutil says with its own zones; a day in UNTIL is meant whole."""
    body, _semicolon, end = rule.rpartition(";")
    zone = theirs.gettz(name)
    found = rrulestr(body, dtstart=first.replace(tzinfo=zone))
    horizon = first + timedelta(days=366 * MAX_YEARS)
    if end.startswith("COUNT"):
        number = int(end.partition("=")[2])
        dates = []
        for one in found:
            if len(dates) == number or one.replace(tzinfo=None) > horizon:
                break
            dates.append(one)
    else:
        value = end.partition("=")[2]
        last = datetime.strptime(value if "T" in value else f"{value}T235959", "%Y%m%dT%H%M%S")
        dates = found.between(
            first.replace(tzinfo=zone), last.replace(tzinfo=zone, fold=1) + timedelta(0), inc=True
        )
        dates = [one for one in dates if one.replace(tzinfo=None) <= last]
    return [theirs.resolve_imaginary(one).astimezone(UTC) for one in dates]


@pytest.mark.parametrize("name", ZONES)
def test_dates_are_those_of_dateutil_through_both_changes_of_the_clocks(name):
    luck, zone = random.Random(f"rules of {name}"), ZoneInfo(name)
    lessons = changed = 0
    for _number in range(RULES // len(ZONES)):
        rule, first = rule_and_first(luck)
        ours = [local_to_utc(local, zone) for local in expand_rule(first, rule, zone)]
        assert ours == expected(rule, first, name), (rule, first, name)
        lessons += len(ours)
        changed += len({one.astimezone(zone).utcoffset() for one in ours}) > 1
    print(
        f"{name}: {RULES // len(ZONES)} rules, {lessons} lessons, {changed} rules across a change of clocks"
    )


def test_an_hour_that_is_left_out_is_an_hour_later_and_one_that_comes_twice_is_its_first():
    zone = ZoneInfo("Europe/Berlin")
    spring = expand_rule(datetime(2027, 3, 27, 2, 30), "FREQ=DAILY;COUNT=3", zone)
    assert [local_to_utc(one, zone).astimezone(zone).strftime("%d %H:%M %z") for one in spring] == [
        "27 02:30 +0100",
        "28 03:30 +0200",
        "29 02:30 +0200",
    ]
    autumn = expand_rule(datetime(2027, 10, 30, 2, 30), "FREQ=DAILY;COUNT=3", zone)
    assert [local_to_utc(one, zone).strftime("%d %H:%M") for one in autumn] == [
        "30 00:30",
        "31 00:30",
        "01 01:30",
    ]


def test_a_moment_in_until_is_taken_to_the_wall_of_the_school():
    zone = ZoneInfo("Asia/Shanghai")
    first = datetime(2027, 3, 2, 7)
    assert len(expand_rule(first, "FREQ=DAILY;UNTIL=20270303T230000Z", zone)) == 3
    assert len(expand_rule(first, "RRULE:freq=daily;until=20270303", zone)) == 2
