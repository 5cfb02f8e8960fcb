"""The pages of a OneRoster import, from the zip to its undo."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import PeopleImport, Role, User
from console.jobs import runner
from tests.accounts.imports.one_roster.roster_files import record, school, zip_of
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db

UPLOAD = "/people/roster-imports/new/"


def upload(client: Client, records, **more):
    return client.post(UPLOAD, {"file": zip_of(records, **more)}, follow=True)


def test_from_the_zip_to_the_undo(alice):
    client = client_for(alice)
    page = upload(client, school())
    assert "User ID of new people" in page_text(page)
    assert "administrator" not in page_text(page).split("User ID of new people")[1].split("</form>")[0]
    source = PeopleImport.objects.get()
    options = reverse("accounts:roster_import_columns", args=[source.pk])
    preview = page_text(client.post(options, {"user_id_from": "username"}, follow=True))
    assert "李雷" in preview
    assert "OneRoster 1.2" in preview
    assert "1 new person" in preview
    assert "Groups: added 2" in preview
    client.post(reverse("accounts:roster_import_apply", args=[source.pk]))
    assert User.objects.filter(user_id="li.lei").exists()
    client.post(reverse("accounts:roster_import_undo", args=[source.pk]))
    assert not User.objects.filter(user_id="li.lei").exists()


def test_a_second_zip_is_compared_at_once_and_says_that_nothing_changes(alice, applied):
    applied(school())
    page = page_text(upload(client_for(alice), school()))
    assert "There is nothing to import" in page
    assert "Confirm import" not in page


def test_groups_terms_and_refused_lines_are_behind_their_numbers(alice, checked):
    records = school()
    records["enrollments.csv"][0]["userSourcedId"] = "u-nobody"
    source = checked(records)
    client, address = client_for(alice), reverse("accounts:roster_import", args=[source.pk])
    assert "Maths 7" in page_text(client.get(address, {"show": "groups"}))
    assert "Autumn 2026" in page_text(client.get(address, {"show": "terms"}))
    lines = page_text(client.get(address, {"show": "lines"}))
    assert "enrollments.csv" in lines
    assert "users.csv does not contain this sourcedId" in lines
    assert "han.meimei.with.a.v-" in page_text(client.get(address, {"show": "mapped"}))


def test_refused_rows_come_as_a_file_with_their_place(alice, checked):
    records = school()
    records["enrollments.csv"][0]["userSourcedId"] = "u-nobody"
    record(records, "roles.csv", "r-u-li")["role"] = "wizard"
    source = checked(records)
    answer = client_for(alice).get(reverse("accounts:roster_import_refused", args=[source.pk, "csv"]))
    text = b"".join(answer).decode("utf-8-sig")
    assert '"enrollments.csv","2","e-1"' in text
    assert '"users.csv","3","u-li","Role","wizard","The console has no such role."' in text


def test_many_people_are_compared_and_applied_by_jobs(alice, settings):
    settings.IMPORT_INLINE_ROWS = 2
    client = client_for(alice)
    upload(client, school())
    source = PeopleImport.objects.get()
    client.post(reverse("accounts:roster_import_columns", args=[source.pk]), {"user_id_from": "sourced_id"})
    source.refresh_from_db()
    assert source.state == "checking"
    runner.run_due_jobs()
    client.post(reverse("accounts:roster_import_apply", args=[source.pk]))
    source.refresh_from_db()
    assert source.state == "applying"
    runner.run_due_jobs()
    source.refresh_from_db()
    assert source.state == "applied"
    assert User.objects.filter(user_id="u-li").exists()


def test_only_a_superadmin_is_asked_about_administrators(alice):
    sue = create_person(alice.enterprise, "sue", Role.SUPERADMIN)
    assert "become administrators" in page_text(upload(client_for(sue), school()))


def test_imports_of_either_kind_are_not_pages_of_the_other(alice, checked):
    source = checked(school())
    client = client_for(alice)
    assert client.get(reverse("accounts:import", args=[source.pk])).status_code == 404
    assert client.post(reverse("accounts:import_apply", args=[source.pk])).status_code == 404
    assert "roster.zip" not in page_text(client.get(reverse("accounts:imports")))
    assert "roster.zip" in page_text(client.get(reverse("accounts:roster_imports")))


@pytest.mark.parametrize("page", ["roster_import", "roster_import_columns", "roster_import_apply"])
def test_another_school_finds_nothing_and_a_teacher_is_refused(alice, bob, charlie, checked, page):
    address = reverse(f"accounts:{page}", args=[checked(school()).pk])
    for method in ("get", "post"):
        assert getattr(client_for(charlie), method)(address).status_code in (404, 405)
        assert getattr(client_for(bob), method)(address).status_code in (403, 405)
