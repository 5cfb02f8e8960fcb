"""A teacher and a register in a browser: opened, corrected, closed; at a desk and on a telephone."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect as expects

from accounts.models import User
from classes.attendance.corrections import correct_mark
from classes.attendance.policy import freeze_policy
from classes.attendance.register import recompute_register
from classes.models import Attendance, Lesson, Register
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_running_lesson,
    create_students,
    record_poll,
)
from tests.support.browser import collect_console_errors, in_turn, looks
from tests.support.clicks import Clicks

SIZES = {"desk": (1280, 800), "telephone": (390, 844)}
MOST_CLICKS = 10

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lesson(bob: User, settings: Any, live_server: Any) -> Lesson:
    """Two of four were there; nobody looked for eight minutes; one left in the middle."""
    settings.PUBLIC_URL = live_server.url
    settings.REQUIRE_TWO_FACTOR = False
    kids = create_students(bob.enterprise, 4)
    lesson = create_finished_lesson(bob, topic="Croquet with flamingos")
    add_members(lesson, *kids)
    assert lesson.real_started_at is not None
    for seconds in range(0, 45 * 60 + 1, 20):
        at = lesson.real_started_at + timedelta(seconds=seconds)
        if not 600 < seconds < 1080:
            record_poll(lesson, [bob, *kids[:2], *([kids[2]] if seconds < 1500 else [])], at)
    freeze_policy(lesson)
    recompute_register(lesson)
    return lesson


def page_of(browser: Any, client: Any, live_server: Any, reader: User, size: str, language: str) -> Any:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    client.force_login(reader)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def test_a_teacher_corrects_a_mark_and_closes_the_register_in_less_than_ten_clicks(
    browser: Any, clicks: Clicks, client: Any, live_server: Any, bob: User, lesson: Lesson
) -> None:
    page = page_of(browser, client, live_server, bob, "desk", "en")
    forbidden: list[str] = []
    collect_console_errors(page, forbidden)
    clicks.count(page)
    page.goto(f"{live_server.url}/lessons/{lesson.pk}/attendance/")
    kid = page.locator("table.register tbody").filter(has_text="Kid4").first
    kid.locator("[data-drawer]").click()
    drawer = kid.locator(".drawer")
    expects(drawer).to_be_visible()
    drawer.locator("input[name=mark][value=excused]").click()
    drawer.locator("input[name=reason]").fill("A note from home")
    drawer.locator("button[type=submit]").click()
    expects(page.locator("table.register tbody").filter(has_text="Kid4").first).to_contain_text("excused")
    page.locator("a[href$='/attendance/close/']").click()
    page.locator("main form button[type=submit]").click()
    expects(page.locator("#technical")).to_be_visible()
    assert Register.objects.get().number == 1
    assert Attendance.objects.get(lesson=lesson, user_id="kid4").mark == "excused"
    assert clicks.number < MOST_CLICKS
    assert forbidden == []


@pytest.mark.parametrize(("size", "language"), in_turn(1, looks(SIZES, ["zh-CN", "en"])))
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


def test_a_mark_is_corrected_in_three_clicks_and_the_next_row_is_offered(
    browser: Any, clicks: Clicks, client: Any, live_server: Any, bob: User, lesson: Lesson
) -> None:
    page = page_of(browser, client, live_server, bob, "desk", "en")
    forbidden: list[str] = []
    collect_console_errors(page, forbidden)
    clicks.count(page)
    page.goto(f"{live_server.url}/lessons/{lesson.pk}/attendance/")
    kid = page.locator("table.register tbody").filter(has_text="Kid4").first
    kid.locator("[data-drawer]").click()
    kid.locator(".drawer input[value=excused]").click()
    kid.locator(".drawer input[name=reason]").click()
    page.keyboard.type("A note from home")
    page.keyboard.press("Enter")
    corrected = page.locator("table.register tbody.is-corrected")
    expects(corrected).to_contain_text("Kid4")
    assert clicks.number == 3
    expects(corrected).to_be_in_viewport()
    fits(page, "register-corrected")
    offered = corrected.get_by_role("link", name="Next: ")
    offered.click()
    expects(page.locator(".drawer")).to_be_in_viewport()
    assert page.evaluate("document.activeElement.name") == "mark"
    assert forbidden == []


@pytest.mark.parametrize("size", in_turn(1, SIZES))
def test_several_marks_are_corrected_at_once_and_nothing_typed_is_lost(
    browser: Any, client: Any, live_server: Any, bob: User, alice: User, lesson: Lesson, size: str
) -> None:
    page = page_of(browser, client, live_server, bob, size, "en")
    page.goto(f"{live_server.url}/lessons/{lesson.pk}/attendance/")
    button = page.locator("#many button")
    expects(button).to_be_disabled()
    page.locator("#many [data-many-all]").check()
    expects(page.locator(".many-count")).to_contain_text("4 selected")
    page.locator("#many select[name=mark]").select_option("excused")
    page.locator("#many input[name=reason]").fill("Sports day")
    fits(page, f"register-many-{size}")
    kid4 = Attendance.objects.get(lesson=lesson, user_id="kid4")
    correct_mark(mark_of=kid4, mark="late", reason="Bus", by=alice)
    button.click()
    expects(page.locator(".error-summary")).to_contain_text("Alice changed the mark of Kid4")
    fits(page, f"register-conflict-{size}")
    expects(page.locator("input[name=reason]")).to_have_value("Sports day")
    page.locator("main form button[type=submit]").click()
    expects(page.locator("#messages")).to_contain_text("4 marks have been corrected")
    assert set(Attendance.objects.exclude(derived_mark="").values_list("mark", flat=True)) == {"excused"}


@pytest.mark.parametrize("size", in_turn(0, SIZES))
def test_fifteen_registers_are_closed_in_three_clicks(
    browser: Any, clicks: Clicks, client: Any, live_server: Any, bob: User, lesson: Lesson, size: str
) -> None:
    kids = User.objects.filter(user_id__startswith="kid")
    for place in range(15):
        held = create_finished_lesson(bob, topic=f"Lesson {place}")
        add_members(held, *kids)
        record_poll(held, [bob, *kids], held.real_started_at)
        record_poll(held, [bob, *kids], held.real_ended_at)
        freeze_policy(held)
        recompute_register(held)
    Attendance.objects.exclude(lesson=lesson).filter(role="student").update(mark="present")
    page = page_of(browser, client, live_server, bob, size, "en")
    clicks.count(page)
    page.goto(f"{live_server.url}/reports/registers/")
    fits(page, f"registers-{size}")
    page.locator("#many [data-many-all]").click()
    page.locator("#many button").click()
    page.locator("main form button[type=submit]").click()
    expects(page.locator("main table tbody tr")).to_have_count(16)
    fits(page, f"registers-closed-{size}")
    assert clicks.number == 3
    assert Register.objects.count() >= 15


def test_who_is_missing_is_one_click_from_today(
    browser: Any, clicks: Clicks, client: Any, live_server: Any, alice: User, bob: User, lesson: Lesson
) -> None:
    kids = list(User.objects.filter(user_id__startswith="kid"))
    running = create_running_lesson(bob, topic="Hedgehogs")
    add_members(running, *kids)
    record_poll(running, [bob, *kids[:3]], timezone.now() - timedelta(seconds=5))
    recompute_register(running)
    page = page_of(browser, client, live_server, alice, "desk", "en")
    clicks.count(page)
    page.goto(live_server.url)
    page.get_by_role("link", name="Hedgehogs").first.click()
    expects(page.locator("main")).to_contain_text("not seen yet")
    expects(page.locator("#live")).to_contain_text("Kid4")
    assert clicks.number == 1
