"""Reports by e-mail: what they hold, who still gets them, and what happens if the mail server refuses."""

import io
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Role
from classes.attendance.reports.schedules.delivery import MAX_ATTEMPTS, send_due_reports
from classes.attendance.reports.schedules.services import create_schedule, send_now, switch_schedule
from classes.models import ReportSchedule
from console.audit.models import AuditEntry
from tests.classes.attendance.reports.conftest import marked
from tests.classes.factories import add_members, create_finished_lesson
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db
REFUSES = "tests.classes.attendance.reports.schedules.refusing_mail.EmailBackend"


@pytest.fixture
def quinn(school):
    quinn = create_person(school, "quinn", Role.SUPERADMIN)
    quinn.e_mail = "quinn@wonderland.example"
    quinn.save(update_fields=["e_mail"])
    return quinn


@pytest.fixture
def last_week(bob, kids):
    """A lesson of last week in which one of three was absent, and one of it that is not final."""
    for final_at in (timezone.now(), None):
        starts = timezone.now() - timedelta(days=timezone.localdate().weekday() + 2)
        lesson = create_finished_lesson(
            bob, starts_at=starts, ends_at=starts + timedelta(minutes=45), final_at=final_at
        )
        add_members(lesson, *kids)
        for kid, mark in zip(kids, ("present", "late", "absent"), strict=True):
            marked(lesson, kid, mark)


def send(schedule):
    """Send the report now, as the worker does; return how it stands."""
    send_now(schedule=schedule, by=schedule.person)
    send_due_reports()
    schedule.refresh_from_db()
    return schedule


def attached_rows(message):
    """The rows of the attached file."""
    ((name, content, _kind),) = message.attachments
    assert name.endswith(".xlsx")
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_the_report_of_last_week_comes_as_a_file_without_names(alice, weekly, last_week):
    row = send(weekly)
    (message,) = mail.outbox
    assert message.to == ["alice@wonderland.example"]
    assert "66.6 %" in message.body
    assert "https://console.example/reports/mail/" in message.body
    head, day, total = attached_rows(message)
    assert (day[1], day[2]) == (1, 3), "only final lessons count"
    assert (total[0], total[1:]) == ("Total", day[1:])
    assert not any("Kid" in str(cell) for cell in (*head, *day))
    assert "Kid" not in message.body
    assert (row.result, row.attempts, row.reason) == ("sent", 0, "")
    assert row.due_at > timezone.now()
    assert AuditEntry.objects.filter(action="report_schedule.send", actor=None).count() == 1


def test_the_report_of_a_group_counts_its_students_alone(alice, year7, last_week, school, bob):
    year7.students.remove(year7.students.get(user_id="kid3"))
    schedule = create_schedule(person=alice, group=year7, every="week", by=alice)
    send(schedule)
    (message,) = mail.outbox
    assert "100 %" in message.body
    assert attached_rows(message)[1][1:3] == [1, 2]
    assert "/reports/group/?group=" in message.body


def test_nothing_is_sent_before_it_is_due_and_nothing_twice(alice, weekly, last_week):
    assert send_due_reports() == 0
    send(weekly)
    assert send_due_reports() == 0
    assert len(mail.outbox) == 1


def test_who_lost_the_role_gets_nothing_and_the_schedule_stops_with_a_sentence(alice, weekly, last_week):
    alice.role = "teacher"
    alice.save(update_fields=["role"])
    row = send(weekly)
    assert mail.outbox == []
    assert (row.result, row.is_on) == ("stopped", False)
    assert row.reason == "role"
    assert row.get_reason_display()
    assert AuditEntry.objects.filter(action="report_schedule.stop").count() == 1


@pytest.mark.parametrize(("field", "value"), [("is_active", False), ("e_mail", "")])
def test_who_left_gets_nothing(alice, weekly, field, value):
    setattr(alice, field, value)
    alice.save(update_fields=[field])
    assert (send(weekly).result, weekly.is_on) == ("stopped", False)
    assert mail.outbox == []


def test_the_report_of_an_archived_group_stops(alice, year7):
    schedule = create_schedule(person=alice, group=year7, every="week", by=alice)
    year7.archived_at = timezone.now()
    year7.save(update_fields=["archived_at"])
    assert send(schedule).reason == "group"
    assert mail.outbox == []


def test_a_refused_e_mail_is_tried_once_more_and_then_shown(alice, weekly, settings):
    settings.EMAIL_BACKEND = REFUSES
    row = send(weekly)
    assert (row.result, row.reason, row.is_on) == ("waiting", "mail", True)
    assert timedelta(0) < row.due_at - timezone.now() < timedelta(hours=1)
    ReportSchedule.objects.update(due_at=timezone.now())
    assert send_due_reports() == 1
    row.refresh_from_db()
    assert (row.result, row.attempts, row.is_on) == ("failed", 0, True)
    assert MAX_ATTEMPTS == 2
    assert row.due_at > timezone.now() + timedelta(hours=1) or row.due_at.weekday() in (6, 0)


def test_a_console_without_e_mail_says_so(alice, weekly, settings):
    settings.EMAIL_IS_SET_UP = False
    row = send(weekly)
    assert (row.result, row.reason) == ("failed", "no_mail")
    assert mail.outbox == []


def test_a_report_has_the_rows_of_its_own_school_only(alice, weekly, last_week, charlie, other_school):
    teacher = create_person(other_school, "dan", "teacher")
    kid = create_person(other_school, "eve", "student")
    starts = timezone.now() - timedelta(days=timezone.localdate().weekday() + 2)
    lesson = create_finished_lesson(teacher, starts_at=starts, ends_at=starts + timedelta(minutes=45))
    marked(lesson, kid, "absent")
    send(weekly)
    assert attached_rows(mail.outbox[0])[1][1:3] == [1, 3]


def test_a_run_that_was_killed_costs_the_next_one_no_attempt(alice, weekly, settings):
    ReportSchedule.objects.update(attempts=1, result="sending", due_at=timezone.now())
    settings.EMAIL_BACKEND = REFUSES
    assert send_due_reports() == 1
    weekly.refresh_from_db()
    assert (weekly.result, weekly.attempts) == ("waiting", 1)


def test_a_slow_worker_overwrites_nothing_that_came_after_it(alice, weekly, last_week, settings):
    """Its mail server hangs; meanwhile its next date comes, and another worker sends."""
    settings.EMAIL_BACKEND = "tests.classes.attendance.reports.schedules.refusing_mail.SlowEmailBackend"
    row = send(weekly)
    assert (row.result, row.attempts) == ("sent", 0)
    assert row.due_at > timezone.now() + timedelta(minutes=11)


def test_a_report_that_cannot_be_made_is_tried_again_and_holds_up_no_other(
    alice, quinn, weekly, last_week, school
):
    other = create_schedule(person=quinn, group=None, every="month", by=quinn)
    ReportSchedule.objects.update(due_at=timezone.now())
    type(alice).objects.filter(pk=alice.pk).update(e_mail="alice@wonderland\n.example")
    assert send_due_reports() == 2
    for row in (weekly, other):
        row.refresh_from_db()
    assert (weekly.result, weekly.reason) == ("waiting", "report")
    assert other.result == "sent"


def test_one_that_is_turned_off_waits_for_nothing(alice, weekly, settings):
    settings.EMAIL_BACKEND = REFUSES
    row = send(weekly)
    assert row.result == "waiting"
    switch_schedule(schedule=row, on=False, by=alice)
    row.refresh_from_db()
    assert (row.result, row.reason, row.attempts, row.is_on) == ("", "", 0, False)
