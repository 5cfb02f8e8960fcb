"""A lesson cancelled or moved by mistake is taken back by the button of the message."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from classes.models import Lesson
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.support.browser import in_turn
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [("telephone", "zh-CN"), ("desk", "en")]
WORDS = {
    "zh-CN": {"undo": "撤销", "cancel": "取消课堂", "done": "已撤销"},
    "en": {"undo": "Undo", "cancel": "Cancel the lesson", "done": "Taken back"},
}


@pytest.mark.parametrize(("size", "language"), in_turn(0, LOOKS))
def test_a_cancellation_is_taken_back_with_the_keyboard(
    open_as: Callable[..., Any],
    clicks: Clicks,
    settings: Any,
    alice: User,
    croquet: Lesson,
    size: str,
    language: str,
) -> None:
    settings.UNDO_S, words = 600, WORDS[language]
    page, complaints = open_as(alice, f"/lessons/{croquet.pk}/", size, language)
    clicks.count(page)
    page.locator(f"a[href^='/lessons/{croquet.pk}/cancel/']").click()
    page.locator("[name=reason]").fill("Rain")
    page.get_by_role("button", name=words["cancel"]).click()
    clicks.done("cancel a lesson with a reason")
    undo = page.get_by_role("button", name=words["undo"])
    expect(undo).to_be_visible()
    assert horizontal_overflow(page, page.viewport_size["width"]) == []
    assert axe_violations(page) == []
    undo.focus()
    page.keyboard.press("Enter")
    page.get_by_text(words["done"]).wait_for()
    assert Lesson.objects.get().cancelled_at is None
    assert complaints == []


@pytest.mark.parametrize(("size", "language"), in_turn(1, LOOKS))
def test_a_move_is_taken_back_in_the_timetable(
    open_as: Callable[..., Any], settings: Any, alice: User, croquet: Lesson, size: str, language: str
) -> None:
    settings.UNDO_S, words = 600, WORDS[language]
    day = timezone.localtime(croquet.starts_at + timedelta(days=1)).date().isoformat()
    page, complaints = open_as(alice, f"/lessons/{croquet.pk}/move/?day={day}&start=14:00", size, language)
    page.locator("form.move button[type=submit]").last.click()
    page.get_by_role("button", name=words["undo"]).click()
    page.get_by_text(words["done"]).wait_for()
    assert Lesson.objects.get().starts_at == croquet.starts_at
    assert complaints == []


def test_the_button_leaves_when_it_is_too_late_and_the_message_stays(
    open_as: Callable[..., Any], settings: Any, alice: User, croquet: Lesson
) -> None:
    settings.UNDO_S = 2
    page, _complaints = open_as(alice, f"/lessons/{croquet.pk}/cancel/")
    page.get_by_role("button", name="Cancel the lesson").click()
    expect(page.get_by_text("The lesson has been cancelled.")).to_be_visible()
    expect(page.locator("[data-undo]")).to_have_count(0)
    expect(page.get_by_text("The lesson has been cancelled.")).to_be_visible()
