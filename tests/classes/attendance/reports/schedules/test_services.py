"""Schedules of reports: when they are due, of which days, and who may have one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from classes.attendance.reports.schedules.services import (
    SENDING_TAKES,
    create_schedule,
    delete_schedule,
    last_days,
    next_due,
    send_now,
    switch_schedule,
)
from classes.models import ReportSchedule
from console.audit.models import AuditEntry
from console.concurrency import RowDeleted
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
#: A Wednesday; in Shanghai it is Thursday already.
NOW = datetime(2026, 11, 25, 23, tzinfo=UTC)


def test_a_week_ends_on_monday_at_seven_and_a_month_on_the_first_in_the_zone_of_the_school():
    assert next_due("week", NOW, SHANGHAI) == datetime(2026, 11, 30, 7, tzinfo=SHANGHAI)
    assert next_due("month", NOW, SHANGHAI) == datetime(2026, 12, 1, 7, tzinfo=SHANGHAI)
    assert next_due("week", NOW, NEW_YORK) == datetime(2026, 11, 30, 7, tzinfo=NEW_YORK)
    monday = datetime(2026, 11, 30, 6, 59, tzinfo=SHANGHAI)
    assert next_due("week", monday, SHANGHAI) == datetime(2026, 11, 30, 7, tzinfo=SHANGHAI)
    assert next_due("week", monday.replace(hour=7), SHANGHAI).date() == date(2026, 12, 7)
    assert next_due("month", datetime(2026, 12, 31, 8, tzinfo=SHANGHAI), SHANGHAI).date() == date(2027, 1, 1)


def test_a_report_is_of_the_last_whole_week_or_month():
    assert last_days("week", date(2026, 11, 30)) == (date(2026, 11, 23), date(2026, 11, 29))
    assert last_days("week", date(2026, 11, 29)) == (date(2026, 11, 16), date(2026, 11, 22))
    assert last_days("month", date(2027, 1, 1)) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.django_db
def test_a_person_has_each_report_once(alice, weekly, year7):
    with pytest.raises(ValidationError, match="already"):
        create_schedule(person=alice, group=None, every="week", by=alice)
    create_schedule(person=alice, group=year7, every="week", by=alice)
    create_schedule(person=alice, group=None, every="month", by=alice)
    assert ReportSchedule.objects.count() == 3


@pytest.mark.django_db
def test_a_schedule_is_named_by_its_report_subject_and_rhythm(alice, weekly, year7):
    assert str(weekly) == "School · Wonderland: every week, Monday 07:00"
    usage = create_schedule(person=alice, report="usage", filters="split=course", every="week", by=alice)
    assert str(usage) == "Usage · Wonderland: every week, Monday 07:00"
    of_group = create_schedule(person=alice, group=year7, every="month", by=alice)
    assert str(of_group) == "Group · Year 7: every month, on the first at 07:00"
    labels = AuditEntry.objects.filter(action="report_schedule.add").order_by("pk")
    assert [one.object_label for one in labels] == [str(one) for one in (weekly, usage, of_group)]


@pytest.mark.django_db(transaction=True)
def test_of_two_posts_at_once_one_makes_the_schedule_and_the_other_gets_a_sentence(alice, year7):
    def act() -> ReportSchedule:
        return create_schedule(person=alice, group=year7, every="week", by=alice)

    (error,) = (one.error for one in call_concurrently(act, act) if one.error)
    assert isinstance(error, ValidationError)
    assert error.messages == [gettext("This person receives this report already.")]
    assert ReportSchedule.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_post_that_waits_for_another_one_gets_a_sentence(alice, year7):
    def insert() -> None:
        create_schedule(person=alice, group=year7, every="week", by=alice)

    outcome = call_while_other_waits(insert, insert)
    assert isinstance(outcome.error, ValidationError)
    assert outcome.error.messages == [gettext("This person receives this report already.")]
    assert ReportSchedule.objects.count() == 1


@pytest.mark.django_db
def test_somebody_who_may_not_export_reports_gets_none(alice, bob):
    bob.e_mail = "bob@wonderland.example"
    with pytest.raises(ValidationError, match="role"):
        create_schedule(person=bob, group=None, every="week", by=alice)
    assert not ReportSchedule.objects.exists()


@pytest.mark.django_db
def test_it_is_turned_off_and_on_and_each_act_is_on_the_trail(alice, weekly):
    switch_schedule(schedule=weekly, on=False, by=alice)
    with pytest.raises(ValidationError, match="Turn this report on"):
        send_now(schedule=weekly, by=alice)
    switch_schedule(schedule=weekly, on=True, by=alice)
    switch_schedule(schedule=weekly, on=True, by=alice)
    send_now(schedule=weekly, by=alice)
    weekly.refresh_from_db()
    assert weekly.is_on
    assert weekly.due_at <= timezone.now()
    delete_schedule(schedule=weekly, by=alice)
    acts = AuditEntry.objects.filter(object_type="classes.reportschedule").order_by("id")
    assert [one.action.split(".")[1] for one in acts] == ["add", "change", "change", "send_now", "delete"]


@pytest.mark.django_db
@pytest.mark.parametrize("result", ["", "sending", "sent"])
def test_a_second_press_says_that_the_report_is_on_its_way(alice, weekly, result, time_machine):
    send_now(schedule=weekly, by=alice)
    if result:
        now = timezone.now()
        due_at = now + timedelta(days=3)
        ReportSchedule.objects.filter(pk=weekly.pk).update(result=result, due_at=due_at, sent_at=now)

    with pytest.raises(ValidationError, match="already on its way"):
        send_now(schedule=weekly, by=alice)

    assert AuditEntry.objects.filter(action="report_schedule.send_now").count() == 1
    if result:
        time_machine.move_to(timezone.now() + SENDING_TAKES + timedelta(minutes=1))
        send_now(schedule=weekly, by=alice)
        weekly.refresh_from_db()
        assert weekly.due_at <= timezone.now()


@pytest.mark.django_db
def test_one_that_somebody_else_deleted_is_said_to_be_gone(alice, weekly):
    delete_schedule(schedule=ReportSchedule.objects.get(), by=alice)
    with pytest.raises(RowDeleted):
        switch_schedule(schedule=weekly, on=False, by=alice)
    delete_schedule(schedule=weekly, by=alice)
    assert AuditEntry.objects.filter(action="report_schedule.delete").count() == 1
