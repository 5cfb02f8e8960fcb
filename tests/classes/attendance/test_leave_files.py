"""Attachments of leave: checked, stored out of reach, seen by those who see the leave, deleted in time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Role, StudentGroup, User
from accounts.people.erasure import erase_person
from accounts.school.retention import clear_school
from classes.attendance.leave import answer_leave, request_leave, withdraw_leave
from classes.attendance.leave_files import attach_file, check_file, stored_files
from classes.models import Leave, LeaveFile
from classes.models.leave_file import leave_file_storage
from console.audit.models import AuditEntry, PersonalDataAccess
from console.concurrency import Conflict
from console.policy.tokens import issue_token
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.clamd import BAD
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits
from tests.support.image_files import jpg, png
from tests.support.page_client import client_for, page_text
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nstartxref\n9\n%%EOF\n"
DAY = timedelta(days=1)


def upload(name: str = "note.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def dina(school: Any) -> User:
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def leave(dina: User) -> Leave:
    period = timezone.now() + DAY, timezone.now() + 2 * DAY
    return request_leave(person=dina, periods=[period], kind="sick", reason="Flu", by=dina)[0]


@pytest.fixture
def attached(leave: Leave, dina: User) -> LeaveFile:
    return attach_file(leave=leave, file=check_file(upload()), by=dina)


def stored(name: str) -> bool:
    return leave_file_storage().exists(name)


def typed(**more: Any) -> dict[str, Any]:
    day = (timezone.localdate() + DAY).isoformat()
    return {"day": day, "kind": "sick", "reason": "Flu, in bed", **more}


def address(file: LeaveFile) -> str:
    return f"/leave/{file.leave_id}/files/{file.pk}/"


def status(reader: User, path: str) -> int:
    answer = client_for(reader).get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)  # a file that is not read stays open
    return answer.status_code


def test_a_student_attaches_two_files_and_both_are_downloaded_as_they_were_sent(dina, bob, school):
    group = StudentGroup.objects.create(enterprise=school, name="Year 7")
    group.students.add(dina)
    put_in_charge(group, bob)
    answer = client_for(dina).post(
        "/leave/new/", typed(attachment=upload(), attachment_2=upload("诊断.jpg", jpg()))
    )
    assert answer.status_code == 302, page_text(answer)
    first, second = LeaveFile.objects.order_by("id")
    assert (str(first), str(second), first.leave.state) == ("note.pdf", "诊断.jpg", "requested")
    assert "note.pdf" in page_text(client_for(bob).get(f"/leave/{first.leave_id}/"))
    told = client_for(bob).get(address(first))
    assert b"".join(told.streaming_content) == PDF
    assert told["Content-Disposition"] == 'attachment; filename="note.pdf"'
    assert told["Content-Type"] == "application/octet-stream"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in told["Cache-Control"]
    assert "sandbox" in told["Content-Security-Policy"]
    entry = AuditEntry.objects.get(action="leave.download")
    assert (entry.actor, entry.object_id) == (bob, str(first.leave_id))
    assert "note" not in str(entry.after)
    assert PersonalDataAccess.objects.filter(entry=entry, person=dina).exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("note.pdf", b"<html><script>alert(1)</script></html>", "The content does not match"),
        ("note.docx", b"PK\x03\x04", "Only pdf, jpg and png files can be attached."),
        ("note.svg", b"<svg/>", "files are supported"),
        ("note.png", PDF, "content does not match"),
        ("note.exe.pdf", PDF, "hide its real type"),
        ("note.pdf", b"", "empty"),
        ("note.pdf", PDF + bytes(5_000_001), "more than 5 MB"),
    ],
)
def test_a_file_of_another_kind_or_size_is_refused_and_nothing_typed_is_lost(dina, name, content, sentence):
    page = page_text(
        client_for(dina).post(
            "/leave/new/", typed(attachment=upload(name, content), attachment_2=upload("b.png", png()))
        )
    )
    assert sentence in page
    assert "Flu, in bed" in page
    assert "Choose this file again: it was not kept." in page
    assert not Leave.objects.exists()
    assert not LeaveFile.objects.exists()


@pytest.mark.usefixtures("scanned")
def test_a_virus_is_refused(dina):
    content = PDF.replace(b"1 0 obj", BAD + b" 1 0 obj")
    page = client_for(dina).post("/leave/new/", typed(attachment=upload(content=content)))
    assert "virus scanner found" in page_text(page)
    assert not Leave.objects.exists()


def test_files_are_for_those_who_see_the_leave_alone(attached, alice, bob, charlie, dina, school):
    tom = create_person(school, "tom", Role.STUDENT)
    readers = (alice, bob, charlie, dina, tom)
    statuses = {one.user_id: status(one, address(attached)) for one in readers}
    assert statuses == {"alice": 200, "bob": 403, "charlie": 404, "dina": 200, "tom": 403}
    other = request_leave(
        person=tom,
        periods=[(timezone.now() + DAY, timezone.now() + 2 * DAY)],
        kind="sick",
        reason="Flu",
        by=tom,
    )[0]
    # The number of a file does not open it by the page of another leave.
    assert status(tom, f"/leave/{other.pk}/files/{attached.pk}/") == 404


def test_a_supervisor_sees_the_leave_without_its_attachments(attached, school):
    sue = create_person(school, "sue", Role.SUPERVISOR)
    leave = attached.leave
    page = page_text(client_for(sue).get(f"/leave/{leave.pk}/"))
    assert f"{attached.name}.{attached.ext}" not in page
    assert address(attached) not in page
    assert status(sue, address(attached)) == 403
    assert rest_client(sue).get(f"/api/v1/leave/{leave.pk}/").json()["files"] == []
    assert rest_client(sue).get(f"/api/v1/leave/{leave.pk}/files/{attached.pk}/").status_code == 403


def test_a_token_for_reading_leave_opens_no_attachment(attached, alice):
    for scopes, answer in ((["leave:read"], 403), (["leave:write"], 200)):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(alice, scopes=scopes)}")
        response = client.get(f"/api/v1/leave/{attached.leave_id}/files/{attached.pk}/")
        if response.streaming:
            b"".join(response.streaming_content)  # a file that is not read stays open
        assert response.status_code == answer


def test_a_note_can_come_later_until_the_leave_is_returned_or_has_two_files(leave, dina, alice):
    client = client_for(dina)
    add = f"/leave/{leave.pk}/files/"
    assert "Choose a file." in page_text(client.post(add))
    client.post(add, {"attachment": upload()})
    answer_leave(leave=leave, approved=True, text="", by=alice)
    client.post(add, {"attachment": upload("b.png", png())})
    assert leave.files.count() == 2
    assert "At most 2 files" in page_text(client.post(add, {"attachment": upload()}))
    withdraw_leave(leave=leave, by=alice)
    with pytest.raises(Conflict, match="returned or withdrawn"):
        attach_file(leave=leave, file=check_file(upload()), by=dina)


def test_a_request_that_replaces_another_one_keeps_its_files(attached, dina):
    period = timezone.now() + DAY / 2, timezone.now() + 3 * DAY
    (merged,) = request_leave(person=dina, periods=[period], kind="sick", reason="Still", by=dina)
    assert list(merged.files.all()) == [attached]


def test_what_is_stored_goes_with_the_last_row_that_shares_it(
    dina, alice, school, django_capture_on_commit_callbacks
):
    periods = [(timezone.now() + n * DAY, timezone.now() + n * DAY + DAY / 24) for n in (1, 3)]
    with stored_files(school, [check_file(upload())]) as files:
        request_leave(person=dina, periods=periods, kind="sick", reason="Flu", by=dina, files=files)
    first, second = LeaveFile.objects.order_by("id")
    assert first.file.name == second.file.name
    assert stored(first.file.name)
    Leave.objects.filter(pk=first.leave_id).update(
        state="withdrawn", withdrawn_at=timezone.now() - timedelta(days=400)
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert clear_school(school)["keep_leave_files_days"] == 1
    assert list(LeaveFile.objects.all()) == [second]
    assert stored(second.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person=dina, by=alice, reason="asked")
    assert not LeaveFile.objects.exists()
    assert not stored(second.file.name)


def test_attachments_are_deleted_some_days_after_the_leave(
    attached, school, django_capture_on_commit_callbacks
):
    Leave.objects.update(
        begins_at=timezone.now() - timedelta(days=370), ends_at=timezone.now() - timedelta(days=364)
    )
    assert clear_school(school) == {}
    Leave.objects.update(ends_at=timezone.now() - timedelta(days=366))
    assert clear_school(school) == {}, "nobody has answered the request"
    Leave.objects.update(state="approved")
    with django_capture_on_commit_callbacks(execute=True):
        assert clear_school(school) == {"keep_leave_files_days": 1}
    assert not stored(attached.file.name)
    assert Leave.objects.count() == 1


def test_a_refused_request_leaves_nothing_in_the_storage(dina, school):
    before = set(leave_file_storage().listdir(str(school.pk))[1]) if stored(str(school.pk)) else set()
    late = (timezone.localdate() - 100 * DAY).isoformat()
    page = client_for(dina).post("/leave/new/", typed(day=late, attachment=upload()))
    assert "Leave can be requested at most" in page_text(page)
    after = set(leave_file_storage().listdir(str(school.pk))[1]) if stored(str(school.pk)) else set()
    assert after == before


def test_rest_attaches_lists_and_downloads_files(leave, dina, alice, charlie):
    files = f"/api/v1/leave/{leave.pk}/files/"
    made = rest_client(dina).post(files, {"file": upload()}, format="multipart")
    assert made.status_code == 201, made.content
    bad = rest_client(dina).post(files, {"file": upload("a.pdf", b"x")}, format="multipart")
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["file"])
    (shown,) = rest_client(alice).get(f"/api/v1/leave/{leave.pk}/").json()["files"]
    assert (shown["name"], shown["ext"], shown["bytes"]) == ("note", "pdf", len(PDF))
    assert b"".join(rest_client(alice).get(f"{files}{shown['id']}/").streaming_content) == PDF
    assert rest_client(charlie).get(f"{files}{shown['id']}/").status_code == 404
    assert rest_client(charlie).post(files, {"file": upload()}, format="multipart").status_code == 404
    answer_leave(leave=leave, approved=False, text="No.", by=alice)
    assert rest_client(dina).post(files, {"file": upload()}, format="multipart").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_three_who_attach_at_once_two_succeed(leave, dina, alice):
    checked = [check_file(upload(f"{n}.pdf")) for n in range(3)]
    outcomes = call_concurrently(
        *(lambda one=one: attach_file(leave=leave, file=one, by=alice) for one in checked)
    )
    assert [isinstance(one.error, ValidationError) for one in outcomes].count(True) == 1
    assert leave.files.count() == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_attached_to_the_leave_of_somebody_erased(leave, dina, alice):
    answer_leave(leave=leave, approved=True, text="", by=alice)
    file = check_file(upload())
    late = call_while_other_waits(
        lambda: erase_person(person=dina, by=alice, reason="asked"),
        lambda: attach_file(leave=leave, file=file, by=alice),
    )
    assert isinstance(late.error, ValidationError)
    assert "permanently erased" in " ".join(late.error.messages)
    assert not LeaveFile.objects.exists()
    page = client_for(alice).post(f"/leave/{leave.pk}/files/", {"attachment": upload()})
    assert page.status_code in (200, 403)
    assert not LeaveFile.objects.exists()
