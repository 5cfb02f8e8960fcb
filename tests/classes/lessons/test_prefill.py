"""Day and times that the timetable hands to the form of a new lesson, in the last hours of a day, too."""

from datetime import datetime

import pytest
import time_machine

from classes.models import Lesson

pytestmark = pytest.mark.django_db

DAY = "2027-03-02"


def prefilled(browse, reader, query):
    """Return the values of the fields of day and time, without empty ones."""
    form = browse(reader, f"/lessons/new/?{query}").context["form"]
    fields = {name: form[name].value() for name in ("day", "start", "end", "end_day")}
    return {
        name: f"{value:%H:%M}" if name in ("start", "end") else str(value)
        for name, value in fields.items()
        if value
    }


@pytest.mark.parametrize(
    ("now", "query", "start", "end"),
    [
        ("10:05", f"day={DAY}", "11:00", "11:45"),
        ("23:05", f"day={DAY}", "23:15", "23:59"),
        ("10:05", f"day={DAY}&start=23:00", "23:00", "23:45"),
        ("10:05", f"day={DAY}&start=23:30", "23:30", "23:59"),
        ("10:05", "day=2027-03-03", "09:00", "09:45"),
    ],
)
def test_the_lesson_ends_on_its_day(browse, alice, bob, now, query, start, end):
    with time_machine.travel(datetime.fromisoformat(f"{DAY} {now}").replace(tzinfo=alice.enterprise.tz)):
        found = prefilled(browse, alice, query)
        assert found == {"day": query[4:14], "start": start, "end": end}
        typed = {"topic": "Tea", "teacher": "bob", "class_type": "1vN", "record_types": ["local"]}
        assert (
            browse(
                alice, f"/lessons/new/?{query}", typed | {"bitrate": "850", "confirmed": "on"} | found
            ).status_code
            == 302
        )
    assert Lesson.objects.count() == 1


@pytest.mark.parametrize("query", ["", f"day={DAY}"])
def test_in_the_last_minutes_of_a_day_the_next_one_is_meant(browse, alice, query):
    with time_machine.travel(datetime.fromisoformat(f"{DAY} 23:50").replace(tzinfo=alice.enterprise.tz)):
        assert prefilled(browse, alice, query) == {"day": "2027-03-03", "start": "00:00", "end": "00:45"}


def test_a_drag_to_midnight_ends_there(browse, alice):
    query = "day=2027-03-03&start=22:30&end=00:00"
    wanted = {"day": "2027-03-03", "start": "22:30", "end": "00:00", "end_day": "2027-03-04"}
    assert prefilled(browse, alice, query) == wanted


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("", "/lessons/"),
        ("?back=", "/timetable/?"),
        ("?back=%3Fview%3Dmonth%26teacher%3Dbob", "/timetable/?view=month&amp;teacher=bob"),
        ("?back=https%3A%2F%2Fevil.example%2F", "/timetable/?https%3A%2F%2Fevil.example%2F="),
    ],
)
def test_cancel_leads_back_to_the_timetable_from_which_one_came(browse, alice, query, leads_to):
    path = f"/lessons/new/{query}"
    for answer in (browse(alice, path), browse(alice, path, {"topic": ""})):
        assert f'<a class="btn" href="{leads_to}">Cancel</a>' in answer.content.decode()
