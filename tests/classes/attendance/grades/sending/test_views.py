"""Pages that send grades to OneRoster: who may, what is said before and after, and without a service."""

from typing import Any

import pytest

from accounts.models import RosterConnection, User
from classes.attendance.grades.sending.runs import SEND_JOB
from classes.models import GradeRevision
from console.jobs.models import Job
from tests.classes.attendance.grades.sending.conftest import Gradebook, run_jobs
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
BUTTON = "Send to OneRoster"


def page_of(revision: GradeRevision) -> str:
    return f"/reports/grades/revisions/{revision.pk}/"


@pytest.mark.parametrize("gradebook", ["1.2"], indirect=True)
def test_an_administrator_sees_who_would_be_sent_sends_and_sees_who_was_not(
    browse: Any, gradebook: Gradebook, revision: GradeRevision, alice: User
) -> None:
    grades = f"/reports/grades/?course={revision.course_id}"
    assert f"{page_of(revision)}send/" in page_text(browse(alice, grades))
    assert BUTTON in page_text(browse(alice, page_of(revision)))
    question = page_text(browse(alice, f"{page_of(revision)}send/"))
    assert "The percentages of 2 students go to the gradebook" in question
    assert "Kid3: no OneRoster ID" in question
    assert browse(alice, f"{page_of(revision)}send/", {}).status_code == 302
    page = page_text(browse(alice, page_of(revision)))
    assert "waiting" in page
    assert BUTTON not in page
    run_jobs()
    page = page_text(browse(alice, page_of(revision)))
    assert "Kid3: no OneRoster ID" in page
    assert BUTTON in page
    assert "成绩册" in page_text(browse(alice, f"{page_of(revision)}send/", language="zh-hans"))


@pytest.mark.parametrize("gradebook", ["1.2"], indirect=True)
def test_only_administrators_send_grades(
    browse: Any, gradebook: Gradebook, revision: GradeRevision, bob: User, charlie: User
) -> None:
    page = page_text(browse(bob, page_of(revision)))
    assert BUTTON not in page
    assert "OneRoster" not in page
    assert browse(bob, f"{page_of(revision)}send/").status_code == 403
    assert browse(bob, f"{page_of(revision)}send/", {}).status_code == 403
    assert browse(charlie, f"{page_of(revision)}send/").status_code == 404
    assert not Job.objects.filter(kind=SEND_JOB).exists()


def test_without_a_service_there_is_a_sentence_and_no_button(
    browse: Any, revision: GradeRevision, alice: User
) -> None:
    assert not RosterConnection.objects.exists()
    page = page_text(browse(alice, page_of(revision)))
    assert BUTTON not in page
    assert "set up its" in page
    assert BUTTON not in page_text(browse(alice, f"/reports/grades/?course={revision.course_id}"))
    refused = page_text(browse(alice, f"{page_of(revision)}send/", {}))
    assert "Your school has no OneRoster service. Set it up first." in refused
