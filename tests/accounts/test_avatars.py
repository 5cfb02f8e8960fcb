"""Pictures of people: what is taken, what is left out of it, who sees it, and what the service is told."""

import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from accounts import avatars, logos
from accounts.models import Enterprise, Picture, User
from accounts.pixels import BadPicture, examine
from accounts.services import edit_person
from console.outbox import relay
from tests.accounts.drawn import PNG, chunk, jpg, png, segment
from tests.support.clamd import BAD, NAME
from tests.support.pages import reader, text
from tests.support.service import requests_to

SCRIPT = b"<script>alert(1)</script>"


def edit(by: User, whom: User, **fields: Any) -> Any:
    kept = {"nickname": whom.nickname, "role": whom.role, "phone_no": whom.phone_no, "e_mail": whom.e_mail}
    return reader(by).post(f"/people/{whom.pk}/edit/", kept | fields)


def upload(by: User, whom: User, content: bytes, name: str = "me.png", **fields: Any) -> Any:
    return edit(by, whom, picture=SimpleUploadedFile(name, content), **fields)


@pytest.mark.parametrize(("kind", "content"), [("png", png()), ("jpg", jpg()), ("jpg", jpg(frame=0xC2))])
def test_a_picture_that_keeps_the_rule_is_taken_by_its_content(
    alice: User, dina: User, kind: str, content: bytes
) -> None:
    assert upload(alice, dina, content, name="me.exe").status_code == 302
    picture = Picture.objects.get(person=dina)
    dina.refresh_from_db()
    assert picture.kind == kind
    assert dina.avatar == f"http://127.0.0.1:8000/pictures/{picture.token}.{kind}"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (png(399, 400), "The picture has 399 × 400 points. Cut it to 400 × 400."),
        (jpg(400, 401), "The picture has 400 × 401 points. Cut it to 400 × 400."),
        (b"GIF89a" + bytes(100), "This is no whole jpg or png. Save the picture anew as one."),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "This is no whole jpg or png. Save the picture anew as",
        ),
        (png()[:-20], "This is no whole jpg or png. Save the picture anew as one."),
        (jpg()[:-2], "This is no whole jpg or png. Save the picture anew as one."),
        (png() + bytes(100_000), "The file has 101 KB. Choose one below 100 KB."),
    ],
)
def test_what_breaks_the_rule_is_refused_with_the_reason(
    alice: User, dina: User, content: bytes, sentence: str
) -> None:
    answer = upload(alice, dina, content)
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert not Picture.objects.exists()


@pytest.mark.usefixtures("scanned")
def test_a_picture_or_logo_in_which_the_scanner_finds_something_is_refused() -> None:
    hidden = png(more=chunk(b"tEXt", BAD))
    for checked in (avatars.checked, logos.checked):
        with pytest.raises(ValidationError, match=NAME):
            checked(hidden)
        assert checked(png()).kind == "png"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = png(rows=bytes(50_000_000))
    assert len(bomb) < avatars.MOST_BYTES
    with pytest.raises(BadPicture):
        examine(bomb)


def test_a_huge_size_in_the_head_unpacks_nothing() -> None:
    with pytest.raises(BadPicture):
        examine(png(60_000, 60_000, rows=b"x"))


def test_an_interlaced_picture_has_the_rows_of_its_seven_passes() -> None:
    head = (8).to_bytes(4) + (8).to_bytes(4) + bytes((8, 0, 0, 0, 1))
    rows = bytes(2 + 2 + 3 + 2 * 3 + 2 * 5 + 4 * 5 + 4 * 9)
    content = PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert (examine(content).width, examine(content).height) == (8, 8)


@pytest.mark.parametrize(
    "content",
    [
        png(more=chunk(b"tEXt", SCRIPT)) + SCRIPT,
        jpg(more=segment(0xFE, SCRIPT) + segment(0xE1, b"Exif\0\0" + SCRIPT)) + SCRIPT,
    ],
)
def test_words_and_places_in_a_picture_are_left_out(content: bytes) -> None:
    kept = examine(content)
    assert SCRIPT not in kept.content
    assert examine(kept.content) == kept


def test_everybody_with_the_address_sees_it_and_no_script_runs_from_it(
    alice: User, dina: User, charlie: User, olga: User
) -> None:
    upload(alice, dina, png())
    path = Picture.objects.get().path
    for client in (Client(), reader(charlie), reader(olga), reader(alice)):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.content == png()
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        policy = set(answer["Content-Security-Policy"].split("; "))
        assert policy == {"default-src 'none'", "sandbox"}
        assert "public" in answer["Cache-Control"]
    assert Client().post(path).status_code == 405


@pytest.mark.parametrize("wrong", ["x.png", "x", "..%2F..%2Fetc", "x.exe"])
def test_an_address_that_is_none_leads_nowhere(db: None, wrong: str) -> None:
    assert Client().get(f"/pictures/{wrong}").status_code == 404


def test_another_ending_is_another_address(alice: User, dina: User) -> None:
    upload(alice, dina, png())
    assert Client().get(Picture.objects.get().path.replace(".png", ".jpg")).status_code == 404


def test_a_new_picture_has_a_new_address_and_an_empty_one_takes_it_away(alice: User, dina: User) -> None:
    upload(alice, dina, png())
    first = Picture.objects.get().path
    dina.refresh_from_db()
    upload(alice, dina, jpg(), avatar=dina.avatar)
    assert Picture.objects.get().path != first
    assert Client().get(first).status_code == 404
    dina.refresh_from_db()
    edit(alice, dina, avatar="")
    assert not Picture.objects.exists()


def test_an_upload_stays_when_something_else_is_changed(alice: User, dina: User) -> None:
    upload(alice, dina, png())
    dina.refresh_from_db()
    assert edit(alice, dina, avatar=dina.avatar, nickname="Dinah").status_code == 302
    assert Picture.objects.count() == 1


def test_a_file_and_an_address_at_once_are_refused(alice: User, dina: User) -> None:
    answer = upload(alice, dina, png(), avatar="https://a.example/x.png")
    assert "Either a file or an address, not both." in text(answer)


@pytest.mark.parametrize("address", ["http://a.example/x.png", "https://a.example/x.svg", "https:///x.png"])
def test_an_address_from_anywhere_is_checked(alice: User, dina: User, address: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match="begins with https://"):
        edit_person(person=dina, by=alice, avatar=address)


@pytest.mark.django_db(transaction=True)
def test_the_service_is_told_the_address_and_can_fetch_it(
    connected: Enterprise, alice: User, iclass: Any
) -> None:
    alice.remote_id, alice.observed = "alice", {"avatar": ""}
    alice.save()
    edit_person(person=alice, by=alice, picture=png())
    relay.drain()
    told = requests_to(iclass, "user/profile/modify")[-1]["avatar"]
    assert Client().get(told.removeprefix("http://127.0.0.1:8000")).content == png()
