"""A long export is made by a job: one may leave and come back, and only whoever asked takes the file away."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.erasing import erase_person
from accounts.imports import files, longexport, planning
from accounts.imports.export import people_of
from accounts.models import Export, ExportPiece, Role, User
from accounts.services import edit_person
from console.audit.models import AuditEntry, Seen
from console.jobs import machine
from console.jobs.models import Job
from console.notices.models import Notice
from tests.accounts.imports.test_export import content
from tests.support.cast import person
from tests.support.pages import LANGUAGES, reader, says

pytestmark = pytest.mark.django_db

LEAVE = "You may leave this page; the work goes on. You get a notice when the file is ready."
DELETED = "The file is deleted, as every export is after a while. Export again where you need it."
ASKED = {"format": ".csv", "contacts": "on", "reason": "moving"}


@pytest.fixture(autouse=True)
def three_are_many(settings, monkeypatch):
    """Three people are too many to wait for, and two are a portion."""
    settings.EXPORT_WAITED_ROWS = 3
    monkeypatch.setattr(longexport, "ROWS_AT_ONCE", 2)


@pytest.fixture
def asked(alice, bob, dina, sue, quinn):
    """Alice has asked for her school with contacts; nothing is done yet."""
    answer = reader(alice, "en").post("/people/export/", ASKED)
    source = Export.objects.get()
    assert answer.headers["Location"] == f"/people/exports/{source.pk}/"
    return source


def fetched(by, source):
    return reader(by).get(f"/people/exports/{source.pk}/file/")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_file_of_the_job_holds_everybody_once_and_imports_as_unchanged(
    alice, bob, dina, sue, quinn, suffix
):
    reader(alice, "zh-hans").post("/people/export/", {**ASKED, "format": suffix})
    assert machine.drain() > 2
    sheet = content(fetched(alice, Export.objects.get()))
    source = files.take_in(file=io.BytesIO(sheet), filename=f"a{suffix}", by=alice)
    assert source.headings[1] == "姓名"
    planning.plan(source)
    assert source.counts["unchanged"] == people_of(alice).count() == source.rows_in_all
    assert set(ExportPiece.objects.values_list("holds", flat=True)) == {"file"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_how_far_it_is_and_then_the_button(alice, asked, language):
    client, address = reader(alice, language), f"/people/exports/{asked.pk}/"
    first = client.get(address)
    assert says(first, LEAVE, language)
    assert 'hx-trigger="every 2s"' in first.content.decode()
    machine.drain(limit=1)
    assert (Job.objects.get().done, client.get(address).context["line"].job.percent) == (2, 40)
    machine.drain()
    last = client.get(address)
    assert f"{address}file/" in last.content.decode()
    assert "hx-trigger" not in last.content.decode().split('id="export-state"')[1][:200]
    assert address in client.get("/people/export/").content.decode()
    assert Notice.objects.get(person=alice).link == address


def test_nobody_takes_it_away_but_who_asked(alice, asked, school, charlie, olga, bob):
    machine.drain()
    second = person(school, "second", Role.SUPERADMIN)
    page = reader(second).get(f"/people/exports/{asked.pk}/")
    assert says(page, "Only whoever asked for this file can fetch it.", "en")
    assert fetched(second, asked).status_code == 403
    assert fetched(bob, asked).status_code == 403
    assert fetched(charlie, asked).status_code == 404
    assert fetched(olga, asked).status_code == 403
    assert "13812345678" in content(fetched(alice, asked)).decode()


def test_it_stands_on_the_trail_like_a_reveal_before_it_can_be_fetched(alice, asked, dina):
    assert fetched(alice, asked).status_code == 302
    assert not Seen.objects.exists()
    machine.drain()
    entry = AuditEntry.objects.get(action="person.export")
    assert (entry.actor, entry.reason, entry.after["rows"]) == (alice, "moving", 5)
    assert Seen.objects.get(person=dina).fields == ["e_mail", "phone_no"]
    content(fetched(alice, asked))
    assert AuditEntry.objects.get(action="export.fetch").actor == alice


def test_it_is_deleted_when_its_time_is_over(alice, asked, settings):
    machine.drain()
    Export.objects.update(ready_at=timezone.now() - timedelta(hours=settings.EXPORT_KEEP_HOURS, minutes=1))
    assert fetched(alice, asked).status_code == 302
    Export.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert longexport.tidy() == 1
    assert not ExportPiece.objects.exists()
    assert says(reader(alice).get(f"/people/exports/{asked.pk}/"), DELETED, "en")
    assert longexport.tidy() == 0


def test_one_that_was_just_finished_is_kept_however_long_it_took(asked, settings):
    machine.drain()
    Export.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert longexport.tidy() == 0


def test_erasing_somebody_takes_the_files_along_finished_or_not(alice, asked, dina, school):
    machine.drain(limit=1)
    erase_person(person=dina, by=alice, reason="asked")
    assert not ExportPiece.objects.exists()
    machine.drain()
    assert Job.objects.get(kind=longexport.EXPORT).state == Job.State.FAILED
    assert says(reader(alice).get(f"/people/exports/{asked.pk}/"), DELETED, "en")


def test_who_lost_the_right_meanwhile_gets_no_file(alice, asked, school):
    root = person(school, "root", Role.SUPERADMIN)
    edit_person(person=User.objects.get(pk=alice.pk), by=root, role=Role.TEACHER)
    machine.drain()
    job = Job.objects.get(kind=longexport.EXPORT)
    with override("en"):
        assert "may not take it away" in job.reason
    assert not Export.objects.get().is_there
    assert not AuditEntry.objects.filter(action="person.export").exists()


def test_groups_too_are_made_by_the_job(alice, school):
    some = [person(school, f"s{number}", Role.STUDENT) for number in range(5)]
    group = school.groups.create(name="一班")
    group.students.set(some)
    reader(alice).post("/groups/export/", {"format": ".csv"})
    machine.drain()
    told = content(fetched(alice, Export.objects.get())).decode()
    assert told.count("一班") == 5
    assert AuditEntry.objects.get(action="group.export").after["rows"] == 5


def test_a_short_one_is_there_at_once(alice, bob):
    assert reader(alice).post("/people/export/", {"format": ".csv"}).status_code == 200
    assert not Export.objects.exists()
