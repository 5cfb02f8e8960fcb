"""Ticked courseware of the list is attached to lessons in a browser, after its preview."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from classes.models import Attachment
from documents.models import Document
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import create_planned_lesson, create_running_lesson
from tests.support.browser import collect_console_errors, in_turn
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
WORDS = {
    "en": ("Attach to lessons", "Show changes", "Attach"),
    "zh-CN": ("添加到课堂", "查看影响", "添加"),
}


@pytest.mark.parametrize(("size", "language"), in_turn(1, [("desk", "zh-CN"), ("phone", "en")]))
def test_two_files_go_to_a_lesson(
    live_server: Any,
    browser: Any,
    clicks: Clicks,
    client: Any,
    settings: Any,
    bob: User,
    size: str,
    language: str,
) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    width, height = SIZES[size]
    for name in ("Flamingos", "Hedgehogs"):
        Document.objects.create(enterprise=bob.enterprise, owner=bob, name=name, ext="pptx")
    lesson = create_planned_lesson(bob, topic="Croquet")
    create_running_lesson(bob, topic="Tea")
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    client.force_login(bob)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page, complaints = context.new_page(), []
    collect_console_errors(page, complaints)
    attach_to, show_changes, attach = WORDS[language]

    def is_sound(name: str) -> bool:
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=Path(folder) / f"attach-{name}-{size}.png", full_page=True)
        assert [*axe_violations(page), *horizontal_overflow(page, width), *complaints] == []
        return True

    clicks.count(page)
    page.goto(f"{live_server.url}/courseware/")
    for name in ("Flamingos.pptx", "Hedgehogs.pptx"):
        page.get_by_role("checkbox", name=name).check()
    assert is_sound("list")
    page.get_by_role("button", name=attach_to).click()
    page.get_by_role("checkbox", name="Croquet").check()
    assert is_sound("choice")
    page.get_by_role("button", name=show_changes).click()
    expect(page.get_by_role("row", name="Croquet")).to_contain_text("Flamingos.pptx, Hedgehogs.pptx")
    assert is_sound("preview")
    page.get_by_role("button", name=attach, exact=True).click()
    page.wait_for_url(f"**/lessons/{lesson.pk}/")
    clicks.done("two files of courseware onto a lesson")
    assert Attachment.objects.filter(lesson=lesson).count() == 2
    context.close()
