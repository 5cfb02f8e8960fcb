"""Reports by e-mail that are not the attendance of a school, grade or group."""

import pytest
from django.core import mail

from classes.attendance.reports.schedules.delivery import send_due_reports
from classes.attendance.reports.schedules.services import create_schedule, send_now
from tests.classes.attendance.reports.schedules.test_delivery import last_week

pytestmark = pytest.mark.django_db
__all__ = ["last_week"]


def email_of(person, report, filters="", **more):
    """Send the report of last week to the person; return the e-mail."""
    schedule = create_schedule(person=person, every="week", report=report, filters=filters, by=person, **more)
    send_now(schedule=schedule, by=person)
    send_due_reports()
    (message,) = mail.outbox
    return message


def test_the_e_mail_has_the_total_row_and_links_to_the_report(alice, last_week):
    message = email_of(alice, "usage", "split=course")
    assert message.subject.startswith("Usage, ")
    assert "Totals: by course" in message.body
    assert "Lessons: 1" in message.body
    assert "https://console.example/reports/usage/?split=course&since=" in message.body


@pytest.mark.parametrize(
    ("report", "line"),
    [
        ("absences", "Consecutive absences: 1"),
        ("registers", "Registers to close: 1"),
        ("teachers", "Teachers: 1"),
    ],
)
def test_a_report_without_totals_says_how_many_rows_it_has_and_names_nobody(alice, last_week, report, line):
    message = email_of(alice, report, "least=1" if report == "absences" else "")
    assert line in message.body
    assert not any(name in message.body for name in ("Kid", "Bob", "kid3"))
    assert message.attachments == []


def test_the_teacher_of_a_filter_is_not_named_in_words(alice, bob, last_week):
    message = email_of(alice, "school", "teacher=bob")
    assert "Teacher: one, named in the report" in message.body
    assert bob.nickname not in message.body
    ((_name, content, _kind),) = message.attachments
    assert content


def test_the_e_mail_is_in_the_language_of_its_reader(alice, last_week):
    alice.language = "zh-hans"
    alice.save(update_fields=["language"])
    assert "汇总方式: 按课程" in email_of(alice, "usage", "split=course").body


def test_it_stops_when_a_filter_names_nobody_any_more(alice, bob, last_week):
    schedule = create_schedule(
        person=alice, every="week", report="registers", filters="teacher=bob", by=alice
    )
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    send_now(schedule=schedule, by=alice)
    send_due_reports()
    schedule.refresh_from_db()
    assert mail.outbox == []
    assert (schedule.reason, schedule.is_on) == ("filters", False)
