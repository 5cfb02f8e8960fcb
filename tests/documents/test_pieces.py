"""Courseware comes in pieces, into a folder of ours; what was cut off goes on from where it was."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from documents import resumable_uploads
from documents.models import Document, DocumentUpload
from tests.documents.sample_files import pdf
from tests.support.image_files import png
from tests.support.page_client import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]

DECK = pdf(b"2 0 obj<<>>stream\n" + bytes(range(256)) * 40 + b"\nendstream endobj\n")


@pytest.fixture(autouse=True)
def small_pieces(settings):
    settings.COURSEWARE_CHUNK_BYTES = 4000


def begun(client, **more):
    told = {"name": "Tea party.pdf", "size": len(DECK), "modified": 7, **more}
    return client.post("/courseware/uploads/", told, headers={"accept-language": "en"})


def place_of(client, **more):
    return f"/courseware/uploads/{begun(client, **more).json()['token']}/"


def put(client, place, offset, piece):
    return client.put(f"{place}?offset={offset}", piece, content_type="application/octet-stream")


def send(client, place, content=DECK):
    """All pieces, each where the server says."""
    while (told := client.get(place).json())["length"]:
        assert told["address"] == place
        put(client, place, told["offset"], content[told["offset"] :][: told["length"]])
    return told["offset"]


def done(client, place, **said):
    return client.post(f"{place}done/", {"permission": "private", **said}, headers={"accept-language": "en"})


def test_a_file_comes_in_pieces_and_is_a_document_when_it_is_whole(bob, own_folder):
    client = client_for(bob)
    place = place_of(client)
    assert done(client, place).status_code == 400
    assert send(client, place) == len(DECK)
    answer = done(client, place)
    document = Document.objects.get()
    assert (answer.status_code, answer.json()["url"]) == (201, document.get_absolute_url())
    assert (str(document), document.owner, document.bytes) == ("Tea party.pdf", bob, len(DECK))
    with document.file.open() as kept:
        assert kept.read() == DECK
    assert [one.name for one in own_folder.rglob("*") if one.is_file()] == [Path(document.file.name).name]
    assert not DocumentUpload.objects.exists()
    assert done(client, place).status_code == 404


def test_what_was_cut_off_goes_on_from_the_byte_that_was_there(bob):
    client = client_for(bob)
    place = place_of(client)
    put(client, place, 0, DECK[:1234])
    assert client.get(place).json() == {"offset": 1234, "length": 4000, "address": place}
    assert put(client, place, 5000, DECK[5000:6000]).status_code == 409, "a hole"
    assert put(client, place, 0, b"").status_code == 409
    assert place_of(client) == place, "the same file again goes on"
    assert place_of(client, modified=8) != place
    assert send(client, place) == len(DECK)
    assert put(client, place, len(DECK), b"x").status_code == 409, "more than was said"
    assert done(client, place).status_code == 201


def test_a_piece_or_a_file_that_is_too_large_is_refused_unread(bob, settings):
    class Unreadable:
        def read(self, *args):
            raise AssertionError("the body was read")

        readline = read

    client = client_for(bob)
    place = place_of(client)
    ask = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": "4001"}
    assert client.generic("PUT", f"{place}?offset=0", **ask).status_code == 413
    settings.COURSEWARE_MAX_BYTES = 1_000
    assert "at most" in begun(client, size=3_000_000, modified=2).json()["errors"][0]
    settings.COURSEWARE_MAX_BYTES, settings.COURSEWARE_QUOTA_BYTES = 10**9, 2_000_000 - 1_000_000
    assert begun(client, size=1_500_000, modified=3).status_code == 201
    assert "is full" in begun(client, size=1_500_000, modified=4).json()["errors"][0], (
        "what is on its way counts"
    )


@pytest.mark.parametrize(
    ("name", "size"), [("a.exe", 9), ("../a.pdf", 9), ("a.pdf", 0), ("", 9), ("a.pdf", "x")]
)
def test_what_cannot_come_in_is_refused_before_it_is_sent(bob, name, size):
    assert begun(client_for(bob), name=name, size=size).status_code == 400
    assert not DocumentUpload.objects.exists()


def test_a_hostile_file_is_refused_and_nothing_of_it_stays(bob, own_folder):
    client = client_for(bob)
    content = b"MZ" + bytes(5000)
    place = place_of(client, size=len(content))
    send(client, place, content)
    assert "does not match the file extension" in done(client, place).json()["errors"][0]
    assert not DocumentUpload.objects.exists()
    assert not [one for one in own_folder.rglob("*") if one.is_file()]


def test_a_file_that_nobody_could_scan_waits_and_is_not_sent_again(bob, settings, tmp_path):
    client = client_for(bob)
    place = place_of(client)
    send(client, place)
    settings.VIRUS_SCANNER = f"unix:{tmp_path}/none.sock"
    assert "does not respond" in done(client, place).json()["errors"][0]
    settings.VIRUS_SCANNER = ""
    assert done(client, place).status_code == 201


def test_a_file_that_is_here_already_is_offered_and_can_be_taken_without_being_sent_again(bob):
    client = client_for(bob)
    place = place_of(client)
    send(client, place)
    done(client, place)
    second = place_of(client, modified=9)
    send(client, second)
    offered = done(client, second)
    assert offered.status_code == 409
    assert offered.json()["known"]["url"] == Document.objects.get().get_absolute_url()
    assert done(client, second, again="on").status_code == 201


def test_a_file_that_is_here_already_is_offered_before_anything_is_sent(bob, charlie):
    client, digest = client_for(bob), hashlib.md5(DECK, usedforsecurity=False).hexdigest()
    place = place_of(client)
    send(client, place)
    done(client, place)
    offered = begun(client, modified=9, md5=digest)
    assert offered.status_code == 409
    assert offered.json()["known"]["url"] == Document.objects.get().get_absolute_url()
    assert begun(client, modified=9, md5=digest, again="on").status_code == 201
    assert begun(client_for(charlie), md5=digest).status_code == 201, "what others have is told to nobody"
    assert begun(client, modified=10, md5="0" * 32).status_code == 201
    assert begun(client, modified=11, md5="not one").status_code == 400


def test_a_file_on_its_way_is_its_senders_alone(bob, alice, charlie):
    client = client_for(bob)
    place = place_of(client)
    for other in (alice, charlie):
        stranger = client_for(other)
        asked = [stranger.get(place), put(stranger, place, 0, DECK[:10]), done(stranger, place)]
        assert {answer.status_code for answer in [*asked, stranger.delete(place)]} == {404}
    assert client.get(place).json()["offset"] == 0
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404


def test_what_nobody_goes_on_with_is_forgotten_after_a_day(bob, own_folder):
    client = client_for(bob)
    old, new = place_of(client), place_of(client, modified=8)
    put(client, old, 0, DECK[:100])
    DocumentUpload.objects.filter(modified=7).update(begun_at=timezone.now() - timedelta(hours=25))
    assert resumable_uploads.delete_stale_uploads() == 1
    assert [client.get(place).status_code for place in (old, new)] == [404, 200]
    assert len([one for one in own_folder.rglob("*") if one.is_file()]) == 1


def test_nobody_has_endless_files_on_the_way(bob, monkeypatch):
    monkeypatch.setattr(resumable_uploads, "MAX_OPEN_UPLOADS", 3)
    client = client_for(bob)
    for number in range(3):
        assert begun(client, name=f"{number}.png", size=len(png())).status_code == 201
    assert begun(client, name="one more.png", size=len(png())).status_code == 400


def anew(client, document, **said):
    told = {"name": "", "permission": "private", **said}
    return client.post(f"/courseware/{document.pk}/anew/", told, headers={"accept-language": "en"})


class TestAnotherFileInTheSamePlace:
    """Adding anew, with a file that the script sent before the form."""

    @pytest.fixture
    def old(self, bob):
        client = client_for(bob)
        place = place_of(client)
        send(client, place)
        done(client, place)
        return Document.objects.get()

    def sent(self, client, content, **more):
        place = place_of(client, size=len(content), **more)
        send(client, place, content)
        return place.split("/")[-2]

    def test_it_takes_the_place_of_the_old_one(self, bob, old, own_folder):
        client, content = client_for(bob), DECK + b"\n"
        answer = anew(client, old, upload=self.sent(client, content, name="New.pdf"), permission="public")
        new = Document.objects.get(replaces=old)
        assert (answer.status_code, answer.url) == (302, new.get_absolute_url())
        assert (str(new), new.permission, new.bytes) == ("New.pdf", "public", len(content))
        assert not DocumentUpload.objects.exists()
        assert not [one for one in own_folder.glob("incoming/**/*") if one.is_file()]

    def test_it_stays_while_a_field_is_put_right(self, alice, old):
        client = client_for(alice)
        token = self.sent(client, DECK + b"\n", name="New.pdf")
        back = anew(client, old, upload=token, owner="", permission="private")
        assert back.context["form"].errors.keys() == {"owner"}
        assert token in back.content.decode()
        assert (
            "The new file has been uploaded. Choose another file only if this is the wrong one."
        ) in back.content.decode()
        assert anew(client, old, upload=token, owner="", permission="public").status_code == 302

    def test_a_hostile_one_is_refused_and_the_old_one_stays(self, bob, old):
        client = client_for(bob)
        token = self.sent(client, b"MZ" + bytes(5000), name="New.pdf")
        back = anew(client, old, upload=token)
        assert "does not match the file extension" in back.content.decode()
        assert token not in back.content.decode()
        old.refresh_from_db()
        assert old.deleted_at is None
        assert not DocumentUpload.objects.exists()

    def test_one_of_somebody_else_or_that_is_gone_has_to_be_chosen_again(self, alice, bob, old):
        theirs = self.sent(client_for(alice), DECK, name="Theirs.pdf")
        back = anew(client_for(bob), old, upload=theirs)
        assert back.context["form"].errors.keys() == {"file"}
        assert theirs not in back.content.decode()
        assert Document.objects.count() == 1
