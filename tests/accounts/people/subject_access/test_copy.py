"""A copy of everything that the console holds about a person, made by a job."""

import io
import json
import zipfile
from typing import Any

import pytest

from accounts.models import Avatar, Export, PeopleExportChunk, Role, User
from accounts.people.erasure import erase_person
from accounts.people.subject_access import job as copy_job
from accounts.people.subject_access.services import request_copy
from console.audit.held_data import holdings
from console.audit.models import AuditEntry, PersonalDataAccess
from console.audit.trail import record
from console.jobs import runner
from console.jobs.models import Job
from console.notifications.models import Notification
from tests.security.sample_school import build_sample_school
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says

pytestmark = pytest.mark.django_db

HELD = {
    "accounts.User",
    "audit.AuditEntry",
    "classes.Appeal",
    "classes.Attendance",
    "classes.AttendanceWarning",
    "classes.Correction",
    "classes.Leave",
    "classes.Member",
    "classes.Observation",
    "classes.Register",
    "classes.Stay",
    "classes.WarningFollowUp",
}


@pytest.fixture
def sample(school, other_school, olga):
    found = build_sample_school(school, other_school, olga)
    Job.objects.all().delete()  # only those of copies run here
    return found


@pytest.fixture
def dina(sample):
    return sample.people["student"]


@pytest.fixture
def alice(sample):
    return sample.people["admin"]


def made(by: User, person: User, reason: str = "a parent asks") -> zipfile.ZipFile:
    """The copy of `person` that `by` asked for and downloaded."""
    source = request_copy(person=person, by=by, reason=reason)
    runner.run_due_jobs()
    answer = client_for(by).get(f"/people/exports/{source.pk}/file/")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def data_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.read("data.json"))
    return found


def test_the_copy_holds_what_every_app_has_about_the_person(alice, dina):
    found = data_of(made(alice, dina))
    assert list(found["data"]) == [one.model for one in holdings()]
    filled = {model for model, rows in found["data"].items() if rows}
    assert filled >= HELD
    (profile,) = found["data"]["accounts.User"]
    assert (profile["user_id"], profile["phone_no"]) == ("dina", "13800130001")
    assert (found["user_id"], found["only_for_the_office"]) == ("dina", [])
    assert found["not_included"]["audit.PersonKey"]


def test_it_names_nobody_else(alice, dina, sample):
    archive = made(alice, dina)
    for name in ("data.json", "index.html"):
        text = archive.read(name).decode()
        for other in ("Bob", "Tom", "Alice", "Charlie", "Sue", "bob@", "alice@"):
            assert other not in text, (name, other)


def test_the_page_of_it_is_complete_escaped_and_runs_nothing(alice, dina):
    User.objects.filter(pk=dina.pk).update(nickname="<script>alert(1)</script>")
    dina.refresh_from_db()
    page = made(alice, dina).read("index.html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<table") == page.count("</table>") == page.count("<section id=")
    assert page.rstrip().endswith("</html>")
    assert "a parent asks" in page


@pytest.mark.parametrize(("language", "word"), [("en", "Not included"), ("zh-hans", "未包含的内容")])
def test_it_is_in_the_language_of_whoever_asked(alice, dina, language, word):
    client_for(alice, language).post(f"/people/{dina.pk}/data/", {"reason": "a parent asks"})
    runner.run_due_jobs()
    source = Export.objects.get(person=dina)
    answer = client_for(alice).get(f"/people/exports/{source.pk}/file/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert word in archive.read("index.html").decode()


def test_it_has_the_picture_of_the_person(alice, dina):
    Avatar.objects.create(enterprise=dina.enterprise, person=dina, kind="png", content=b"\x89PNG picture")
    assert made(alice, dina).read("files/picture.png") == b"\x89PNG picture"


def test_the_request_the_copy_and_the_download_are_on_record(alice, dina):
    made(alice, dina, reason="a parent asks")
    asked = AuditEntry.objects.get(action="person.subject_access_request")
    given = AuditEntry.objects.get(action="person.subject_access")
    assert (asked.reason, asked.object_id, asked.actor) == ("a parent asks", str(dina.pk), alice)
    assert (given.reason, given.looks) == ("a parent asks", True)
    assert PersonalDataAccess.objects.filter(entry=given, person=dina).exists()
    assert AuditEntry.objects.filter(action="export.fetch", actor=alice).exists()
    assert Notification.objects.get(kind="export.ready").person == alice


def test_a_reason_is_required_for_the_data_of_somebody_else(alice, dina):
    answer = client_for(alice).post(f"/people/{dina.pk}/data/", {"reason": ""})
    assert page_says(answer, "Enter a reason. It is recorded with your name.")
    assert not Export.objects.filter(person=dina).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_get_a_copy_of_their_own_without_what_only_the_office_sees(dina, language):
    client = client_for(dina, language)
    assert f"/people/{dina.pk}/data/" in client.get(f"/people/{dina.pk}/").content.decode()
    assert client.get(f"/people/{dina.pk}/data/").status_code == 200
    answer = client.post(f"/people/{dina.pk}/data/")
    runner.run_due_jobs()
    page = client.get(answer.headers["Location"])
    assert page.context["may_fetch"]
    source = Export.objects.get(person=dina)
    answer = client.get(f"/people/exports/{source.pk}/file/")
    found = data_of(zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))))
    assert {"audit.AuditEntry", "classes.WarningFollowUp"} <= set(found["only_for_the_office"])
    assert found["data"]["audit.AuditEntry"] == []
    assert found["data"]["classes.Attendance"]
    assert found["data"]["classes.Leave"]
    assert client.get("/notices/").status_code == 200


def test_the_page_of_ones_sign_in_leads_to_the_copy(dina, alice):
    for person in (dina, alice):
        assert f"/people/{person.pk}/data/" in client_for(person).get("/account/").content.decode()


def test_nobody_gets_the_data_of_others_without_the_right(sample, dina, alice):
    source = request_copy(person=dina, by=alice, reason="a parent asks")
    runner.run_due_jobs()
    for who in ("teacher", "other teacher", "supervisor"):
        client = client_for(sample.people[who])
        assert client.post(f"/people/{dina.pk}/data/", {"reason": "x"}).status_code in (403, 404)
        assert client.get(f"/people/exports/{source.pk}/file/").status_code in (403, 404)
    charlie = client_for(sample.people["admin of another school"])
    assert charlie.get(f"/people/{dina.pk}/data/").status_code == 404
    assert charlie.get(f"/people/exports/{source.pk}/").status_code == 404


def test_an_administrator_gets_no_copy_of_a_superadmin(alice, sample):
    root = sample.people["superadmin"]
    assert client_for(alice).post(f"/people/{root.pk}/data/", {"reason": "x"}).status_code == 403
    assert not Export.objects.filter(person=root).exists()


def test_the_file_goes_with_the_right_to_make_it(alice, dina):
    source = request_copy(person=dina, by=alice, reason="a parent asks")
    runner.run_due_jobs()
    User.objects.filter(pk=alice.pk).update(role=Role.TEACHER)
    client = client_for(User.objects.get(pk=alice.pk))
    assert not client.get(f"/people/exports/{source.pk}/").context["may_fetch"]
    assert client.get(f"/people/exports/{source.pk}/file/").status_code == 302


def test_asking_twice_while_it_is_made_is_refused_with_a_sentence(alice, dina):
    client = client_for(alice)
    for _twice in range(2):
        answer = client.post(f"/people/{dina.pk}/data/", {"reason": "a parent asks"}, follow=True)
    assert page_says(answer, "This copy is being made already. You are notified when it is ready.")
    assert Export.objects.filter(person=dina).count() == 1


def test_many_rows_are_read_in_steps_and_all_of_them_are_in_the_file(alice, dina, monkeypatch):
    monkeypatch.setattr(copy_job, "ROWS_PER_STEP", 3)
    for number in range(10):
        record("person.pull", dina, by=alice, reason=f"step {number}")
    found = data_of(made(alice, dina))["data"]["audit.AuditEntry"]
    assert [f"step {n}" in {row["reason"] for row in found} for n in range(10)] == [True] * 10
    assert len({row["pk"] for row in found}) == len(found)


def test_of_very_many_rows_the_newest_are_in_the_file_which_says_so(alice, dina, monkeypatch):
    monkeypatch.setattr(copy_job, "MAX_ROWS_PER_MODEL", 4)
    for number in range(10):
        record("person.pull", dina, by=alice, reason=f"step {number}")
    archive = made(alice, dina)
    found = data_of(archive)
    assert found["older_rows_missing"] == ["audit.AuditEntry"]
    assert "step 9" in {row["reason"] for row in found["data"]["audit.AuditEntry"]}
    assert len(found["data"]["audit.AuditEntry"]) == 4
    assert "以下数据只包含最新的部分" in archive.read("index.html").decode()


def test_too_much_data_fails_with_a_sentence(alice, dina, monkeypatch):
    monkeypatch.setattr(copy_job, "MAX_BYTES", 10)
    request_copy(person=dina, by=alice, reason="a parent asks")
    runner.run_due_jobs()
    assert Job.objects.get(kind="person.subject_access").reason.startswith("There is too much data")


def test_an_erasure_deletes_the_copies(alice, dina):
    source = request_copy(person=dina, by=alice, reason="a parent asks")
    runner.run_due_jobs()
    erase_person(person=dina, by=alice, reason="a parent asks")
    assert not PeopleExportChunk.objects.filter(source=source).exists()
    source.refresh_from_db()
    assert source.emptied_at is not None


def test_a_teacher_finds_their_lessons_but_no_student(sample):
    bob = sample.people["teacher"]
    text = made(bob, bob, reason="").read("data.json").decode()
    found = json.loads(text)["data"]
    assert found["classes.Lesson"]
    assert found["accounts.User"]
    assert "Dina" not in text
    assert "13800130001" not in text


def test_somebody_without_a_trace_gets_a_readable_page(school, alice):
    person = create_person(school, "new", Role.STUDENT)
    page = made(alice, person).read("index.html").decode()
    assert page.count("<table") == page.count("</table>")
