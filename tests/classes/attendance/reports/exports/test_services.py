"""Setting up, changing and pausing scheduled exports."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import StudentGroup
from classes.attendance.reports.exports.services import (
    MAX_SCHEDULES,
    create_schedule,
    edit_schedule,
    run_now,
    switch_schedule,
)
from classes.models import Course, ExportSchedule
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def amos(school):
    amos = create_person(school, "amos", "admin")
    amos.e_mail = "amos@wonderland.example"
    amos.save(update_fields=["e_mail"])
    return amos


def test_an_export_belongs_to_who_set_it_up_and_is_due_in_the_future(alice, amos, noon):
    schedule = create_schedule(by=alice, kind="people", every="day", hour=6, recipients=[amos], attach=True)
    assert (schedule.owner, schedule.is_on, schedule.due_at > timezone.now()) == (alice, True, True)
    entry = AuditEntry.objects.get(action="export_schedule.add")
    assert entry.after["recipients"] == ["amos"]
    assert entry.after["attach"] is True


def test_what_a_kind_has_no_use_for_is_not_kept(alice, bob, kids, school):
    group = StudentGroup.objects.get(name="Year 7")
    schedule = create_schedule(by=alice, kind="people", every="day", period="yesterday", group=group)
    assert (schedule.period, schedule.group) == ("", group)
    lessons = create_schedule(by=alice, kind="lessons", every="day", period="yesterday", role="student")
    assert lessons.role == ""


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"kind": "lessons"}, "period"), ({"kind": "grades", "period": "term"}, "course")],
)
def test_what_is_missing_is_said_at_its_field(alice, fields, field):
    with pytest.raises(ValidationError) as refused:
        create_schedule(by=alice, every="day", **fields)
    assert field in refused.value.message_dict


def test_nobody_receives_data_that_they_may_not_export_themselves(alice, bob, sue, charlie):
    for person in (bob, sue, charlie):
        with pytest.raises(ValidationError) as refused:
            create_schedule(by=alice, kind="people", every="day", recipients=[person])
        assert "recipients" in refused.value.message_dict
    with pytest.raises(ValidationError):
        create_schedule(by=bob, kind="people", every="day")
    assert not ExportSchedule.objects.exists()


def test_who_saves_an_export_owns_it_and_resumes_it(alice, amos, daily):
    switch_schedule(schedule=daily, on=False, by=alice)
    edit_schedule(schedule=daily, by=amos, recipients=[amos], every="week", weekday=2)
    daily.refresh_from_db()
    assert (daily.owner, daily.is_on, daily.every, daily.weekday) == (amos, True, "week", 2)
    entry = AuditEntry.objects.filter(action="export_schedule.change").latest("pk")
    assert entry.before["owner"] == "alice"
    assert entry.after["owner"] == "amos"


def test_an_export_whose_owner_lost_the_right_is_not_resumed_but_taken_over(alice, amos, daily):
    switch_schedule(schedule=daily, on=False, by=amos)
    alice.role = "teacher"
    alice.save(update_fields=["role"])
    with pytest.raises(ValidationError, match="Edit and save"):
        switch_schedule(schedule=daily, on=True, by=amos)
    edit_schedule(schedule=daily, by=amos, recipients=[])
    daily.refresh_from_db()
    assert daily.is_on


def test_a_second_press_is_refused_while_the_first_waits(alice, daily):
    run_now(schedule=daily, by=alice)
    with pytest.raises(Conflict):
        run_now(schedule=daily, by=alice)
    assert daily.runs.count() == 1


def test_a_school_has_so_many_exports_at_most(alice, school):
    one = {"enterprise": school, "owner": alice, "kind": "people", "every": "day", "due_at": timezone.now()}
    ExportSchedule.objects.bulk_create(ExportSchedule(**one) for _ in range(MAX_SCHEDULES))
    with pytest.raises(ValidationError, match="at most 50"):
        create_schedule(by=alice, kind="people", every="day")


def test_a_course_that_is_deleted_takes_its_export_along(alice, bob, school):
    course = Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        starts_local=datetime(2026, 9, 1, 12),
        duration_minutes=45,
    )
    create_schedule(by=alice, kind="grades", every="day", period="last_week", course=course)
    course.delete()
    assert not ExportSchedule.objects.exists()
