"""The files in a copy: each once, within a limit that the copy tells of; no second copy meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Export
from accounts.people.subject_access import archive
from classes.attendance.leave import request_leave
from classes.attendance.leave_files import check_file, stored_files
from classes.models import LeaveFile
from console.jobs import runner
from tests.accounts.people.subject_access.test_copy import data_of, made
from tests.classes.attendance.test_leave_files import PDF, upload
from tests.support.page_client import client_for, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = timedelta(days=1)


@pytest.fixture
def two_leaves(school, dina):
    """Two requests that share two files."""
    periods = [(timezone.now() + n * DAY, timezone.now() + n * DAY + DAY / 24) for n in (1, 3)]
    with stored_files(school, [check_file(upload("a.pdf")), check_file(upload("b.pdf"))]) as files:
        request_leave(person=dina, periods=periods, kind="sick", reason="Flu", by=dina, files=files)
    assert LeaveFile.objects.count() == 4


@pytest.mark.usefixtures("two_leaves")
def test_a_file_that_leaves_share_is_in_the_copy_once(dina):
    copy = made(dina, dina, reason="")
    assert len([name for name in copy.namelist() if name.startswith("files/")]) == 2
    assert data_of(copy)["files_left_out"] == []
    assert "did not fit" not in copy.read("index.html").decode()


@pytest.mark.usefixtures("two_leaves")
def test_files_beyond_the_limit_are_left_out_and_named(dina, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", len(PDF) + 1)
    copy = made(dina, dina, reason="")
    assert len([name for name in copy.namelist() if name.startswith("files/")]) == 1
    (left_out,) = data_of(copy)["files_left_out"]
    assert left_out in copy.read("index.html").decode()
    assert f"files/{left_out}" not in copy.namelist()


def test_while_a_copy_can_be_downloaded_another_request_leads_to_it(dina):
    made(dina, dina, reason="")
    first = Export.objects.get(person=dina)
    answer = client_for(dina).post(f"/people/{dina.pk}/data/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/people/exports/{first.pk}/"
    assert "This copy has been made already. Download it here." in page_text(answer)
    assert Export.objects.count() == 1
    Export.objects.update(emptied_at=timezone.now())
    client_for(dina).post(f"/people/{dina.pk}/data/")
    runner.run_due_jobs()
    assert Export.objects.filter(emptied_at=None).get().is_available
