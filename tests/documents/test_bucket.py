"""Courseware in a bucket that speaks S3: the browser sends it straight there, and gets it from there; copies
of recordings lie there, too. The service is real HTTP on loopback (tests/support/object_storage.py)."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from classes.models import Recording
from console.audit.models import AuditEntry
from documents.file_urls import build_file_url
from documents.models import Document, DocumentUpload, courseware_files
from documents.services import delete_document
from documents.upload_services import upload_document
from documents.views.downloads import file_response
from tests.classes.factories import create_finished_lesson
from tests.documents.sample_files import pdf
from tests.support.page_client import client_for
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("objects")]

PIECE = 5 * 1024 * 1024
DECK = pdf(b"2 0 obj<<>>stream\n" + bytes(PIECE + 1000) + b"\nendstream endobj\n")
#: One piece, where nothing depends on how many there are.
CARDS = pdf(b"Cards")


@pytest.fixture(autouse=True)
def smallest_pieces(settings):
    settings.COURSEWARE_CHUNK_BYTES = PIECE


def begun(client, content=DECK, name="Tea party.pdf"):
    told = {"name": name, "size": len(content), "modified": 7}
    answer = client.post("/courseware/uploads/", told)
    return f"/courseware/uploads/{answer.json()['token']}/"


def send(client, place, content=DECK):
    """All pieces, each straight to the bucket."""
    while (told := client.get(place).json())["length"]:
        piece = content[told["offset"] :][: told["length"]]
        assert requests.put(told["address"], piece, timeout=60).status_code == 200


def done(client, place, **said):
    return client.post(f"{place}done/", {"permission": "private", **said}, headers={"accept-language": "en"})


def uploaded(bob, content=CARDS):
    client = client_for(bob)
    place = begun(client, content)
    send(client, place, content)
    assert done(client, place).status_code == 201
    return Document.objects.latest("id")


def test_a_browser_sends_pieces_straight_to_the_bucket_and_they_become_a_document(bob, objects):
    client = client_for(bob)
    place = begun(client)
    first = client.get(place).json()
    assert (first["offset"], first["length"]) == (0, PIECE)
    assert first["address"].startswith(objects.url)
    assert requests.put(first["address"], DECK[:PIECE], timeout=60).status_code == 200
    assert begun(client) == place, "after a reload it goes on"
    assert client.get(place).json()["offset"] == PIECE
    assert done(client, place).status_code == 400, "not whole"
    send(client, place)
    assert done(client, place).status_code == 201
    document = Document.objects.get()
    assert (document.bytes, document.owner, str(document)) == (len(DECK), bob, "Tea party.pdf")
    assert f"courseware/{document.file.name}" in objects.names()
    assert "Tea" not in document.file.name
    assert not DocumentUpload.objects.exists()
    assert {method for method, path in objects.asked if path.endswith(".pdf") and method == "PUT"} == {"PUT"}


def test_number_length_and_kind_are_signed_and_an_address_is_soon_over(bob, settings):
    client = client_for(bob)
    told = client.get(begun(client)).json()
    asked = parse_qs(urlsplit(told["address"]).query)
    assert asked["X-Amz-SignedHeaders"] == ["content-length;host"]
    assert int(asked["X-Amz-Expires"][0]) <= 900
    assert requests.put(told["address"], DECK[: PIECE + 1], timeout=60).status_code == 403, "a longer piece"
    other = told["address"].replace("partNumber=1", "partNumber=2")
    assert requests.put(other, DECK[:PIECE], timeout=60).status_code == 403, "another piece"
    bare = told["address"].partition("?")[0]
    assert requests.put(bare, DECK[:PIECE], timeout=60).status_code == 403, "without a signature"
    with time_machine.travel("2026-01-01T00:00:00Z"):
        old = client.get(begun(client, name="old.pdf"))
    assert requests.put(old.json()["address"], DECK[:PIECE], timeout=60).status_code == 403, "an old one"
    assert client.put(f"{begun(client)}?offset=0", b"x", content_type="x/y").status_code == 409, "not to us"


def test_what_was_judged_cannot_be_changed_afterwards(bob):
    client = client_for(bob)
    place = begun(client)
    first = client.get(place).json()["address"]
    send(client, place)
    assert done(client, place).status_code == 201
    assert not requests.put(first, b"M" * PIECE, timeout=60).ok
    with Document.objects.get().file.open() as kept:
        assert kept.read() == DECK


def test_a_file_that_is_sent_with_a_key_reaches_the_bucket_before_any_transaction(bob, objects):
    client, before = rest_client(bob), objects.names()

    def post(content):
        body = {"file": SimpleUploadedFile("plan.pdf", content), "permission": "private"}
        return client.post("/api/v1/documents/", body, format="multipart", headers={"idempotency-key": "k-1"})

    refused, kept, again = post(b"MZ\x90"), post(CARDS), post(CARDS)
    assert [answer.status_code for answer in (refused, kept, again)] == [400, 201, 201]
    assert set(objects.names()) - set(before) == {f"courseware/{Document.objects.get().file.name}"}


def test_a_hostile_file_is_refused_by_its_content_and_leaves_the_bucket(bob, objects):
    client = client_for(bob)
    content = b"MZ" + bytes(4000)
    place = begun(client, content)
    send(client, place, content)
    before = objects.names()
    assert "does not match the file extension" in done(client, place).json()["errors"][0]
    assert objects.names() == before
    assert not Document.objects.exists()
    assert not DocumentUpload.objects.exists()


def test_one_that_is_here_already_is_offered_and_taken_without_being_sent_again(bob):
    uploaded(bob)
    client = client_for(bob)
    place = begun(client, CARDS)
    send(client, place, CARDS)
    assert done(client, place).status_code == 409
    assert done(client, place, again="on").status_code == 201


def test_giving_up_leaves_nothing_in_the_bucket(bob, objects):
    client = client_for(bob)
    place = begun(client)
    told = client.get(place).json()
    requests.put(told["address"], DECK[:PIECE], timeout=60)
    before = objects.names()
    assert client.delete(place).status_code == 204
    assert objects.names() == before
    assert not requests.put(told["address"], DECK[:PIECE], timeout=60).ok


def test_a_download_is_a_short_lived_private_address_of_an_attachment(bob, charlie, settings):
    document = uploaded(bob)
    answer = client_for(bob).get(f"/courseware/{document.pk}/file/")
    assert (answer.status_code, answer.headers["Referrer-Policy"]) == (302, "no-referrer")
    assert "no-store" in answer.headers["Cache-Control"]
    address = answer.headers["Location"]
    assert parse_qs(urlsplit(address).query)["X-Amz-Expires"] == ["60"]
    got = requests.get(address, timeout=60)
    assert got.content == CARDS
    assert got.headers["Content-Disposition"] == 'attachment; filename="Tea party.pdf"'
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert requests.get(address.partition("?")[0], timeout=60).status_code == 403, (
        "nobody's without a signature"
    )
    with time_machine.travel("2026-01-01T00:00:00Z"):
        old = file_response(document)["Location"]
    assert requests.get(old, timeout=60).status_code == 403
    assert AuditEntry.objects.filter(action="document.download").count() == 1
    assert client_for(charlie).get(f"/courseware/{document.pk}/file/").status_code == 404


def test_iclass_gets_an_address_of_the_bucket_and_the_file_goes_with_its_document(
    bob, django_capture_on_commit_callbacks
):
    document = uploaded(bob)
    address = build_file_url(document)
    assert parse_qs(urlsplit(address).query)["X-Amz-Expires"] == ["604800"]
    assert requests.get(address, timeout=60).content == CARDS
    with django_capture_on_commit_callbacks(execute=True):
        delete_document(document=document, by=bob)
    assert not requests.get(address, timeout=60).ok


def test_a_form_without_script_keeps_its_file_in_the_bucket_too(bob, objects):
    file = SimpleUploadedFile("Hats.pdf", pdf())
    document = upload_document(enterprise=bob.enterprise, file=file, owner=bob, by=bob)
    assert f"courseware/{document.file.name}" in objects.names()
    page = client_for(bob).get(f"/courseware/{document.pk}/file/")
    assert requests.get(page.headers["Location"], timeout=60).content == pdf()


def test_only_the_pages_for_uploading_may_send_to_the_bucket(bob, objects):
    client, document = client_for(bob), uploaded(bob)
    for path in ("/courseware/new/", f"/courseware/{document.pk}/anew/"):
        assert objects.url in client.get(path).headers["Content-Security-Policy"]
    assert courseware_files().origin == objects.url
    for path in ("/courseware/", "/recordings/", "/"):
        assert objects.url not in client.get(path).headers["Content-Security-Policy"]


def test_another_file_of_a_document_comes_straight_to_the_bucket_too(bob, objects):
    old, client, content = uploaded(bob), client_for(bob), CARDS + b"\n"
    place = begun(client, content, name="New.pdf")
    send(client, place, content)
    told = {"name": "", "permission": "private", "upload": place.split("/")[-2]}
    assert client.post(f"/courseware/{old.pk}/anew/", told).status_code == 302
    new = Document.objects.get(replaces=old)
    assert f"courseware/{new.file.name}" in objects.names()
    with new.file.open() as kept:
        assert kept.read() == content


def test_a_copy_of_a_recording_is_watched_from_the_bucket_by_who_may(bob, charlie, objects):
    lesson = create_finished_lesson(bob, record_types=["remote"])
    track = Recording.objects.create(
        enterprise=bob.enterprise, lesson=lesson, class_id="1", video_id="1", video_type=0, url="", seconds=60
    )
    track.copy.save(f"{bob.enterprise_id}/1.mp4", ContentFile(b"film" * 1000))
    assert f"recordings/{track.copy.name}" in objects.names()
    page = client_for(bob).get(f"/recordings/{lesson.pk}/")
    assert f"media-src 'self' {objects.url}" in page.headers["Content-Security-Policy"]
    assert "X-Amz" not in page.content.decode()
    answer = client_for(bob).get(f"/recordings/tracks/{track.pk}/play/")
    assert answer.status_code == 302
    got = requests.get(answer.headers["Location"], headers={"Range": "bytes=4-7"}, timeout=60)
    assert (got.status_code, got.content, got.headers["Content-Type"]) == (206, b"film", "video/mp4")
    assert AuditEntry.objects.filter(action="recording.view").count() == 1
    assert client_for(charlie).get(f"/recordings/tracks/{track.pk}/play/").status_code == 404
