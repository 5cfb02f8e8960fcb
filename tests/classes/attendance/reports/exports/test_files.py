"""Files: deleted by the retention task and with the data of a person; stored in a bucket as in a folder."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.school.retention import clear_school
from classes.attendance.reports.exports.files import scrub_files
from classes.attendance.reports.exports.services import delete_schedule
from classes.models import ExportRun
from classes.models.export_schedule import export_storage

pytestmark = pytest.mark.django_db


def test_files_expire_after_the_days_of_the_school_and_the_last_run_stays(
    school, daily, make, time_machine, django_capture_on_commit_callbacks
):
    names = [make(daily).file.name for _ in range(2)]
    last = ExportRun.objects.latest("pk")
    with django_capture_on_commit_callbacks(execute=True):
        assert clear_school(school) == {}
    time_machine.move_to(timezone.now() + timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert clear_school(school) == {"keep_export_files_days": 2}
        assert clear_school(school) == {}
    assert not any(export_storage().exists(name) for name in names)
    (run,) = ExportRun.objects.all()
    assert (run.pk, run.file.name, run.state) == (last.pk, "", "done")


def test_runs_of_a_deleted_export_go_with_their_files(school, alice, daily, make, time_machine):
    make(daily)
    delete_schedule(schedule=daily, by=alice)
    assert ExportRun.objects.get().file.name
    time_machine.move_to(timezone.now() + timedelta(days=31))
    assert clear_school(school) == {"keep_export_files_days": 1}
    assert not ExportRun.objects.exists()


def test_the_files_of_a_school_go_when_a_person_is_erased(
    daily, bob, charlie, make, django_capture_on_commit_callbacks
):
    name = make(daily).file.name
    assert scrub_files(charlie) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert scrub_files(bob) == 1
    assert ExportRun.objects.get().file.name == ""
    assert not export_storage().exists(name)
