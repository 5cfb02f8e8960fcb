"""What a callback tells of a conversion stands on its own page, and is put on no document."""

from typing import Any

import pytest

from accounts.models import Enterprise, User
from console.inbox import processing
from console.inbox.models import Callback
from documents.models import Document
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

DATA = {
    "error_code": 0,
    "error_msg": "",
    "timestamp": 1764000000,
    "status": "processing",
    "progress": 47,
    "resolution": "1024x768",
    "pages": 23,
    "title": "Fractions of cake",
}
TOLD = ('"progress": 47', '"resolution": "1024x768"', '"pages": 23', '"title": "Fractions of cake"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_progress_pages_resolution_and_title_stand_on_the_page_of_the_callback_alone(
    alice: User, bob: User, school: Enterprise, language: str
) -> None:
    observed: dict[str, Any] = {"transcode": True}
    deck = Document.objects.create(
        enterprise=school, owner=bob, name="deck", ext="pptx", remote_id="d1", observed=observed
    )
    body = {"event": "transport_progress", "data": DATA}
    callback = Callback.objects.create(
        enterprise=school, event="transport_progress", body=body, fingerprint="1"
    )
    processing.process_due_callbacks()
    client = client_for(alice, language)
    page = client.get(f"/sync/received/{callback.pk}/")
    assert page_says(page, "Courseware conversion progress", language)
    assert all(one in page_text(page) for one in TOLD)
    deck.refresh_from_db()
    assert (deck.transcode_status, deck.name, deck.observed) == ("", "deck", observed)
    elsewhere = [client.get("/courseware/"), client.get("/sync/received/")]
    elsewhere.append(client.get(f"/api/v1/documents/{deck.pk}/"))
    for answer in elsewhere:
        told = answer.content.decode()
        assert answer.status_code == 200
        assert not any(one in told for one in ("1024x768", "Fractions of cake"))
        assert "47 %" not in page_text(answer)
        assert ": 47" not in page_text(answer)
