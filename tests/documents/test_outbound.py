"""Documents at the local service: added once whatever becomes of the answer, and deleted."""

import secrets

import pytest
from django.db import transaction

from console.outbox import relay
from console.outbox.models import Attempt, Operation
from console.outbox.states import OperationState, SyncState
from documents.models import Document
from documents.services import add_document, delete_document, pull_document
from tests.support.iclass_service import effects_of, requests_to

pytestmark = pytest.mark.django_db(transaction=True)

LOST = ["drop_after", "cut", "html", "bad_json", "status"]


def plan(**fields):
    """A file of its own: the service outlives a test."""
    token = secrets.token_hex(16)
    return {
        "name": f"Tea {token}",
        "ext": "pdf",
        "url": f"https://files.example/{token}",
        "md5": token,
    } | fields


def added(owner, **fields):
    document = add_document(enterprise=owner.enterprise, owner=owner, by=owner, **plan(**fields))
    relay.drain()
    document.refresh_from_db()
    return document


def count(iclass, document):
    return len(effects_of(iclass, "document/add", name=document.name))


def test_an_added_document_gets_its_id_and_what_the_service_says_of_it(connected, bob, iclass):
    document = added(bob, size=9)
    assert document.sync_state == SyncState.IN_SYNC
    card = iclass.call("document/info", {"doc_id": document.remote_id})
    assert card["doc_name"] == document.name == document.observed["name"]
    assert (card["doc_ext"], card["permission"], card["owner"]) == ("pdf", "private", "bob")
    assert card["doc_url"] == document.source_url


def test_a_conversion_is_only_asked_for_where_it_is_wanted(connected, bob, iclass):
    added(bob)
    added(bob, transcode=True)
    assert [body["is_transcode"] for body in requests_to(iclass, "document/add")[-2:]] == [False, True]


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_does_not_make_a_second_document(connected, bob, iclass, kind):
    iclass.control("faults", {"arm": {"kind": kind, "match": "document/add", "applied": True}})
    document = added(bob)
    assert document.remote_id
    assert count(iclass, document) == 1
    outcomes = Attempt.objects.filter(operation__subject_id=document.pk).values_list("outcome", flat=True)
    assert set(outcomes) == {Attempt.Outcome.UNKNOWN, Attempt.Outcome.FOUND}


def test_an_add_that_never_arrived_is_sent_again(connected, bob, iclass):
    iclass.control("faults", {"arm": {"kind": "drop_before", "match": "document/add"}})
    document = added(bob)
    assert document.remote_id
    assert count(iclass, document) == 1


def test_a_probe_takes_no_document_that_is_held_already(connected, bob, iclass):
    fields = plan()
    first = add_document(enterprise=connected, owner=bob, by=bob, **fields)
    relay.drain()
    iclass.control("faults", {"arm": {"kind": "drop_before", "match": "document/add"}})
    second = add_document(enterprise=connected, owner=bob, by=bob, **fields)
    relay.drain()
    ids = set(Document.objects.values_list("remote_id", flat=True))
    assert len(ids - {""}) == 2
    assert count(iclass, first) == 2
    assert second.name == first.name


def test_a_file_of_the_same_name_at_another_address_is_not_taken_for_ours(connected, bob, iclass):
    fields = plan(md5="")
    iclass.call(
        "document/add",
        {
            "doc_url": "https://files.example/other",
            "doc_name": fields["name"],
            "doc_ext": "pdf",
            "owner": "bob",
        },
    )
    iclass.control("faults", {"arm": {"kind": "drop_before", "match": "document/add"}})
    document = add_document(enterprise=connected, owner=bob, by=bob, **fields)
    relay.drain()
    document.refresh_from_db()
    card = iclass.call("document/info", {"doc_id": document.remote_id})
    assert card["doc_url"] == fields["url"]


def test_several_that_look_alike_wait_for_a_person(connected, bob, iclass):
    fields = plan()
    body = {
        "doc_url": fields["url"],
        "doc_name": fields["name"],
        "doc_ext": "pdf",
        "doc_md5": fields["md5"],
        "permission": "private",
        "owner": "bob",
    }
    iclass.call("document/add", body)
    iclass.call("document/add", body)
    iclass.control("faults", {"arm": {"kind": "drop_before", "match": "document/add"}})
    document = add_document(enterprise=connected, owner=bob, by=bob, **fields)
    relay.drain()
    document.refresh_from_db()
    assert (document.sync_state, document.sync_reason) == (SyncState.NEEDS_YOU, "several_alike_documents")
    assert str(document.sync_reason_text.next)


def test_an_answer_with_the_id_of_another_document_is_not_believed(connected, bob, iclass):
    document = added(bob)
    theirs = iclass.call("document/add", {"doc_url": "https://files.example/x", "owner": "bob"})["doc_id"]
    operation = Operation.objects.get(kind="document.add", subject_id=document.pk)
    with transaction.atomic():
        Document.objects.get(pk=document.pk).forget_remote()
    kind = relay.get_kind("document.add")
    request = kind.prepare(operation)
    with pytest.raises(relay.IClassError, match="another document"):
        kind.call(_Answering(connected.client(), theirs), request)


class _Answering:
    """A client to whose add the service answers with this id; all else goes to the real service."""

    def __init__(self, client, doc_id):
        self.documents = self
        self._client, self._doc_id = client, doc_id

    def add(self, new):
        return self._doc_id

    def info(self, doc_id):
        return self._client.documents.info(doc_id)


def test_a_deleted_document_is_gone_at_the_service(connected, bob, iclass):
    document = added(bob)
    delete_document(document=document, by=bob)
    relay.drain()
    assert iclass.call("document/info", {"doc_id": document.remote_id})["error_code"] == 10003
    assert Operation.objects.get(kind="document.delete").state == OperationState.DONE


@pytest.mark.parametrize("kind", ["drop_after", "html", "drop_before"])
def test_a_delete_whose_answer_is_lost_ends_well(connected, bob, iclass, kind):
    document = added(bob)
    iclass.control("faults", {"arm": {"kind": kind, "match": "document/delete", "applied": True}})
    delete_document(document=document, by=bob)
    relay.drain()
    assert Operation.objects.get(kind="document.delete").state == OperationState.DONE
    assert (
        len([one for one in effects_of(iclass, "document/delete") if document.remote_id in one["object"]])
        == 1
    )


def test_one_that_somebody_else_deleted_is_deleted(connected, bob, iclass):
    document = added(bob)
    iclass.call("document/delete", {"doc_ids": [document.remote_id]})
    delete_document(document=document, by=bob)
    relay.drain()
    assert Operation.objects.get(kind="document.delete").state == OperationState.DONE


def test_a_delete_that_the_service_refuses_while_it_has_the_document_is_refused(connected, bob, iclass):
    document = added(bob)
    iclass.control("faults", {"arm": {"kind": "refuse", "match": "document/delete", "error_code": 10003}})
    delete_document(document=document, by=bob)
    relay.drain()
    assert Operation.objects.get(kind="document.delete").state == OperationState.REFUSED


def test_a_pull_writes_what_the_service_says(connected, bob, iclass):
    iclass.control("knobs", {"transcode_pace": "manual"})
    document = added(bob, transcode=True)
    assert document.transcode_status == "wait"
    iclass.control("advance", {"kind": "transcode", "doc_id": document.remote_id})
    pull_document(document=document, by=bob)
    relay.drain()
    document.refresh_from_db()
    iclass.control("knobs", {"transcode_pace": None})
    assert document.transcode_status == "queued"


def test_a_pull_of_one_that_never_came_there_says_so(connected, bob, iclass):
    iclass.control("faults", {"arm": {"kind": "refuse", "match": "document/add", "error_code": 10240}})
    document = added(bob)
    assert (document.sync_state, document.sync_reason) == (SyncState.REFUSED, "10240")
    pull_document(document=document, by=bob)
    relay.drain()
    document.refresh_from_db()
    assert document.sync_reason == "no_document"
