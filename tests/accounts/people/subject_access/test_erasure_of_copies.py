"""An erasure leaves no copy of a person's data behind, also not one that is being made meanwhile."""

import io
import json
import zipfile

import pytest
from django.utils import timezone

from accounts.imports import export_job
from accounts.models import Export, PeopleExportChunk, User
from accounts.people.erasure import erase_person
from accounts.people.subject_access.services import request_copy
from console.jobs import runner
from console.jobs.models import Job
from tests.support.concurrent_calls import call_while_other_waits
from tests.support.page_client import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def copy(alice: User, dina: User) -> Export:
    return request_copy(person=dina, by=alice, reason="The mother of Dina asks.")


@pytest.mark.django_db(transaction=True)
def test_an_erasure_deletes_what_a_step_collected_meanwhile(copy, alice, dina):
    late = call_while_other_waits(
        lambda: runner.run_due_jobs(1),
        lambda: erase_person(person=dina, by=alice, reason="asked"),
    )
    assert late.error is None
    assert not PeopleExportChunk.objects.filter(source=copy).exists()


@pytest.mark.django_db(transaction=True)
def test_a_step_that_waited_for_an_erasure_collects_nothing(copy, alice, dina):
    late = call_while_other_waits(
        lambda: erase_person(person=dina, by=alice, reason="asked"), runner.run_due_jobs
    )
    assert late.error is None
    assert not PeopleExportChunk.objects.filter(source=copy).exists()
    assert "The rows were deleted" in Job.objects.get(kind="person.subject_access").reason


@pytest.mark.django_db(transaction=True)
def test_the_same_holds_for_a_table_of_people(alice, dina):
    source = export_job.start_export(
        by=alice, suffix=".csv", role="", group=None, groups=False, contacts=True, reason="x"
    )
    late = call_while_other_waits(
        lambda: runner.run_due_jobs(1),
        lambda: erase_person(person=dina, by=alice, reason="asked"),
    )
    assert late.error is None
    assert not PeopleExportChunk.objects.filter(source=source).exists()


def test_the_hourly_clean_up_deletes_what_is_left_of_an_emptied_export(copy):
    runner.run_due_jobs()
    Export.objects.filter(pk=copy.pk).update(emptied_at=timezone.now())
    assert PeopleExportChunk.objects.exists()
    assert export_job.delete_expired_exports() == 0
    assert not PeopleExportChunk.objects.exists()


def test_an_erasure_clears_why_a_copy_was_made_and_the_name_of_its_file(copy, alice, dina):
    runner.run_due_jobs()
    copy.refresh_from_db()
    assert "dina" in copy.filename
    erase_person(person=dina, by=alice, reason="asked")
    copy.refresh_from_db()
    assert (copy.reason, copy.filename, copy.by) == ("", "", alice)


def test_the_copy_of_an_administrator_names_nobody_whose_data_they_asked_for(copy, alice):
    runner.run_due_jobs()
    request_copy(person=alice, by=alice)
    runner.run_due_jobs()
    own = Export.objects.get(person=alice)
    answer = client_for(alice).get(f"/people/exports/{own.pk}/file/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    exports = json.loads(archive.read("data.json"))["data"]["accounts.Export"]
    assert len(exports) == 2
    assert not [row for row in exports if {"reason", "filename"} & row.keys()]
    assert "The mother of Dina" not in str(exports)
