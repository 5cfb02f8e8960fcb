"""Enter in Chromium: Bob presses once in the console and is in the local service's classroom as himself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import Enterprise, User
from accounts.people.services import register_person
from accounts.sign_in.services import change_password
from classes.models import Lesson
from console.audit.models import AuditEntry
from console.outbox import relay
from tests.classes.lessons.test_entries import inside
from tests.support import database
from tests.support.iclass_service import create_lesson
from tests.support.programs import Console
from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

PASSWORD = "down-the-rabbit-hole"


@dataclass
class Story:
    """Bob's lesson of today, the token that iclass gave him, and the console that he signs in to."""

    lesson: Lesson
    bob: User
    token: str
    console: Console


@pytest.fixture(scope="module")
def console(
    django_db_setup: None, iclass_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    """One for all tests of this file; each has a school of its own in it."""
    service = iclass_sandbox.url
    variables = {"ICLASS_BASE_URL": service, "CLASSROOM_HOSTS": service, "LOG_FORMAT": "json"}
    log = tmp_path_factory.mktemp("console") / "web.log"
    running = Console(log, {"DATABASE_URL": database.own_url(), **variables})
    running.start()
    yield running
    running.stop()


@pytest.fixture
def story(connected: Enterprise, alice: User, console: Console) -> Story:
    bob = register_person(enterprise=connected, by=alice, user_id="bob2", nickname="Bob", role="teacher")
    change_password(person=bob, password=PASSWORD, by=None)
    relay.drain()
    bob.refresh_from_db()
    lesson = create_lesson(bob, alice, starts_at=timezone.now() + timedelta(minutes=10))
    relay.drain()
    lesson.refresh_from_db()
    return Story(lesson, bob, bob.user_token.reveal(), console)


@pytest.fixture
def page(browser: Browser, story: Story) -> Iterator[Page]:
    """Bob, signed in to the console."""
    context = browser.new_context(locale="en", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(story.console.url)
    page.fill("input[name=username]", story.bob.login)
    page.fill("input[name=password]", PASSWORD)
    page.click("form.form button[type=submit]")
    expect(page.locator("main")).to_be_visible()
    yield page
    context.close()


def _enter_button(place: Page | Locator, story: Story) -> Locator:
    """The first of them: a lesson over midnight has a card on both days."""
    name = f"Enter {story.lesson.topic} (opens in a new window)"
    return place.get_by_role("button", name=name, exact=True).first


@pytest.mark.parametrize("place", ["/", "/lessons/{pk}/", "/timetable/"])
def test_bob_presses_enter_once_and_is_in_the_classroom_under_his_own_name(
    page: Page, story: Story, iclass: Sandbox, place: str
) -> None:
    page.goto(story.console.url + place.format(pk=story.lesson.pk))
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(str(request.headers)))
    with page.context.expect_page() as opened:
        _enter_button(page, story).click()
    room = opened.value
    expect(room.locator("[data-testid=member][data-user-id=bob2]")).to_contain_text("Bob")
    assert room.url.startswith(story.lesson.teacher_url)
    assert inside(iclass, story.lesson) == {"bob2": "Bob"}

    # The token stands nowhere: not in the address or history of the window, nor in a referrer or the log.
    assert "token" not in room.url
    assert room.evaluate("document.referrer") == ""
    assert story.token not in " ".join(asked)
    assert story.token not in page.content()
    assert story.token not in story.console.log.read_text()
    assert AuditEntry.objects.filter(action="lesson.enter", actor=story.bob).count() == 1

    # The page behind stays as it was, so the same button opens the classroom again.
    with page.context.expect_page() as again:
        _enter_button(page, story).click()
    expect(again.value.locator("[data-testid=member][data-user-id=bob2]")).to_be_visible()


@pytest.mark.parametrize("view", ["week", "month", "agenda"])
def test_the_timetable_is_entered_by_keyboard(page: Page, story: Story, view: str) -> None:
    page.goto(f"{story.console.url}/timetable/?view={view}")
    button = _enter_button(page, story)
    # The first, like the button: late in the evening the lesson stands on two days.
    page.get_by_role("link", name=story.lesson.topic, exact=True).first.focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.locator("[data-testid=member][data-user-id=bob2]")).to_be_visible()


def test_the_timetable_of_a_phone_has_a_button_of_its_own_for_the_thumb(page: Page, story: Story) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{story.console.url}/timetable/")
    button = _enter_button(page.locator(".ec-list"), story)
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box
    assert box["height"] >= 40
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.context.expect_page() as opened:
        button.click()
    expect(opened.value.locator("[data-testid=member][data-user-id=bob2]")).to_be_visible()
