"""The page of the reports by e-mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from classes.attendance.reports.schedules.delivery import send_due_reports
from classes.models import ReportSchedule
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
PAGE = "/reports/mail/"


def test_an_administrator_sets_one_up_from_a_report_in_two_clicks(browse, alice, year7):
    assert f'href="{PAGE}"' in page_text(browse(alice, "/reports/school/"))
    form = page_text(browse(alice, f"{PAGE}?group={year7.pk}"))
    assert f'value="{year7.pk}" selected' in form
    assert 'value="alice" selected' in form
    answer = browse(alice, f"{PAGE}new/", {"group": year7.pk, "every": "month", "person": "alice"})
    assert answer.status_code == 302
    (row,) = ReportSchedule.objects.all()
    assert (row.person, row.group, row.every, row.created_by) == (alice, year7, "month", alice)
    assert "Year 7" in page_text(browse(alice, PAGE)).split("<tbody>")[1]


def test_every_report_leads_to_it_and_proposes_its_group(browse, alice, kids, year7):
    for path in ("school/", "school/groups/"):
        assert f'href="{PAGE}"' in page_text(browse(alice, f"/reports/{path}")), path
    for name in ("absences", "teachers", "usage", "registers"):
        assert f'href="{PAGE}?report={name}"' in page_text(browse(alice, f"/reports/{name}/")), name
    for path in (
        f"/reports/group/?group={year7.pk}",
        f"/reports/matrix/students/{kids[0].pk}/",
        f"/people/{kids[0].pk}/attendance/",
    ):
        assert f'href="{PAGE}?group={year7.pk}"' in page_text(browse(alice, path)), path
    assert PAGE not in page_text(browse(kids[0], f"/people/{kids[0].pk}/attendance/"))


def test_a_sentence_says_that_nobody_can_receive_one(browse, alice, settings):
    assert "Nobody can receive a report" not in page_text(browse(alice, PAGE))
    settings.EMAIL_IS_SET_UP = False
    assert "This console does not send e-mail." in page_text(browse(alice, PAGE))
    alice.e_mail = ""
    alice.save(update_fields=["e_mail"])
    page = page_text(browse(alice, PAGE))
    assert "Nobody can receive a report: no administrator of your school has an e-mail address." in page
    assert "Send regularly" not in page


def test_the_same_one_again_is_said_at_the_form(browse, alice, weekly):
    page = page_text(browse(alice, f"{PAGE}new/", {"every": "week", "person": "alice"}))
    assert "This person receives this report already." in page


def test_recipients_are_administrators_with_an_address(browse, school, alice, bob, sue):
    create_person(school, "amos", "admin")
    form = page_text(browse(alice, PAGE)).split('name="person"')[1].split("</select>")[0]
    assert form.count("<option") == 1
    page = page_text(browse(alice, f"{PAGE}new/", {"every": "week", "person": "bob"}))
    assert "Choose an administrator of your school" in page


def test_buttons_send_turn_off_and_delete(browse, alice, weekly):
    path = f"{PAGE}{weekly.pk}/"
    browse(alice, f"{path}send/", {})
    weekly.refresh_from_db()
    assert weekly.due_at <= timezone.now()
    browse(alice, f"{path}switch/", {"on": "0"})
    page = page_text(browse(alice, PAGE))
    assert "The report is off." in page
    assert "Turn on" in page
    assert "Send now" not in page
    browse(alice, f"{path}send/", {})
    assert "Turn this report on first." in page_text(browse(alice, PAGE))
    browse(alice, f"{path}delete/", {})
    assert not ReportSchedule.objects.exists()
    assert browse(alice, f"{path}delete/", {}).status_code == 404


def test_a_failure_is_on_its_row(browse, alice, weekly):
    ReportSchedule.objects.update(result="failed", reason="mail")
    assert "The mail server did not accept the e-mail." in page_text(browse(alice, PAGE))


def test_other_roles_and_other_schools_reach_none(browse, alice, bob, sue, kids, charlie, weekly):
    for reader in (bob, sue, kids[0]):
        assert browse(reader, PAGE).status_code == 403
        assert browse(reader, f"{PAGE}{weekly.pk}/delete/", {}).status_code == 403
    assert "Alice" not in page_text(browse(charlie, PAGE))
    for act in ("send", "switch", "delete"):
        assert browse(charlie, f"{PAGE}{weekly.pk}/{act}/", {"on": "0"}).status_code == 404
    assert f'href="{PAGE}"' not in page_text(browse(sue, "/reports/school/"))
    weekly.refresh_from_db()
    assert weekly.is_on


def test_a_report_proposes_itself_with_its_filters(browse, alice, bob):
    query = "report=registers&teacher=bob"
    page = page_text(browse(alice, "/reports/registers/?teacher=bob&since=2026-01-01"))
    assert f'href="{PAGE}?report=registers&teacher=bob"' in page
    form = page_text(browse(alice, f"{PAGE}?{query}"))
    assert f"Registers to close · Teacher: {bob}" in form
    assert f'action="{PAGE}new/?report=registers&teacher=bob"' in form
    assert 'name="group"' not in form
    browse(alice, f"{PAGE}new/?{query}&unknown=1", {"every": "week", "person": "alice"})
    (row,) = ReportSchedule.objects.all()
    assert (row.report, row.filters, row.group) == ("registers", "teacher=bob", None)
    assert "Registers to close: Whole school" in page_text(browse(alice, PAGE)).split("<tbody>")[1]


@pytest.mark.parametrize(
    "query",
    [
        "report=registers&teacher=charlie",
        "report=school&course=999999",
        "report=matrix&course=999999",
        "report=matrix",
        "report=grades&course=999999",
        "report=grades",
    ],
)
def test_a_filter_of_another_school_is_refused(browse, alice, charlie, query):
    page = page_text(browse(alice, f"{PAGE}new/?{query}", {"every": "week", "person": "alice"}))
    assert "What the report filters by no longer exists." in page
    assert not ReportSchedule.objects.exists()


@pytest.mark.parametrize("name", ["group", "nothing"])
def test_an_unknown_report_is_not_found(browse, alice, name):
    assert browse(alice, f"{PAGE}?report={name}").status_code == 404


def test_a_report_of_a_newer_version_is_shown_and_left_to_a_worker_of_that_version(browse, alice, weekly):
    unknown = "This version of the console does not have this report."
    due_at = timezone.now() - timedelta(hours=1)
    ReportSchedule.objects.update(report="newer", filters="term=1", due_at=due_at)
    assert send_due_reports() == 0
    page = page_text(browse(alice, PAGE)).split("<tbody>")[1]
    assert "newer: —" in page
    assert unknown in page
    weekly.refresh_from_db()
    assert (weekly.is_on, weekly.due_at, weekly.result) == (True, due_at, "")
    for act, is_on in (("send", True), ("switch", False)):
        ReportSchedule.objects.update(is_on=is_on)
        browse(alice, f"{PAGE}{weekly.pk}/{act}/", {"on": "1"})
        assert page_text(browse(alice, PAGE)).split("<tbody>")[0].count(unknown) == 1, act
        weekly.refresh_from_db()
        assert (weekly.is_on, weekly.due_at) == (is_on, due_at)
    browse(alice, f"{PAGE}{weekly.pk}/delete/", {})
    assert not ReportSchedule.objects.exists()
