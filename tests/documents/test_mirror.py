"""Comparing courseware with the local service: made outside, whose it is, converted, gone."""

import secrets
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from console.mirror import registry
from console.mirror.registry import mirrored_model_of
from console.outbox import relay
from console.outbox.states import SyncState
from documents.mirror.reconcile import poll_documents
from documents.models import Document
from documents.services import add_document, delete_document

pytestmark = pytest.mark.django_db(transaction=True)


def walk(school, times=1):
    for _ in range(times):
        report = registry.reconcile(school)["documents"]
    return report


def made_outside(iclass, **fields):
    told = iclass.call(
        "document/add",
        {
            "doc_url": "https://files.example/a.ppt",
            "doc_name": f"Outside {secrets.token_hex(4)}",
            "doc_ext": "ppt",
            "doc_size": 1024,
            **fields,
        },
    )
    assert told["error_code"] == 0, told
    return told["doc_id"]


@pytest.fixture
def deck(connected, alice, bob):
    """A private document of Bob's that the service has."""
    made = add_document(
        enterprise=connected,
        name=f"Deck {secrets.token_hex(4)}",
        ext="ppt",
        url="https://files.example/deck.ppt",
        owner=bob,
        by=alice,
    )
    relay.drain()
    made.refresh_from_db()
    assert made.remote_id
    return made


def test_a_document_made_outside_is_adopted_with_its_owner_and_who_may_see_it(connected, bob, iclass):
    private = made_outside(iclass, owner="bob", permission="private")
    shared = made_outside(iclass, owner="bob", permission="public")
    assert walk(connected).adopted >= 2
    rows = Document.objects.filter(remote_id__in=[private, shared]).order_by("permission")
    assert [(row.owner, row.permission, row.made_outside, row.sync_state) for row in rows] == [
        (bob, "private", True, "in_sync"),
        (bob, "public", True, "in_sync"),
    ]
    assert walk(connected).writes == 0


def test_a_document_without_an_owner_is_everybodys_whatever_was_asked(connected, iclass):
    doc_id = made_outside(iclass, permission="private")
    walk(connected)
    row = Document.objects.get(remote_id=doc_id)
    assert (row.owner, row.permission, row.sync_state) == (None, "public", SyncState.IN_SYNC)


def test_a_document_of_somebody_whom_nobody_knew_brings_them_along(connected, iclass):
    who = f"rabbit.{secrets.token_hex(4)}"
    iclass.call("user/register", {"list": [{"user_id": who, "role": "teacher", "nickname": "Rabbit"}]})
    doc_id = made_outside(iclass, owner=who)
    registry.reconcile(connected)
    assert Document.objects.get(remote_id=doc_id).owner.nickname == "Rabbit"


def test_a_document_deleted_outside_is_gone_after_two_walks_and_can_be_added_again(
    deck, connected, alice, iclass
):
    iclass.call("document/delete", {"doc_ids": [deck.remote_id]})
    assert walk(connected).gone == 0
    assert walk(connected).gone == 1
    deck.refresh_from_db()
    assert deck.sync_state == SyncState.GONE
    first = deck.remote_id
    mirrored_model_of(deck).push(deck, [], alice)
    relay.drain()
    deck.refresh_from_db()
    assert deck.sync_state == SyncState.IN_SYNC
    assert deck.remote_id not in ("", first)
    assert walk(connected, times=2).writes == 0


def test_a_document_deleted_here_is_neither_missed_nor_adopted_again(deck, connected, alice):
    walk(connected)
    delete_document(document=deck, by=alice)
    before = Document.objects.count()
    walk(connected)
    relay.drain()
    assert walk(connected, times=2).writes == 0
    assert Document.objects.count() == before


def test_a_lost_answer_is_the_probes_and_not_adopted(connected, alice, bob, iclass, settings):
    settings.PROBE_DELAY_S = 60
    walk(connected)
    before = Document.objects.count()
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "document/add"}})
    add_document(
        enterprise=connected,
        name=f"Lost {secrets.token_hex(4)}",
        ext="ppt",
        url="https://files.example/lost.ppt",
        owner=bob,
        by=alice,
    )
    relay.drain()
    assert walk(connected).adopted == 0
    assert Document.objects.count() == before + 1


def test_a_document_that_differs_is_taken_over_and_cannot_be_pushed(deck, connected, alice):
    Document.objects.filter(pk=deck.pk).update(name="Other", sync_state=SyncState.IN_SYNC)
    assert walk(connected).changed == 1
    deck.refresh_from_db()
    assert deck.sync_state == SyncState.CHANGED_OUTSIDE
    with pytest.raises(ValidationError):
        mirrored_model_of(deck).push(deck, ["name"], alice)
    mirrored_model_of(deck).apply_remote(deck, ["name"], alice)
    deck.refresh_from_db()
    assert (deck.name, deck.sync_state) == (deck.observed["name"], SyncState.IN_SYNC)


def test_a_conversion_is_followed_until_its_end(connected, alice, bob, iclass, settings):
    settings.TRANSCODE_POLL_S = 0
    iclass.control("knobs", {"transcode_pace": "manual"})
    made = add_document(
        enterprise=connected,
        name=f"Slides {secrets.token_hex(4)}",
        ext="ppt",
        url="https://files.example/slides.ppt",
        owner=bob,
        transcode=True,
        by=alice,
    )
    relay.drain()
    made.refresh_from_db()
    assert made.look_at is not None
    seen = []
    for _ in range(4):
        made.refresh_from_db()
        seen.append(made.transcode_status)
        iclass.control("advance", {"kind": "transcode", "doc_id": made.remote_id})
        Document.objects.filter(pk=made.pk, look_at__isnull=False).update(look_at=timezone.now())
        poll_documents(10)
    made.refresh_from_db()
    assert (made.transcode_status, made.look_at) == ("finished", None)
    assert made.transcode_url
    assert "queued" in seen
    iclass.control("knobs", {"transcode_pace": None})


def test_a_service_that_does_not_answer_is_asked_again_later(deck, settings):
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"
    settings.TRANSCODE_POLL_S = 20
    Document.objects.filter(pk=deck.pk).update(look_at=timezone.now())
    poll_documents(10)
    deck.refresh_from_db()
    assert deck.look_failures == 1
    assert timezone.now() < deck.look_at < timezone.now() + timedelta(minutes=1)
