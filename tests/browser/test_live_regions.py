"""Pages that keep themselves up to date in a browser: by one request, and never under one's hands."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Role, User
from classes.models import Lesson
from console.outbox.models import Operation
from tests.classes.factories import create_planned_lesson
from tests.support.browser import collect_console_errors
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def follow(page: Any) -> list[int]:
    """The statuses of the refreshes from now on."""
    found: list[int] = []

    def heard(answer: Any) -> None:
        if "x-live" in answer.request.headers:
            found.append(answer.status)

    page.on("response", heard)
    return found


def test_a_list_shows_what_became_of_a_person_and_then_asks_no_more(window: Any, alice: User) -> None:
    kid = create_person(alice.enterprise, "kid", Role.STUDENT)
    User.objects.filter(enterprise=alice.enterprise).update(sync_state="in_sync")
    User.objects.filter(pk=kid.pk).update(sync_state="sending")
    page = window(alice)
    complaints: list[str] = []
    collect_console_errors(page, complaints)
    statuses = follow(page)
    page.goto(f"{page.base}/people/")
    row = page.locator("#results tr").filter(has_text="kid").first
    expect(row).to_contain_text("sending")
    with page.expect_response(lambda answer: answer.status == 304, timeout=60_000):
        expect(row).to_be_visible()
    User.objects.filter(pk=kid.pk).update(sync_state="refused")
    expect(row).to_contain_text("rejected", timeout=60_000)
    asked = len(statuses)
    page.wait_for_timeout(4_000)
    assert len(statuses) == asked, "all is final"
    assert complaints == []


def test_a_region_in_use_waits_until_its_reader_is_done(window: Any, alice: User, bob: User) -> None:
    lesson = create_planned_lesson(bob, topic="Croquet")
    operation = Operation.objects.create(
        enterprise=alice.enterprise,
        kind="class.create",
        subject_type=Lesson._meta.label_lower,
        subject_id=lesson.pk,
        subject_label="Croquet",
        state="refused",
    )
    page = window(alice)
    statuses = follow(page)
    page.goto(f"{page.base}/sync/sent/")
    box = page.locator("#results input[name=chosen]").first
    box.check()
    Operation.objects.filter(pk=operation.pk).update(subject_label="Caucus race")
    page.wait_for_timeout(12_000)
    assert statuses
    expect(page.locator("#results")).to_contain_text("Croquet")
    expect(box).to_be_checked()
    box.uncheck()
    page.locator("h1").click()
    expect(page.locator("#results")).to_contain_text("Caucus race", timeout=60_000)


def test_a_hidden_tab_asks_nothing_and_a_seen_one_at_once(window: Any, alice: User) -> None:
    page = window(alice)
    statuses = follow(page)
    page.goto(f"{page.base}/sync/sent/")
    show = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: true, configurable: true}}); {show}")
    page.wait_for_timeout(12_000)
    assert statuses == []
    with page.expect_response(lambda answer: "x-live" in answer.request.headers, timeout=60_000) as asked:
        page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: false}}); {show}")
    assert asked.value.status == 200
