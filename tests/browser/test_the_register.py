"""A teacher and a register in a browser: opened, corrected, closed; at a desk and on a telephone."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect as expects

from accounts.models import User
from classes.attendance.register import recompute
from classes.attendance.rules import freeze_policy
from classes.models import Attendance, Lesson, Register
from tests.classes.rows import expect, over, poll, pupils
from tests.support.browser import hear

SIZES = {"desk": (1280, 800), "telephone": (390, 844)}
MOST_CLICKS = 10

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lesson(bob: User, settings: Any, live_server: Any) -> Lesson:
    """Two of four were there; nobody looked for eight minutes; one left in the middle."""
    settings.PUBLIC_URL = live_server.url
    settings.REQUIRE_TWO_FACTOR = False
    kids = pupils(bob.enterprise, 4)
    lesson = over(bob, topic="Croquet with flamingos")
    expect(lesson, *kids)
    assert lesson.real_started_at is not None
    for seconds in range(0, 45 * 60 + 1, 20):
        at = lesson.real_started_at + timedelta(seconds=seconds)
        if not 600 < seconds < 1080:
            poll(lesson, [bob, *kids[:2], *([kids[2]] if seconds < 1500 else [])], at)
    freeze_policy(lesson)
    recompute(lesson)
    return lesson


def page_of(browser: Any, client: Any, live_server: Any, reader: User, size: str, language: str) -> Any:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    client.force_login(reader)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def test_a_teacher_corrects_a_mark_and_closes_the_register_in_less_than_ten_clicks(
    browser: Any, client: Any, live_server: Any, bob: User, lesson: Lesson
) -> None:
    page = page_of(browser, client, live_server, bob, "desk", "en")
    forbidden: list[str] = []
    hear(page, forbidden)
    clicks = 0

    def click(what: Any) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    page.goto(f"{live_server.url}/lessons/{lesson.pk}/attendance/")
    kid = page.locator("table.register tbody").filter(has_text="Kid4").first
    click(kid.locator("[data-drawer]"))
    drawer = kid.locator(".drawer")
    expects(drawer).to_be_visible()
    drawer.locator("select[name=mark]").select_option("excused")
    clicks += 2
    drawer.locator("input[name=reason]").fill("A note from home")
    clicks += 1
    click(drawer.locator("button[type=submit]"))
    expects(page.locator("table.register tbody").filter(has_text="Kid4").first).to_contain_text("excused")
    click(page.locator("a[href$='/attendance/close/']"))
    click(page.locator("main form button[type=submit]"))
    expects(page.locator(".digest")).to_be_visible()
    assert Register.objects.get().number == 1
    assert Attendance.objects.get(lesson=lesson, user_id="kid4").mark == "excused"
    assert clicks < MOST_CLICKS
    assert forbidden == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_register_its_drawer_and_its_forms_fit(
    browser: Any, client: Any, live_server: Any, bob: User, lesson: Lesson, size: str, language: str
) -> None:
    page = page_of(browser, client, live_server, bob, size, language)
    kid = Attendance.objects.get(lesson=lesson, user_id="kid3")
    page.goto(f"{live_server.url}/lessons/{lesson.pk}/attendance/")
    link = page.locator(f"[aria-controls=drawer-{kid.pk}]")
    link.focus()
    page.keyboard.press("Enter")
    expects(page.locator(f"#drawer-{kid.pk} .drawer")).to_be_visible()
    expects(link).to_have_attribute("aria-expanded", "true")
    fits(page, f"register-{size}-{language}")
    link.click()
    expects(page.locator(f"#drawer-{kid.pk}")).to_be_hidden()
    for name, path in (
        ("close", f"/lessons/{lesson.pk}/attendance/close/"),
        ("correct", f"/attendance/{kid.pk}/correct/"),
        ("appeals", "/appeals/"),
    ):
        page.goto(f"{live_server.url}{path}")
        fits(page, f"{name}-{size}-{language}")


def fits(page: Any, name: str) -> None:
    """Nothing is wider than the window; with SHOTS a picture is kept there."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], name
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{timezone.now():%H%M}.png", full_page=True)
