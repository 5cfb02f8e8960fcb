"""A large file is uploaded while the connection breaks, to the console and straight to a bucket: it goes on
from where it was, and tells so."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Browser, Page, Request, Route, expect

from accounts.models import Enterprise, Role
from documents.models import Document
from documents.upload_services import upload_document
from tests.browser.test_courseware_and_recordings import Window
from tests.documents.sample_files import pdf
from tests.support.cast import create_person
from tests.support.object_storage import ObjectStorage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
MIB = 1024 * 1024
DECK = pdf(b"2 0 obj<<>>stream\n" + bytes(range(256)) * (11 * MIB // 256) + b"\nendstream endobj\n")


def upload(page: Page, url: str, tmp_path: Path) -> None:
    deck = tmp_path / "large.pdf"
    deck.write_bytes(DECK)
    page.goto(f"{url}/courseware/new/")
    page.set_input_files("input[type=file]", [deck])
    page.locator("form.form button[type=submit]").click()


def arrived(page: Page) -> None:
    expect(page.locator(".upload.is-done")).to_contain_text("large.pdf", timeout=60_000)
    document = Document.objects.get()
    with document.file.open() as kept:
        assert kept.read() == DECK


def test_a_file_goes_on_where_the_connection_broke(
    live_server: Any, browser: Browser, client: Client, connected: Enterprise, settings: Any, tmp_path: Path
) -> None:
    settings.REQUIRE_TWO_FACTOR, settings.COURSEWARE_CHUNK_BYTES = False, 2 * MIB
    bob = create_person(connected, "bob", Role.TEACHER)
    window = Window(browser, client, bob, live_server.url, "telephone", "zh-CN")
    page, sent = window.page, list[str]()

    def cut_the_third(route: Route) -> None:
        if route.request.method == "PUT":
            sent.append(route.request.url.partition("offset=")[2])
            if len(sent) == 3:
                route.abort("connectionreset")
                return
        route.continue_()

    page.route("**/courseware/uploads/**", cut_the_third)
    upload(page, live_server.url, tmp_path)
    expect(page.locator(".upload.is-waiting .upload-said")).to_contain_text("自动")
    window.seen("broken")
    arrived(page)
    assert sent == [str(at * MIB) for at in (0, 2, 4, 4, 6, 8, 10)], "none was sent again but the one cut off"

    before = len(sent)
    upload(page, live_server.url, tmp_path)
    expect(page.locator(".upload.is-bad .upload-acts .btn")).to_have_count(2)
    assert len(sent) == before, "the same file is offered, and not sent again"
    window.complaints.clear()  # the answer 409
    window.seen("known")
    page.locator(".upload-acts button").click()
    expect(page.locator(".upload.is-done")).to_be_visible(timeout=60_000)
    assert Document.objects.count() == 2


def test_a_file_goes_straight_to_the_bucket_and_on_where_it_was_cut(
    live_server: Any, browser: Browser, client: Client, connected: Enterprise, settings: Any, tmp_path: Path,
    objects: ObjectStorage,
) -> None:  # fmt: skip
    settings.REQUIRE_TWO_FACTOR, settings.COURSEWARE_CHUNK_BYTES = False, 5 * MIB
    bob = create_person(connected, "bob", Role.TEACHER)
    window = Window(browser, client, bob, live_server.url, "desk", "en")
    page, ours = window.page, list[str]()
    page.on("request", lambda asked: ours.append(asked.url) if asked.method == "PUT" else None)
    objects.cut = 4  # the browser by itself sends again, once
    upload(page, live_server.url, tmp_path)
    arrived(page)
    assert objects.cut == 0
    assert all(url.startswith(objects.url) for url in ours), "no piece went through the console"
    assert len([path for method, path in objects.asked if method == "PUT"]) == 3, "none came twice"


def test_another_file_of_a_document_goes_straight_to_the_bucket(
    live_server: Any, browser: Browser, client: Client, connected: Enterprise, settings: Any, tmp_path: Path,
    objects: ObjectStorage,
) -> None:  # fmt: skip
    settings.REQUIRE_TWO_FACTOR, settings.COURSEWARE_CHUNK_BYTES = False, 5 * MIB
    bob = create_person(connected, "bob", Role.TEACHER)
    file = SimpleUploadedFile("Hats.pdf", pdf())
    old = upload_document(enterprise=connected, file=file, owner=bob, by=bob)
    window = Window(browser, client, bob, live_server.url, "telephone", "zh-CN")
    page, bodies = window.page, list[int]()

    def note(asked: Request) -> None:
        if asked.url.startswith(live_server.url):
            bodies.append(len(asked.post_data_buffer or b""))

    page.on("request", note)
    deck = tmp_path / "large.pdf"
    deck.write_bytes(DECK)
    page.goto(f"{live_server.url}/courseware/{old.pk}/anew/")
    page.set_input_files("input[type=file]", [deck])
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(lambda url: "anew" not in url, timeout=60_000)
    new = Document.objects.get(replaces=old)
    assert page.url.endswith(new.get_absolute_url())
    assert str(new) == "large.pdf"
    with new.file.open() as kept:
        assert kept.read() == DECK
    assert max(bodies) < MIB, "nothing of the file went through the console"
