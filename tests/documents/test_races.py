"""Two people, or a person and the relay, at one document at once."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from documents import resumable_uploads
from documents.models import Document, DocumentUpload
from documents.services import add_document, delete_document, pull_document, push_document
from documents.upload_services import complete_replacement, replace_document
from tests.documents.sample_files import pdf
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = {"name": "Tea party", "ext": "pdf", "url": "https://files.example/tea.pdf", "md5": "a" * 32, "size": 9}
SAID: dict[str, Any] = {"permission": "public", "transcode": False}
DECK = pdf()


@pytest.fixture
def tea(school: Enterprise, bob: User) -> Document:
    return add_document(enterprise=school, owner=bob, by=bob, **PLAN)


def read(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def test_a_push_sees_the_id_that_came_meanwhile(tea: Document, bob: User) -> None:
    old = read(tea)
    Operation.objects.update(state="superseded")
    Document.objects.filter(pk=tea.pk).update(remote_id="d-1")
    with pytest.raises(ValidationError, match="iclass"):
        push_document(document=old, by=bob)
    assert Operation.objects.filter(kind="document.add").count() == 1


def test_what_is_deleted_meanwhile_is_neither_sent_nor_looked_at(tea: Document, bob: User) -> None:
    old = read(tea)
    delete_document(document=tea, by=bob)
    for act in (push_document, pull_document):
        with pytest.raises(ValidationError):
            act(document=old, by=bob)


def test_of_two_who_add_it_anew_one_does(tea: Document, bob: User) -> None:
    outcomes = call_concurrently(
        lambda: replace_document(document=read(tea), name="Party", owner=bob, by=bob, **SAID),
        lambda: replace_document(document=read(tea), name="Feast", owner=bob, by=bob, **SAID),
    )
    assert [isinstance(one.error, ValidationError) for one in outcomes].count(True) == 1
    assert Document.objects.filter(deleted_at=None).count() == 1
    assert AuditEntry.objects.filter(action="document.replace").count() == 1


def test_two_who_delete_it_do_so_once(tea: Document, bob: User, alice: User) -> None:
    outcomes = call_concurrently(
        lambda: delete_document(document=tea, by=bob), lambda: delete_document(document=tea, by=alice)
    )
    assert [one.error for one in outcomes] == [None, None]
    assert AuditEntry.objects.filter(action="document.delete").count() == 1


def test_nothing_is_put_in_the_place_of_what_is_deleted(tea: Document, bob: User, school: Enterprise) -> None:
    new = add_document(enterprise=school, owner=bob, by=bob, **PLAN | {"name": "Feast"})
    old = read(tea)
    second = call_while_other_waits(
        lambda: delete_document(document=tea, by=bob), lambda: complete_replacement(old=old, new=new, by=bob)
    )
    assert isinstance(second.error, ValidationError)
    assert read(new).replaces is None


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.combinations(["pull", "push", "delete", "anew"], 2))
)
def test_no_two_acts_end_in_a_deadlock(school: Enterprise, bob: User, one: str, other: str) -> None:
    for turn in range(3):
        document = add_document(enterprise=school, owner=bob, by=bob, **PLAN | {"name": f"Tea {turn}"})
        acts: dict[str, Any] = {
            "pull": lambda d=document: pull_document(document=read(d), by=bob),
            "push": lambda d=document: push_document(document=read(d), by=bob),
            "delete": lambda d=document: delete_document(document=read(d), by=bob),
            "anew": lambda d=document: replace_document(
                document=read(d), name="Feast", owner=bob, by=bob, **SAID
            ),
        }
        for outcome in call_concurrently(acts[one], acts[other]):
            assert outcome.error is None or type(outcome.error) is ValidationError, outcome.error


def begun(by: User) -> DocumentUpload:
    return resumable_uploads.start_upload(by=by, filename="Tea.pdf", size=len(DECK), modified=7)


def test_a_file_that_two_windows_begin_is_one_upload(bob: User, own_folder: Path) -> None:
    outcomes = call_concurrently(*[lambda: begun(bob)] * 4)
    assert [one.error for one in outcomes] == [None] * 4
    upload = DocumentUpload.objects.get()
    assert [one.name for one in own_folder.rglob("*.pdf")] == [Path(upload.file).name]


@pytest.mark.usefixtures("own_folder")
def test_an_upload_that_two_end_becomes_one_document_and_the_second_is_told(bob: User) -> None:
    upload = begun(bob)
    place = f"/courseware/uploads/{upload.token}/"
    client_for(bob).put(f"{place}?offset=0", DECK, content_type="application/octet-stream")
    outcomes = call_concurrently(
        *[lambda: client_for(bob).post(f"{place}done/", {"permission": "private", "again": "on"})] * 3
    )
    told = sorted(one.value.status_code for one in outcomes)
    assert told[0] == 201
    assert set(told[1:]) <= {400, 404}, told
    assert Document.objects.count() == 1
    with Document.objects.get().file.open() as kept:
        assert kept.read() == DECK
