"""Documents that share their titles, while answers are lost: each is linked to its own.

TITLES=100 asks it of 500 documents.
"""

import hashlib
import os
import random
from collections import Counter

import pytest

from console.mirror import registry
from console.outbox import relay
from console.outbox.models import Attempt
from console.outbox.states import SyncState
from documents.models import Document
from documents.services import add_document
from tests.support.iclass_service import effects_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

TITLES = int(os.environ.get("TITLES", "5"))
#: How many documents have one title, and how many more are added in iclass itself.
SHARE, OUTSIDE = 5, TITLES // 5
#: Losses one after the other, each after so many calls that are answered: whether the document was made is
#: known of none of them.
LOSSES = [("drop_after", True), ("drop_before", False), ("cut", True), ("html", True), ("status", False)]
EACH_AFTER, LOST = 4, TITLES


def plans():
    """Of each title two files of their own, one that comes twice, and one without a digest. All have the same
    length, so that nothing but digest and address tells them apart."""
    for number in range(TITLES):
        for one, content in enumerate(("first", "second", "twice", "twice", "")):
            digest = hashlib.md5(f"{number} {content}".encode(), usedforsecurity=False).hexdigest()
            yield {
                "name": f"Lesson {number:03}",
                "ext": "pdf",
                "url": f"https://files.example/{number}/{one}.pdf",
                "md5": digest if content else "",
                "size": 4000,
            }


def card(plan, owner):
    """The same as a teacher would add it in iclass itself."""
    told = {"doc_url": plan["url"], "doc_name": plan["name"], "doc_ext": plan["ext"]}
    return told | {"doc_size": plan["size"], "permission": "private", "owner": owner}


def settled():
    open_ones = Document.objects.exclude(sync_state=SyncState.IN_SYNC)
    for _round in range(60):
        relay.drain()
        if not open_ones.exists():
            return
    pytest.fail(str(Counter(open_ones.values_list("sync_state", "sync_reason"))))


def test_no_document_is_linked_to_another_of_its_title(connected, bob, iclass, settings):
    settings.OUTBOX_BREAKER_S = settings.OUTBOX_BREAKER_MAX_S = 0.01
    wanted = list(plans())
    assert len(wanted) == TITLES * SHARE
    for number in range(OUTSIDE):
        theirs = wanted[number * SHARE] | {"url": f"https://elsewhere.example/{number}.pdf"}
        assert iclass.call("document/add", card(theirs, "bob"))["doc_id"]
    random.Random(8).shuffle(wanted)
    for number in range(LOST):
        kind, applied = LOSSES[number % len(LOSSES)]
        fault = {"kind": kind, "match": "document/add", "skip": number * EACH_AFTER, "applied": applied}
        iclass.control("faults", {"arm": fault})
    made = [add_document(enterprise=connected, owner=bob, by=bob, **plan) for plan in wanted]
    settled()

    lost = Attempt.objects.filter(operation__kind="document.add", outcome=Attempt.Outcome.UNKNOWN).count()
    assert lost >= LOST
    rows = {row.pk: row for row in Document.objects.all()}
    ids = [rows[one.pk].remote_id for one in made]
    assert len(set(ids)) == TITLES * SHARE
    for one, doc_id in zip(made, ids, strict=True):
        told = iclass.call("document/info", {"doc_id": doc_id})
        assert (told["doc_url"], told["doc_md5"]) == (one.source_url, one.md5)

    assert len(effects_of(iclass, "document/add")) == TITLES * SHARE + OUTSIDE, "none was made twice"

    report = registry.reconcile(connected)["documents"]
    assert (report.adopted, report.changed) == (OUTSIDE, 0)
    assert [Document.objects.get(pk=one.pk).remote_id for one in made] == ids
    outside = Document.objects.exclude(pk__in=rows).values_list("source_url", "observed__url")
    assert len(outside) == OUTSIDE
    assert all("elsewhere.example" in "".join(filter(None, told)) for told in outside)
