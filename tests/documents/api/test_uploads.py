"""A program sends a file in pieces by REST: into the bucket where there is one, else to the console."""

import hashlib

import pytest
import requests

from accounts.models import Role
from documents.models import Document, DocumentUpload
from tests.documents.sample_files import pdf
from tests.support.cast import create_person
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db

PIECE = 5 * 1024 * 1024
DECK = pdf(b"2 0 obj<<>>stream\n" + bytes(PIECE + 1000) + b"\nendstream endobj\n")
UPLOADS = "/api/v1/documents/uploads/"


@pytest.fixture(autouse=True)
def smallest_pieces(settings):
    settings.COURSEWARE_CHUNK_BYTES = PIECE


def begun(client, content=DECK, **more):
    return client.post(UPLOADS, {"name": "Tea party.pdf", "size": len(content), **more}, format="json")


def put(client, told, content=DECK):
    piece = content[told["offset"] :][: told["length"]]
    if told["direct"]:
        return requests.put(told["address"], piece, timeout=60)
    return client.put(told["address"], piece, content_type="application/octet-stream")


def sent(client, content=DECK, **more):
    """The address of an upload of which all pieces are sent, each where the answer says."""
    told = begun(client, content, **more).json()
    place = f"{UPLOADS}{told['id']}/"
    while told["length"]:
        assert put(client, told, content).status_code == 200
        told = client.get(place).json()
    return place


def done(client, place, **said):
    return client.post(f"{place}done/", said, format="json")


def holds(document, content=DECK):
    with document.file.open() as kept:
        return kept.read() == content


@pytest.mark.usefixtures("objects")
def test_no_byte_of_a_file_goes_through_the_console_where_there_is_a_bucket(bob, objects):
    client = rest_client(bob)
    first = begun(client).json()
    assert (first["offset"], first["length"], first["direct"]) == (0, PIECE, True)
    assert first["address"].startswith(objects.url)
    assert client.put(f"{UPLOADS}{first['id']}/?offset=0", b"x", content_type="x/y").status_code == 400
    place = sent(client)
    assert place == f"{UPLOADS}{first['id']}/", "the same file goes on"
    answer = done(client, place, permission="public")
    assert (answer.status_code, answer.json()["name"], answer.json()["owner"]) == (201, "Tea party", "bob")
    document = Document.objects.get()
    assert (document.permission, document.bytes) == ("public", len(DECK))
    assert f"courseware/{document.file.name}" in objects.names()
    assert holds(document)


def test_without_a_bucket_the_pieces_come_to_the_console(bob, own_folder):
    client = rest_client(bob)
    place = sent(client)
    assert client.get(place).json()["length"] == 0
    assert done(client, place).status_code == 201
    assert holds(Document.objects.get())
    assert not DocumentUpload.objects.exists()
    assert done(client, place).status_code == 404


def test_one_that_is_cut_off_goes_on_from_the_byte_that_was_there(bob, own_folder):
    client = rest_client(bob)
    told = begun(client).json()
    client.put(told["address"], DECK[:1234], content_type="application/octet-stream")
    again = begun(client).json()
    assert (again["id"], again["offset"]) == (told["id"], 1234)
    assert client.put(told["address"], DECK, content_type="x/y").status_code == 400, "larger than a piece"
    assert done(client, f"{UPLOADS}{told['id']}/").status_code == 400, "not whole"
    assert done(client, sent(client)).status_code == 201


def test_a_file_that_the_school_has_is_told_of_before_it_is_sent(bob, charlie, own_folder):
    client, digest = rest_client(bob), hashlib.md5(DECK, usedforsecurity=False).hexdigest()
    done(client, sent(client))
    known = begun(client, md5=digest)
    assert (known.status_code, known.json()["document"]) == (409, Document.objects.get().pk)
    assert begun(client, md5=digest, again=True).status_code == 201
    assert begun(rest_client(charlie), md5=digest).status_code == 201, "what others have is told to nobody"


def test_a_hostile_file_is_refused_and_forgotten(bob, own_folder):
    client, content = rest_client(bob), b"MZ" + bytes(5000)
    refused = done(client, sent(client, content))
    assert refused.status_code == 400
    assert not Document.objects.exists()
    assert not [one for one in own_folder.rglob("*") if one.is_file()]
    assert begun(client, name="../x.pdf").status_code == 400
    assert begun(client, b"").status_code == 400


def test_it_is_its_senders_alone_and_their_rights_hold(bob, alice, charlie, school, own_folder):
    client = rest_client(bob)
    place = sent(client)
    for other in (alice, charlie):
        stranger = rest_client(other)
        asked = [stranger.get(place), done(stranger, place), stranger.delete(place)]
        assert {answer.status_code for answer in asked} == {404}
    assert begun(rest_client(create_person(school, "kid", Role.STUDENT))).status_code == 403
    assert done(client, place, owner="alice").status_code == 400, "a teacher owns what they bring"
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404


def test_who_runs_the_school_names_the_owner_or_nobody(alice, bob, own_folder):
    client = rest_client(alice)
    assert done(client, sent(client), owner="bob").json()["owner"] == "bob"
    assert done(client, sent(client, DECK + b"\n"), owner="", permission="public").json()["owner"] is None
