"""A callback about a conversion names no document: everything that is not finished is looked at."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.inbox import processing
from console.inbox.models import Callback
from documents.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def deck(school, bob):
    def make(doc_id, enterprise=school, asked=True, **fields):
        return Document.objects.create(
            enterprise=enterprise,
            owner=bob,
            name=doc_id,
            ext="pptx",
            remote_id=doc_id,
            observed={"transcode": asked},
            **fields,
        )

    return make


def process_progress(school):
    body = {"event": "transport_progress", "data": {"title": "fractions", "transport_status": "finished"}}
    callback = Callback.objects.create(
        enterprise=school, event="transport_progress", body=body, fingerprint="1"
    )
    processing.process_due_callbacks()
    callback.refresh_from_db()
    return callback


def test_what_is_being_converted_is_due_for_a_look_and_nothing_else_is(school, other_school, deck):
    waiting = deck("waiting")
    queued = deck("queued", transcode_status="queued")
    others = [
        deck("finished", transcode_status="finished"),
        deck("failed", transcode_code=7),
        deck("not-asked", asked=False),
        deck("deleted", deleted_at=timezone.now()),
        deck("elsewhere", enterprise=other_school),
    ]
    assert process_progress(school).state == "done"
    due = set(Document.objects.filter(look_at__lte=timezone.now()).values_list("name", flat=True))
    assert due == {waiting.name, queued.name}
    assert not due & {other.name for other in others}


def test_what_is_due_already_keeps_its_place_and_what_is_being_polled_is_polled_again(school, deck):
    now = timezone.now()
    due, polled = deck("due"), deck("polled")
    places = {due.pk: now - timedelta(seconds=5), polled.pk: now + timedelta(minutes=1)}
    for pk, place in places.items():
        Document.objects.filter(pk=pk).update(look_at=place)
    Document.objects.filter(pk=polled.pk).update(look_until=now + timedelta(minutes=1), look_owner="worker")
    process_progress(school)
    due.refresh_from_db()
    polled.refresh_from_db()
    assert due.look_at == places[due.pk]
    assert now <= polled.look_at <= timezone.now()


def test_the_progress_itself_is_put_on_no_document(school, deck):
    fractions = deck("fractions")
    process_progress(school)
    fractions.refresh_from_db()
    assert fractions.transcode_status == ""
