"""The page of scheduled exports, its form, and the download of files."""

import pytest

from classes.attendance.reports.exports.services import create_schedule
from classes.models import ExportRun, ExportSchedule
from classes.models.export_schedule import export_storage
from console.audit.models import AuditEntry
from console.jobs.models import Job
from tests.classes.attendance.reports.exports.conftest import PAGE
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
FORM = {"kind": "people", "file_type": "csv", "every": "day", "hour": "6", "weekday": "0", "month_day": "1"}


def test_an_administrator_sets_one_up_and_finds_it_in_the_list(browse, alice):
    assert "No scheduled exports" in page_text(browse(alice, PAGE))
    form = page_text(browse(alice, f"{PAGE}new/"))
    assert "In the time zone of the school: Beijing time." in form
    data = {**FORM, "every": "week", "weekday": "4", "hour": "18", "recipients": ["alice"]}
    assert browse(alice, f"{PAGE}new/", data).status_code == 302
    row = ExportSchedule.objects.get()
    assert (row.owner, row.every, row.weekday, row.hour) == (alice, "week", 4, 18)
    assert [one.user_id for one in row.recipients.all()] == ["alice"]
    page = page_text(browse(alice, PAGE))
    assert "every Friday at 18:00" in page
    assert "not yet" in page
    assert f"exports/{row.enterprise_id}/" in page


def test_errors_stand_at_their_fields_and_what_was_typed_stays(browse, alice):
    page = page_text(browse(alice, f"{PAGE}new/", {**FORM, "kind": "grades", "hour": "9"}))
    assert "Choose which days the file covers." in page
    assert 'value="9" selected' in page
    assert not ExportSchedule.objects.exists()


def test_a_run_is_shown_with_outcome_and_download(browse, alice, bob, daily, make):
    run = make(daily)
    page = page_text(browse(alice, PAGE))
    assert "delivered" in page
    assert "2 rows" in page
    answer = browse(alice, f"{PAGE}files/{run.pk}/")
    assert b'"bob"' in b"".join(answer.streaming_content)
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Cache-Control"] == "no-store, private"
    entry = AuditEntry.objects.get(action="export_schedule.download")
    assert (entry.actor, entry.after["rows"]) == (alice, 2)


def test_nobody_else_sees_the_page_or_the_file(browse, alice, bob, sue, dina, charlie, daily, make):
    run = make(daily)
    for reader in (bob, sue, dina):
        assert browse(reader, PAGE).status_code == 403
        assert browse(reader, f"{PAGE}files/{run.pk}/").status_code == 403
    assert browse(charlie, f"{PAGE}files/{run.pk}/").status_code == 404
    assert browse(charlie, f"{PAGE}{daily.pk}/run/", {}).status_code == 404
    page = page_text(browse(charlie, PAGE))
    assert "No scheduled exports" in page
    assert "<tbody>" not in page


def test_pause_resume_edit_and_delete(browse, alice, daily):
    path = f"{PAGE}{daily.pk}/"
    browse(alice, f"{path}switch/", {"on": "0"})
    assert "Resume" in page_text(browse(alice, PAGE))
    browse(alice, f"{path}switch/", {"on": "1"})
    assert "Pause" in page_text(browse(alice, PAGE))
    browse(alice, f"{path}edit/", {**FORM, "role": "student"})
    daily.refresh_from_db()
    assert daily.role == "student"
    browse(alice, f"{path}delete/", {})
    assert not ExportSchedule.objects.exists()


def test_two_editors_of_one_export_are_told(browse, alice, daily):
    form = browse(alice, f"{PAGE}{daily.pk}/edit/").context["form"]
    ExportSchedule.objects.update(hour=9)
    data = {**FORM, "hour": "7", "seen": form.seen_json}
    page = page_text(browse(alice, f"{PAGE}{daily.pk}/edit/", data))
    assert "Someone changed this" in page
    assert ExportSchedule.objects.get().hour == 9


def test_run_now_makes_a_job_and_a_second_press_says_so(browse, alice, daily):
    browse(alice, f"{PAGE}{daily.pk}/run/", {})
    assert Job.objects.get().kind == "exports.run"
    browse(alice, f"{PAGE}{daily.pk}/run/", {})
    assert "This export is being made already." in page_text(browse(alice, PAGE))
    assert ExportRun.objects.count() == 1


def test_a_file_that_is_gone_is_a_404(browse, alice, daily, make):
    run = make(daily)
    export_storage().delete(run.file.name)
    assert browse(alice, f"{PAGE}files/{run.pk}/").status_code == 404


def test_without_a_mail_server_the_form_says_so(browse, alice, settings):
    settings.EMAIL_IS_SET_UP = False
    page = page_text(browse(alice, f"{PAGE}new/"))
    assert "This console does not send e-mail" in page
    assert "Attach the file" not in page


def test_the_number_of_queries_does_not_grow_with_the_exports(queries, alice, make):
    make(create_schedule(by=alice, kind="people", every="day", recipients=[alice]))
    few = queries(alice, PAGE)
    for _ in range(5):
        make(create_schedule(by=alice, kind="people", every="day", recipients=[alice]))
    assert queries(alice, PAGE) <= few
