"""What schools do most often takes few clicks; counted from the page that a test begins on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from playwright.sync_api import Locator, expect

from accounts.models import Enterprise, PeopleImport, Role, User
from classes.models import Recording
from console.sandbox.media.video import sample_bytes
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_refused_operation,
)
from tests.support.browser import collect_console_errors, in_turn
from tests.support.cast import create_person
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


class Window:
    """A page of a person who signed in."""

    def __init__(self, browser: Any, clicks: Clicks, client: Client, url: str, who: User, size: str) -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale="en")
        client.force_login(who)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}
        self.context.add_cookies([cookie])
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.complaints: list[str] = []
        collect_console_errors(self.page, self.complaints)
        clicks.count(self.page)
        self.url, self.width = url, width

    def click(self, place: Locator) -> None:
        place.click()
        self.page.wait_for_load_state()

    def check(self) -> None:
        """The page fits its width, and neither the console nor axe has a complaint."""
        assert horizontal_overflow(self.page, self.width) == []
        assert axe_violations(self.page) == []
        assert self.complaints == []


@pytest.fixture
def open_window(
    browser: Any, clicks: Clicks, client: Client, live_server: Any, settings: Any
) -> Iterator[Any]:
    settings.REQUIRE_TWO_FACTOR = False
    settings.PUBLIC_URL = live_server.url
    windows: list[Window] = []

    def open_for(who: User, size: str = "desk") -> Window:
        windows.append(Window(browser, clicks, client, live_server.url, who, size))
        return windows[-1]

    yield open_for
    for window in windows:
        window.context.close()


def record_lesson(teacher: User, student: User) -> Any:
    """A finished lesson with copies of a screen, the teacher's camera and that of a student."""
    lesson = create_finished_lesson(teacher, topic="Flamingos", record_types=["remote"])
    add_members(lesson, student)
    for number, (kind, who) in enumerate(((1, teacher), (0, teacher), (0, student))):
        track = Recording.objects.create(
            enterprise=lesson.enterprise, lesson=lesson, class_id=lesson.remote_id, video_id=str(number),
            video_type=kind, user_id=who.user_id, seconds=60, started_at=lesson.real_started_at,
        )  # fmt: skip
        track.copy.save(f"{lesson.pk}/{number}.mp4", ContentFile(sample_bytes()))
    return lesson


def playing(window: Window, name: str) -> None:
    """Wait until a video of the page runs."""
    window.page.wait_for_function(
        f"() => {{ const v = document.querySelector('{name}'); return !v.paused && v.currentTime > 0 }}"
    )


@pytest.mark.parametrize("size", in_turn(0, SIZES))
def test_a_recording_plays_two_clicks_after_today_and_keeps_its_time_when_the_track_changes(
    open_window: Any, clicks: Clicks, school: Enterprise, bob: User, size: str
) -> None:
    kid = create_person(school, "kid1", Role.STUDENT)
    lesson = record_lesson(bob, kid)
    window = open_window(bob, size)
    page = window.page
    page.goto(f"{window.url}/")
    window.click(page.locator("#own-library"))
    window.click(page.locator(f"a[href='/recordings/{lesson.pk}/?t=0#player']"))
    assert clicks.number == 2
    playing(window, "#player")
    playing(window, "#beside")
    window.check()
    page.evaluate("document.querySelector('#player').currentTime = 20")
    page.wait_for_function("() => document.querySelector('#beside').currentTime >= 19")
    page.locator("summary", has_text="1 track of students").click()
    page.locator(".student-tracks [data-play]").click()
    expect(page.locator("#player-name")).to_have_text("Camera · Kid1")
    page.wait_for_function("() => document.querySelector('#player').currentTime >= 19")
    assert page.url.startswith(f"{window.url}/recordings/{lesson.pk}/?track=")
    window.check()


@pytest.mark.parametrize("size", in_turn(1, SIZES))
def test_people_are_imported_in_four_clicks_past_three_mistakes(
    open_window: Any, clicks: Clicks, connected: Enterprise, alice: User, tmp_path: Path, size: str
) -> None:
    file = tmp_path / "people.csv"
    rows = [
        "ID,Name,Role,Class",
        "hare,Hare,student,Class 3",
        "king,King,king,",
        ",Nobody,student,",
        "a b,Space,student,",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    window = open_window(alice, size)
    page = window.page
    page.goto(f"{window.url}/people/")
    window.click(page.locator("a[href='/people/imports/new/']").first)
    window.check()
    with page.expect_file_chooser() as chooser:
        window.click(page.locator("[name=file]"))
    chooser.value.set_files(file)
    window.click(page.locator("main form .form-buttons button[type=submit]"))
    expect(page.locator("tbody tr").first).to_contain_text("king")
    assert PeopleImport.objects.get().counts["refused"] == 3
    window.check()
    window.click(page.locator("form[action$='/apply/'] button"))
    page.wait_for_selector("#job-progress")
    clicks.done("import with three mistakes")
    assert User.objects.get(user_id="hare").student_groups.get().name == "Class 3"


@pytest.mark.parametrize("size", in_turn(0, SIZES))
def test_a_refused_lesson_is_sent_again_in_one_click_on_today(
    open_window: Any, clicks: Clicks, school: Enterprise, alice: User, bob: User, size: str
) -> None:
    lesson = create_planned_lesson(bob, topic="Flamingos", sync_state="refused", sync_reason="10003")
    operation = create_refused_operation(lesson)
    window = open_window(alice, size)
    page = window.page
    page.goto(f"{window.url}/")
    window.check()
    window.click(page.locator(f"form[action='/sync/sent/{operation.pk}/send-again/'] button"))
    clicks.done("what did not reach the service is sent again")
    operation.refresh_from_db()
    assert operation.state == "ready"


def test_the_newest_recording_plays_one_click_after_today(
    open_window: Any, clicks: Clicks, school: Enterprise, bob: User
) -> None:
    kid = create_person(school, "kid1", Role.STUDENT)
    lesson = record_lesson(bob, kid)
    window = open_window(kid)
    window.page.goto(f"{window.url}/")
    window.click(window.page.locator(f"#recording-{lesson.pk}"))
    playing(window, "#player")
    assert clicks.number == 1
    assert window.page.url.startswith(window.url)
