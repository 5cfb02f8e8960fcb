"""What was deleted comes back as it was: with its key, what belonged to it, and what referenced it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.attendance.codes.services import remove_code
from classes.attendance.reports.exports.services import delete_schedule
from classes.models import (
    AttendanceCode,
    CodeUse,
    Course,
    ExportRun,
    ExportSchedule,
    Holiday,
    ReportSchedule,
    Subject,
    Term,
)
from classes.timetable.subjects.services import delete_subject
from classes.timetable.terms.services import delete_days, save_days
from console.audit.models import AuditEntry
from console.deleted_rows import restore_deleted
from tests.support.page_client import client_for, page_text
from tests.support.undo_button import press_undo, ticket_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds", "english")]
MODELS = (
    *(Subject, Term, Holiday, Course),
    *(AttendanceCode, CodeUse, ExportSchedule, ExportRun, ReportSchedule),
)


@pytest.fixture
def ten_seconds(settings: Any) -> None:
    settings.UNDO_S = 10


@pytest.fixture(autouse=True)
def year(school: Enterprise, alice: User, bob: User) -> None:
    """Terms, holidays, a subject with a course, a code, an export with a run, and a report."""
    term = Term.objects.create(
        enterprise=school, name="Spring", starts_on=date(2027, 3, 1), ends_on=date(2027, 6, 30)
    )
    for name, of in (("Easter", term), ("Founder", None)):
        day = date(2027, 4, 1)
        Holiday.objects.create(enterprise=school, name=name, term=of, starts_on=day, ends_on=day)
    maths = Subject.objects.create(enterprise=school, name="Maths", colour=3)
    maths.teachers.set([alice, bob])
    start = {"starts_local": datetime(2027, 3, 2, 9), "duration_minutes": 45}
    Course.objects.create(enterprise=school, title="Algebra", teacher=bob, subject=maths, term=term, **start)
    Course.objects.create(enterprise=school, title="Croquet", teacher=bob, **start)
    code = AttendanceCode.objects.create(enterprise=school, letters="H", name="Here")
    for mark in ("present", "late"):
        CodeUse.objects.create(enterprise=school, code=code, mark=mark)
    due = timezone.now() + timedelta(hours=5, microseconds=7)
    export = ExportSchedule.objects.create(
        enterprise=school, owner=alice, kind="people", every="day", due_at=due
    )
    export.recipients.set([bob])
    ReportSchedule.objects.create(enterprise=school, person=alice, every="week", due_at=due)
    ExportRun.objects.create(
        enterprise=school, schedule=export, kind="people", file_type="csv", planned_for=timezone.now()
    )


def stored() -> list[Any]:
    """All rows that a deletion could touch, with their keys and many-to-many fields."""
    return [serializers.serialize("python", model.objects.order_by("pk")) for model in MODELS]


def holiday(name: str) -> Callable[[], str]:
    return lambda: f"/year/holiday/{Holiday.objects.get(name=name).pk}/delete/"


PLACES = {
    "a subject": (lambda: f"/subjects/{Subject.objects.get().pk}/delete/", "/subjects/", "subject"),
    "a term": (lambda: f"/year/term/{Term.objects.get().pk}/delete/", "/year/", "term"),
    "a holiday": (holiday("Founder"), "/year/", "term"),
    "a holiday of a term": (holiday("Easter"), "/year/", "term"),
    "a code": (
        lambda: f"/attendance/codes/{AttendanceCode.objects.get().pk}/remove/",
        "/attendance/codes/",
        "code",
    ),
    "an export": (
        lambda: f"/exports/scheduled/{ExportSchedule.objects.get().pk}/delete/",
        "/exports/scheduled/",
        "export_schedule",
    ),
    "a report": (
        lambda: f"/reports/mail/{ReportSchedule.objects.get().pk}/delete/",
        "/reports/mail/",
        "report_schedule",
    ),
}


@pytest.mark.parametrize("what", PLACES)
def test_the_button_brings_back(what: str, alice: User) -> None:
    address, page, act = PLACES[what]
    before, client = stored(), client_for(alice)
    assert client.post(address()).status_code == 302
    assert stored() != before
    press_undo(client, page)
    assert "Taken back." in page_text(client.get(page, headers={"accept-language": "en"}))
    assert stored() == before
    acts = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(acts) == [f"{act}.delete", f"{act}.restore"]


@pytest.mark.parametrize("what", PLACES)
def test_nothing_comes_back_without_the_right(what: str, alice: User, charlie: User) -> None:
    address, page, _act = PLACES[what]
    client = client_for(alice)
    client.post(address())
    ticket, gone = ticket_on(client, page), stored()
    client_for(charlie).post("/undo/", {"ticket": ticket})
    User.objects.filter(pk=alice.pk).update(role="student")
    client.post("/undo/", {"ticket": ticket})
    assert stored() == gone


def test_it_comes_back_once(alice: User) -> None:
    kept = delete_subject(subject=Subject.objects.get(), by=alice)
    restore_deleted(kept=kept, by=alice, resource="subject", act="subject.restore")
    after = stored()
    with pytest.raises(ValidationError, match="something was added or deleted since"):
        restore_deleted(kept=kept, by=alice, resource="subject", act="subject.restore")
    assert stored() == after


def test_a_new_row_of_the_same_name_stays_alone(alice: User, school: Enterprise) -> None:
    kept = delete_subject(subject=Subject.objects.get(), by=alice)
    Subject.objects.create(enterprise=school, name="Maths", colour=1)
    with pytest.raises(ValidationError, match="something was added or deleted since"):
        restore_deleted(kept=kept, by=alice, resource="subject", act="subject.restore")
    assert Subject.objects.get().colour == 1
    code = remove_code(code=AttendanceCode.objects.get(), by=alice)
    other = AttendanceCode.objects.create(enterprise=school, letters="P", name="Present")
    CodeUse.objects.create(enterprise=school, code=other, mark="present")
    with pytest.raises(ValidationError, match="something was added or deleted since"):
        restore_deleted(kept=code, by=alice, resource="attendance_code", act="code.restore")
    assert AttendanceCode.objects.get() == other


def test_a_course_that_got_another_subject_since_keeps_it(alice: User, school: Enterprise) -> None:
    kept = delete_subject(subject=Subject.objects.get(), by=alice)
    sums = Subject.objects.create(enterprise=school, name="Sums", colour=1)
    Course.objects.filter(title="Algebra").update(subject=sums)
    restore_deleted(kept=kept, by=alice, resource="subject", act="subject.restore")
    assert Course.objects.get(title="Algebra").subject == sums


def test_a_row_does_not_come_back_without_what_it_belonged_to(alice: User) -> None:
    kept = delete_days(days=Holiday.objects.get(name="Easter"), by=alice)
    delete_days(days=Term.objects.get(), by=alice)
    with pytest.raises(ValidationError, match="something was added or deleted since"):
        restore_deleted(kept=kept, by=alice, resource="term", act="term.restore")
    assert [one.name for one in Holiday.objects.all()] == ["Founder"]
    export = delete_schedule(schedule=ExportSchedule.objects.get(), by=alice)
    restore_deleted(kept=export, by=alice, resource="export_schedule", act="export_schedule.restore")


def test_a_holiday_that_its_term_does_not_contain_any_more_does_not_come_back(alice: User) -> None:
    client = client_for(alice)
    client.post(PLACES["a holiday of a term"][0]())
    ticket = ticket_on(client, "/year/")
    save_days(days=Term.objects.get(), by=alice, starts_on=date(2027, 4, 2))
    client.post("/undo/", {"ticket": ticket, "next": "/year/"})
    page = page_text(client.get("/year/", headers={"accept-language": "en"}))
    assert "Choose days within it." in page
    assert [one.name for one in Holiday.objects.all()] == ["Founder"]
