"""Runs: once each, with the rights of the owner, told and audited."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from classes.attendance.reports.exports.runs import start_due_exports
from classes.attendance.reports.exports.services import create_schedule, delete_schedule
from classes.models import ExportRun, ExportSchedule
from console.audit.models import AuditEntry
from console.jobs.models import Job
from console.jobs.runner import run_due_jobs
from console.notifications.email_delivery import send_due_emails
from console.notifications.models import Notification
from tests.classes.attendance.reports.exports.conftest import beat, content_of
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def amos(school):
    amos = create_person(school, "amos", "admin")
    amos.e_mail, amos.language = "amos@wonderland.example", "en"
    amos.save(update_fields=["e_mail", "language"])
    return amos


def test_a_due_export_is_made_once_and_stored_in_the_folder_of_the_school(daily, bob, charlie, time_machine):
    assert beat() == 0
    time_machine.move_to(daily.due_at, tick=False)
    assert (beat(), beat()) == (1, 0)
    run = ExportRun.objects.get()
    text = content_of(run)
    assert run.file.name.startswith(f"{daily.enterprise_id}/{daily.pk}/")
    assert run.file.name.endswith(f"-{run.pk}.csv")
    assert '"bob"' in text
    assert "charlie" not in text
    assert (run.state, run.rows, run.bytes) == ("done", 2, len(text.encode()) + 3)
    entry = AuditEntry.objects.get(action="export_schedule.run")
    assert (entry.actor, entry.after["owner"], entry.after["rows"]) == (None, "alice", 2)


def test_days_without_a_server_are_made_up_for_by_one_run(daily, time_machine):
    time_machine.move_to(daily.due_at + timedelta(days=4, hours=3), tick=False)
    assert (beat(), beat()) == (1, 0)
    run = ExportRun.objects.get()
    assert run.planned_for == daily.due_at + timedelta(days=4)
    daily.refresh_from_db()
    assert daily.due_at == run.planned_for + timedelta(days=1)


def test_a_paused_export_is_not_made(daily, time_machine):
    ExportSchedule.objects.update(is_on=False)
    time_machine.move_to(daily.due_at, tick=False)
    assert beat() == 0


def test_the_period_is_relative_to_the_planned_day_even_if_the_run_is_late(alice, time_machine):
    time_machine.move_to("2026-11-24 04:00:00+00:00", tick=False)
    schedule = create_schedule(by=alice, kind="lessons", every="week", weekday=6, hour=23, period="yesterday")
    time_machine.move_to("2026-11-30 10:00:00+00:00", tick=False)
    beat()
    run = ExportRun.objects.get(schedule=schedule)
    assert f"{run.first_day} {run.last_day}" == "2026-11-28 2026-11-28"


@pytest.mark.parametrize(
    ("field", "value", "reason"), [("role", "teacher", "role"), ("is_active", False, "left")]
)
def test_an_owner_who_lost_the_right_is_refused_with_a_sentence_and_a_notice(
    alice, amos, daily, time_machine, field, value, reason
):
    setattr(alice, field, value)
    alice.save(update_fields=[field])
    time_machine.move_to(daily.due_at, tick=False)
    beat()
    run = ExportRun.objects.get()
    daily.refresh_from_db()
    assert (run.state, run.reason, run.file.name, daily.is_on) == ("refused", reason, "", False)
    assert run.get_reason_display()
    assert Notification.objects.get(person=amos).kind == f"export_schedule.refused_{reason}"
    assert AuditEntry.objects.filter(action="export_schedule.refuse").count() == 1
    time_machine.move_to(timezone.now() + timedelta(days=2), tick=False)
    assert beat() == 0


def test_an_export_of_the_term_is_refused_where_there_is_none(alice, make):
    schedule = create_schedule(by=alice, kind="lessons", every="day", period="term")
    assert make(schedule).reason == "term"


def test_recipients_get_a_link_and_no_file(alice, amos, make):
    run = make(create_schedule(by=alice, kind="people", every="day", recipients=[amos]))
    send_due_emails()
    (message,) = mail.outbox
    assert message.to == ["amos@wonderland.example"]
    assert f"https://console.example/exports/scheduled/files/{run.pk}/" in message.body
    assert message.attachments == []
    assert (run.recipients, run.left_out, run.attached) == (1, 0, False)


def test_the_file_is_attached_where_an_administrator_chose_so(alice, amos, make):
    make(create_schedule(by=alice, kind="people", every="day", recipients=[amos], attach=True))
    send_due_emails()
    (message,) = mail.outbox
    (part,) = message.attachments
    assert part.get_filename().endswith(".csv")
    assert b'"amos"' in part.get_payload(decode=True)
    assert AuditEntry.objects.get(action="export_schedule.run").after["attach"] is True


def test_a_recipient_who_lost_the_right_is_left_out(alice, amos, make):
    schedule = create_schedule(by=alice, kind="people", every="day", recipients=[amos])
    amos.role = "teacher"
    amos.save(update_fields=["role"])
    run = make(schedule)
    assert (run.state, run.recipients, run.left_out) == ("done", 0, 1)
    assert not Notification.objects.filter(person=amos).exists()


def test_without_e_mail_recipients_are_told_in_the_console(alice, amos, make, settings):
    settings.EMAIL_IS_SET_UP = False
    make(create_schedule(by=alice, kind="people", every="day", recipients=[amos], attach=True))
    send_due_emails()
    assert mail.outbox == []
    assert Notification.objects.get(person=amos).link.startswith("/exports/scheduled/files/")


def test_a_schedule_that_was_deleted_meanwhile_fails_its_job(daily, alice, time_machine):
    time_machine.move_to(daily.due_at, tick=False)
    start_due_exports()
    delete_schedule(schedule=daily, by=alice)
    run_due_jobs()
    assert Job.objects.get().state == "failed"
    assert ExportRun.objects.get().file.name == ""


def test_the_same_time_is_never_run_twice_even_if_a_row_is_set_back(daily, time_machine):
    due = daily.due_at
    time_machine.move_to(due, tick=False)
    assert beat() == 1
    ExportSchedule.objects.update(due_at=due)
    beat()
    assert ExportRun.objects.count() == 1
    daily.refresh_from_db()
    assert daily.due_at > due
