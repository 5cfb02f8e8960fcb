"""Pages that keep themselves up to date in a browser: by one request, and never under one's hands."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Role, User
from classes.models import Lesson
from console.outbox.models import Operation
from tests.classes.factories import create_planned_lesson
from tests.support.browser import collect_console_errors, refreshed
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def follow(page: Any) -> list[str]:
    """What the page asks for from now on to refresh itself."""
    asked: list[str] = []

    def heard(request: Any) -> None:
        if "x-live" in request.headers:
            asked.append(request.url)

    page.on("request", heard)
    return asked


def pass_a_minute(page: Any) -> None:
    """Let the clock of the page go on; what the page asked for meanwhile has been heard."""
    page.clock.run_for("01:00")
    page.evaluate("fetch('/healthz').then(() => true)")


def refresh(page: Any) -> int:
    """Let the clock of the page go on until it refreshes itself; the status of the answer."""
    with refreshed(page) as answer:
        page.clock.fast_forward("00:30")
    return int(answer.value.status)


def test_a_list_shows_what_became_of_a_person_and_then_asks_no_more(window: Any, alice: User) -> None:
    kid = create_person(alice.enterprise, "kid", Role.STUDENT)
    User.objects.filter(enterprise=alice.enterprise).update(sync_state="in_sync")
    User.objects.filter(pk=kid.pk).update(sync_state="sending")
    page = window(alice)
    complaints: list[str] = []
    collect_console_errors(page, complaints)
    page.clock.install()
    page.goto(f"{page.base}/people/")
    row = page.locator("#results tr").filter(has_text="kid").first
    expect(row).to_contain_text("sending")
    assert [refresh(page), refresh(page)] == [200, 304]
    User.objects.filter(pk=kid.pk).update(sync_state="refused")
    refresh(page)
    expect(row).to_contain_text("rejected")
    asked = follow(page)
    pass_a_minute(page)
    assert asked == [], "all is final"
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
    page.clock.install()
    page.goto(f"{page.base}/sync/sent/")
    box = page.locator("#results input[name=chosen]").first
    box.check()
    Operation.objects.filter(pk=operation.pk).update(subject_label="Caucus race")
    refresh(page)
    expect(page.locator("#results")).to_contain_text("Croquet")
    expect(box).to_be_checked()
    box.uncheck()
    page.locator("h1").click()
    refresh(page)
    expect(page.locator("#results")).to_contain_text("Caucus race")


def test_a_hidden_tab_asks_nothing_and_a_seen_one_at_once(window: Any, alice: User) -> None:
    page = window(alice)
    page.clock.install()
    asked = follow(page)
    page.goto(f"{page.base}/sync/sent/")
    show = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: true, configurable: true}}); {show}")
    pass_a_minute(page)
    assert asked == []
    with page.expect_response(lambda answer: "x-live" in answer.request.headers) as answer:
        page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: false}}); {show}")
    assert answer.value.status == 200
