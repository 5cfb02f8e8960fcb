"""What leaves compressed, and what does not."""

import gzip

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from console.http.compression import CompressionMiddleware

SHEET = "/static/vendor/tabler/css/tabler.min.css"


def fetch(path: str, encoding: str = "gzip, br", **more: str) -> HttpResponse:
    return Client(headers={"accept-encoding": encoding, **more}).get(path)


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_style_sheet_leaves_compressed_and_is_the_same_file() -> None:
    packed = fetch(SHEET)
    content = body(packed)
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) == len(content) < 90_000
    with open(str(finders.find("vendor/tabler/css/tabler.min.css")), "rb") as file:
        assert gzip.decompress(content) == file.read()
    assert "Accept-Encoding" in packed["Vary"]
    assert packed["Content-Type"].startswith("text/css")


def test_a_browser_that_cannot_unpack_gets_the_plain_file() -> None:
    plain = fetch(SHEET, "identity")
    assert "Content-Encoding" not in plain
    assert body(plain) == gzip.decompress(body(fetch(SHEET)))


def test_a_file_that_a_browser_has_is_not_sent_again() -> None:
    first = fetch(SHEET)
    assert body(first)
    again = fetch(SHEET, **{"if-modified-since": first["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.django_db
def test_a_page_leaves_compressed(alice: User) -> None:
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(alice)
    page = client.get("/account/")
    assert page.status_code == 200
    assert page["Content-Encoding"] == "gzip"
    assert b"<!doctype html>" in gzip.decompress(page.content)


@pytest.mark.django_db
def test_a_page_of_which_browsers_keep_no_copy_leaves_as_it_is() -> None:
    page = fetch("/sign-in/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "Content-Encoding" not in page


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(b"x" * 5000, content_type="application/zip"),
        HttpResponse(b"x" * 5000, content_type="text/html", status=206),
        HttpResponse(b"x" * 5000, content_type="text/html", headers={"Content-Encoding": "br"}),
    ],
)
def test_files_of_people_parts_of_files_and_what_is_packed_are_left_alone(answer: HttpResponse) -> None:
    before = dict(answer.headers)
    request = RequestFactory(headers={"accept-encoding": "gzip"}).get("/")
    told = CompressionMiddleware(lambda _: answer)(request)
    assert (told.content, dict(told.headers)) == (b"x" * 5000, before)
