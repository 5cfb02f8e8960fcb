"""A teacher uploads a deck by keyboard, attaches it to tomorrow's lesson and sees it ready; and watches a
recording from where somebody came late. At a desk and on a telephone."""

import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import Enterprise, Role, User
from classes.models import Attendance, Lesson, Recording
from console.audit.models import AuditEntry
from console.mirror import registry
from console.outbox import relay
from documents.models import Document
from documents.upload_services import upload_document
from tests.classes.factories import create_finished_lesson, create_planned_lesson
from tests.documents.sample_files import ooxml
from tests.support.browser import collect_console_errors, in_turn
from tests.support.cast import create_person
from tests.support.clicks import Clicks
from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
SIZES = {"desk": (1280, 800), "telephone": (390, 844)}


class Window:
    """A page of a person who signed in; what it complains of, and how wide it is."""

    def __init__(
        self, browser: Browser, client: Client, who: User, url: str, size: str, language: str
    ) -> None:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
        client.force_login(who)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
        self.page: Page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.complaints: list[str] = []
        collect_console_errors(self.page, self.complaints, ("myqcloud", "Failed to load"))
        self.width, self.name = width, f"{size}-{language}"

    def seen(self, what: str) -> None:
        self.page.wait_for_load_state()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, what
        assert self.complaints == [], what
        if folder := os.environ.get("SHOTS"):
            self.page.screenshot(path=f"{folder}/courseware-{what}-{self.name}.png", full_page=True)


def drop(page: Page, selector: str, name: str, content: bytes) -> None:
    """Let a file fall onto the element, as from another window."""
    page.eval_on_selector(
        selector,
        """(place, [name, bytes]) => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([new Uint8Array(bytes)], name));
            const told = { dataTransfer: dropped, bubbles: true, cancelable: true };
            place.dispatchEvent(new DragEvent("drop", told));
        }""",
        [name, list(content)],
    )


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


@pytest.mark.parametrize(("size", "language"), in_turn(0, [("desk", "zh-CN"), ("telephone", "en")]))
def test_a_deck_is_uploaded_by_keyboard_attached_and_ready(
    live_server: Any, browser: Browser, client: Client, connected: Enterprise, settings: Any, tmp_path: Path,
    size: str, language: str,
) -> None:  # fmt: skip
    settings.PUBLIC_URL, settings.REQUIRE_TWO_FACTOR = live_server.url, False
    bob = create_person(connected, "bob", Role.TEACHER)
    lesson = create_planned_lesson(bob, timedelta(days=1))
    window = Window(browser, client, bob, live_server.url, size, language)
    page = window.page
    deck, bad = tmp_path / "分数 1.pptx", tmp_path / "bad.pdf"
    deck.write_bytes(ooxml("pptx"))
    bad.write_bytes(b"MZ" + bytes(100))

    page.goto(f"{live_server.url}/courseware/new/")
    window.seen("upload")
    tab_to(page, "input[type=file]")
    page.set_input_files("input[type=file]", [bad])
    drop(page, "[data-upload]", deck.name, deck.read_bytes())
    tab_to(page, "form.form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator(".upload.is-done")).to_contain_text("分数 1.pptx")
    expect(page.locator(".upload.is-bad")).to_contain_text("bad.pdf")
    expect(page.locator(".upload.is-bad progress")).to_be_hidden()
    expect(page.locator(".upload-words")).not_to_be_empty()
    window.complaints.clear()  # the answer 400 of the bad one
    window.seen("uploaded")
    relay.drain()
    document = Document.objects.get()
    assert document.remote_id

    page.goto(f"{live_server.url}/lessons/{lesson.pk}/courseware/")
    page.select_option("#offered", str(document.pk))
    tab_to(page, "form.card button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator(".deck")).to_contain_text("分数 1.pptx")
    window.seen("decks")
    page.goto(f"{live_server.url}/lessons/{lesson.pk}/")
    expect(page.locator(".deck .tag-ok")).to_be_visible()
    window.seen("lesson")
    page.goto(f"{live_server.url}/courseware/")
    window.seen("list")
    page.goto(f"{live_server.url}/courseware/{document.pk}/")
    window.seen("document")
    page.goto(f"{live_server.url}/courseware/{document.pk}/anew/")
    window.seen("anew")


def test_the_h5_version_of_a_deck_is_shown_within_its_page(
    live_server: Any, browser: Browser, client: Client, connected: Enterprise, iclass: Sandbox, settings: Any,
) -> None:  # fmt: skip
    settings.PUBLIC_URL, settings.REQUIRE_TWO_FACTOR = live_server.url, False
    settings.H5_HOSTS = [iclass.url]
    connected.h5_white_listed = True
    connected.save(update_fields=["h5_white_listed"])
    bob = create_person(connected, "bob", Role.TEACHER)
    file = SimpleUploadedFile("分数.pptx", ooxml("pptx"))
    deck = upload_document(enterprise=connected, file=file, owner=bob, transcode=True, by=bob)
    relay.drain()
    iclass.control("clock", {"move": 600})
    Document.objects.update(look_at=timezone.now())
    registry.poll_due_rows()
    window = Window(browser, client, bob, live_server.url, "telephone", "zh-CN")
    window.page.goto(f"{live_server.url}/courseware/{deck.pk}/")
    slides = window.page.frame_locator("iframe.preview").locator(".slide")
    expect(slides.first).to_contain_text("分数")
    expect(slides).to_have_count(20)
    window.seen("preview")


def create_tracks(lesson: Lesson, kinds: Iterable[int], *, apart: timedelta = timedelta()) -> list[Recording]:
    """A track of each kind, each begun so much later than the one before it."""
    assert lesson.real_started_at is not None
    return [
        Recording.objects.create(
            enterprise=lesson.enterprise,
            lesson=lesson,
            class_id=lesson.remote_id,
            video_id=str(number),
            video_type=kind,
            user_id=("bob", "kid1", "")[kind],
            url="https://1.vod2.myqcloud.com/a.mp4",
            seconds=2700,
            bytes=10**8,
            started_at=lesson.real_started_at + number * apart,
        )
        for number, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(("size", "language"), in_turn(1, [("desk", "en"), ("telephone", "zh-CN")]))
def test_a_recording_is_found_and_watched_from_where_somebody_came_late(
    live_server: Any, browser: Browser, clicks: Clicks, client: Client, school: Enterprise, bob: User,
    settings: Any, size: str, language: str,
) -> None:  # fmt: skip
    settings.REQUIRE_TWO_FACTOR = False
    kid = create_person(school, "kid1", Role.STUDENT)
    lesson = create_finished_lesson(bob, topic="火烈鸟", record_types=["remote"])
    assert lesson.real_started_at is not None
    Attendance.objects.create(
        lesson=lesson, person=kid, user_id="kid1", nickname="Kid One", role="student", mark="late",
        first_entered_at=lesson.real_started_at + timedelta(minutes=7), last_left_at=lesson.real_ended_at,
    )  # fmt: skip
    create_tracks(lesson, (0, 1, 2))
    window = Window(browser, client, bob, live_server.url, size, language)
    page = window.page
    asked: list[str] = []
    page.route(
        "https://1.vod2.myqcloud.com/**", lambda route: (asked.append(route.request.url), route.abort())
    )
    clicks.count(page)
    page.goto(f"{live_server.url}/recordings/")
    window.seen("recordings")
    if size == "telephone":
        page.get_by_role("button", name="筛选" if language == "zh-CN" else "Filters").click()
    page.locator("[data-suggest]").press_sequentially("kid")
    expect(page.locator("datalist option")).to_have_count(1)
    page.locator("[data-suggest]").fill("kid1")
    expect(page.locator("#results tbody th a")).to_have_count(1)
    page.locator("tbody th a").click()
    expect(page.locator("#player")).to_be_visible()
    window.seen("recording")
    assert "myqcloud" not in page.content()
    with page.expect_request("**/play/"):
        page.locator("[data-seek='420']").click()
    clicks.done("the minute that a student missed")
    page.wait_for_timeout(500)
    viewed = AuditEntry.objects.filter(action="recording.view", actor=bob)
    assert viewed.count() == 1, "the large track and the one beside it are one viewing"
    page.goto(f"{live_server.url}/recordings/{lesson.pk}/edit/")
    window.seen("recording-edit")


def test_a_slow_track_beside_the_player_is_asked_for_once_and_a_failed_one_no_more(
    live_server: Any, browser: Browser, client: Client, bob: User, settings: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    lesson = create_finished_lesson(bob, topic="火烈鸟", record_types=["remote"])
    create_tracks(lesson, (0, 2), apart=timedelta(seconds=10))
    page = Window(browser, client, bob, live_server.url, "desk", "en").page
    waiting: list[Route] = []
    page.route("**/play/", lambda route: waiting.append(route))
    page.goto(f"{live_server.url}/recordings/{lesson.pk}/")
    page.eval_on_selector("#player", "(one) => { one.dataset.start = Number(one.dataset.start) + 100 }")
    plays = """async (player) => {
        for (let tick = 0; tick < 8; tick++) {
            player.dispatchEvent(new Event("timeupdate"));
            await new Promise((done) => setTimeout(done, 100));
        }
    }"""

    with page.expect_request("**/play/"):
        page.eval_on_selector("#player", plays)
    page.wait_for_timeout(200)  # what the browser asked for comes to the test after the answer of its page
    assert len(waiting) == 1

    waiting.pop().abort()
    page.wait_for_function("() => document.querySelector('#beside').error")
    page.eval_on_selector("#player", plays)
    assert waiting == []


def test_the_track_that_is_chosen_is_marked_as_the_current_one(
    live_server: Any, browser: Browser, client: Client, bob: User, settings: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    lesson = create_finished_lesson(bob, topic="火烈鸟", record_types=["remote"])
    create_tracks(lesson, (0, 2))
    page = Window(browser, client, bob, live_server.url, "desk", "en").page
    page.route("**/play/", lambda route: route.abort())
    page.goto(f"{live_server.url}/recordings/{lesson.pk}/")
    other = page.locator("li:not([aria-current]):has([data-play])")
    name = other.locator("[data-play]").get_attribute("data-name")
    other.locator("[data-play]").click()
    expect(page.locator("#player-name")).to_have_text(name or "")
    current = page.locator("li[aria-current='true']:has([data-play])")
    expect(current).to_have_count(1)
    expect(current.locator("[data-play]")).to_have_attribute("data-name", name or "")
