"""A long export is made by a job: one may leave and come back, and only whoever asked takes the file away."""

import io
import zlib
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.imports import export_job
from accounts.imports.export import exportable_people
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import Export, PeopleExportChunk, Role, User
from accounts.people.age_and_consent import record_age, record_consent
from accounts.people.erasure import erase_person
from accounts.people.services import edit_person
from console.audit.models import AuditEntry, PersonalDataAccess
from console.imports import services
from console.jobs import runner
from console.jobs.models import Job
from console.notifications.models import Notification
from tests.accounts.imports.test_export import content
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says

FIELDS_SEEN = ["age_group", "e_mail", "phone_no"]
pytestmark = pytest.mark.django_db

LEAVE = "You can leave this page; the export continues. You are notified when the file is ready."
LEFT_OUT = "Without date of birth and consent: large exports leave them out, because their file is stored."
DELETED = "The file was deleted, as exports are kept for a limited time only. Export again if you need it."
ASKED = {"format": ".csv", "contacts": "on", "reason": "moving"}


@pytest.fixture(autouse=True)
def three_are_many(settings, monkeypatch):
    """Three people are too many to wait for, and two are a portion."""
    settings.EXPORT_INLINE_ROWS = 3
    monkeypatch.setattr(export_job, "ROWS_PER_STEP", 2)


@pytest.fixture
def asked(alice, bob, dina, sue, quinn):
    """Alice has asked for her school with contacts; nothing is done yet."""
    answer = client_for(alice, "en").post("/people/export/", ASKED)
    source = Export.objects.get()
    assert answer.headers["Location"] == f"/people/exports/{source.pk}/"
    return source


def fetched(by, source):
    return client_for(by).get(f"/people/exports/{source.pk}/file/")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_file_of_the_job_holds_everybody_once_and_imports_as_unchanged(
    alice, bob, dina, sue, quinn, suffix
):
    client_for(alice, "zh-hans").post("/people/export/", {**ASKED, "format": suffix})
    assert runner.run_due_jobs() > 2
    sheet = content(fetched(alice, Export.objects.get()))
    source = services.receive_file(PEOPLE_IMPORT, file=io.BytesIO(sheet), filename=f"a{suffix}", by=alice)
    assert source.headings[1] == "姓名"
    services.check_import(PEOPLE_IMPORT, source)
    assert source.counts["unchanged"] == exportable_people(alice).count() == source.rows_in_all
    assert set(PeopleExportChunk.objects.values_list("holds", flat=True)) == {"file"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_how_far_it_is_and_then_the_button(alice, asked, language):
    client, address = client_for(alice, language), f"/people/exports/{asked.pk}/"
    first = client.get(address)
    assert page_says(first, LEAVE, language)
    assert 'data-live="2"' in first.content.decode()
    runner.run_due_jobs(limit=1)
    assert (Job.objects.get().done, client.get(address).context["line"].job.percent) == (2, 40)
    runner.run_due_jobs()
    last = client.get(address)
    assert f"{address}file/" in last.content.decode()
    assert "data-live" not in last.content.decode().split('id="export-state"')[1][:200]
    assert address in client.get("/people/export/").content.decode()
    assert Notification.objects.get(person=alice).link == address


def test_nobody_takes_it_away_but_who_asked(alice, asked, school, charlie, olga, bob):
    runner.run_due_jobs()
    second = create_person(school, "second", Role.SUPERADMIN)
    page = client_for(second).get(f"/people/exports/{asked.pk}/")
    assert page_says(page, "Only the person who requested this export can download it.", "en")
    assert fetched(second, asked).status_code == 403
    assert fetched(bob, asked).status_code == 403
    assert fetched(charlie, asked).status_code == 404
    assert fetched(olga, asked).status_code == 403
    assert "13812345678" in content(fetched(alice, asked)).decode()


def test_it_stands_on_the_trail_like_a_reveal_before_it_can_be_fetched(alice, asked, dina):
    assert fetched(alice, asked).status_code == 302
    assert not PersonalDataAccess.objects.exists()
    runner.run_due_jobs()
    entry = AuditEntry.objects.get(action="person.export")
    assert (entry.actor, entry.reason, entry.after["rows"]) == (alice, "moving", 5)
    assert PersonalDataAccess.objects.get(person=dina).fields == FIELDS_SEEN
    content(fetched(alice, asked))
    assert AuditEntry.objects.get(action="export.fetch").actor == alice


def test_what_is_encrypted_elsewhere_is_not_in_a_stored_file_and_the_pages_say_so(alice, asked, dina):
    record_age(person=dina, by=alice, date_of_birth=date(2015, 3, 31))
    record_consent(
        person=dina, by=alice, state="given", day=date(2026, 1, 2), guardian="Li Na (mother)", how="paper"
    )
    runner.run_due_jobs(limit=1)
    rows = zlib.decompress(PeopleExportChunk.objects.earliest("number").content).decode()
    runner.run_due_jobs()
    file = content(fetched(alice, asked)).decode()
    for told in ("2015-03-31", "2026-01-02", "Li Na"):
        assert told not in rows
        assert told not in file
    assert "13812345678" in file
    page = client_for(alice, "en").get(f"/people/exports/{asked.pk}/")
    assert page_says(page, LEFT_OUT, "en")
    form = client_for(alice, "en").get("/people/export/")
    assert "Large exports, which are made in the background" in form.content.decode()


def test_it_is_deleted_when_its_time_is_over(alice, asked, settings):
    runner.run_due_jobs()
    Export.objects.update(ready_at=timezone.now() - timedelta(hours=settings.EXPORT_KEEP_HOURS, minutes=1))
    assert fetched(alice, asked).status_code == 302
    Export.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert export_job.delete_expired_exports() == 1
    assert not PeopleExportChunk.objects.exists()
    assert page_says(client_for(alice).get(f"/people/exports/{asked.pk}/"), DELETED, "en")
    assert export_job.delete_expired_exports() == 0


def test_one_that_was_just_finished_is_kept_however_long_it_took(asked, settings):
    runner.run_due_jobs()
    Export.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert export_job.delete_expired_exports() == 0


def test_erasing_somebody_takes_the_files_along_finished_or_not(alice, asked, dina, school):
    runner.run_due_jobs(limit=1)
    erase_person(person=dina, by=alice, reason="asked")
    assert not PeopleExportChunk.objects.exists()
    runner.run_due_jobs()
    assert Job.objects.get(kind=export_job.EXPORT_JOB).state == Job.State.FAILED
    assert page_says(client_for(alice).get(f"/people/exports/{asked.pk}/"), DELETED, "en")


def test_who_lost_the_right_meanwhile_gets_no_file(alice, asked, school):
    root = create_person(school, "root", Role.SUPERADMIN)
    edit_person(person=User.objects.get(pk=alice.pk), by=root, role=Role.TEACHER)
    runner.run_due_jobs()
    job = Job.objects.get(kind=export_job.EXPORT_JOB)
    with override("en"):
        assert "The person who requested this export is no longer allowed to export." in job.reason
    assert not Export.objects.get().is_available
    assert not AuditEntry.objects.filter(action="person.export").exists()


def test_groups_too_are_made_by_the_job(alice, school):
    some = [create_person(school, f"s{number}", Role.STUDENT) for number in range(5)]
    group = school.groups.create(name="一班")
    group.students.set(some)
    client_for(alice).post("/groups/export/", {"format": ".csv"})
    runner.run_due_jobs()
    told = content(fetched(alice, Export.objects.get())).decode()
    assert told.count("一班") == 5
    assert AuditEntry.objects.get(action="group.export").after["rows"] == 5


def test_a_short_one_is_there_at_once(alice, bob):
    assert client_for(alice).post("/people/export/", {"format": ".csv"}).status_code == 200
    assert not Export.objects.exists()
