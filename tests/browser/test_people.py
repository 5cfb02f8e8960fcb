"""The pages of people in a browser, under the content policy, at a desk and on a telephone."""

import os
from typing import Any

import pytest

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.outbound.operations import TOKEN_COLUMNS
from accounts.people import avatars
from accounts.people.group_services import save_group
from classes.lessons.services import schedule_lesson
from console.outbox.states import SyncState
from tests.support.browser import collect_console_errors, in_turn, looks
from tests.support.cast import create_person
from tests.support.iclass_service import tomorrow_at
from tests.support.image_files import png

#: Points of a browser across a page of paper.
A4_WIDTH = 794
SIZES = {"desk": (1280, 800), "telephone": (390, 844)}

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def croquet(school: Enterprise, alice: User, bob: User, settings: Any, live_server: Any) -> StudentGroup:
    """Twelve students, most with cards; the first has a picture, the second was at the service before."""
    settings.PUBLIC_URL = live_server.url
    settings.REQUIRE_TWO_FACTOR = False
    Enterprise.objects.filter(pk=school.pk).update(room_address="https://room.example/wonderland")
    students = [create_person(school, f"student-{n:02}", Role.STUDENT) for n in range(12)]
    for one in students[:11]:
        one.remote_id, one.sync_state, one.phone_no = one.user_id, SyncState.IN_SYNC, "13812345678"
        one.store_entry_token(f"{one.user_id}-0123456789abcdef0123")
        one.save_mirrored(["remote_id", "sync_state", "phone_no", *TOKEN_COLUMNS])
    avatars.save_avatar(students[0], avatars.validate_avatar(png()))
    students[0].store_entry_token("a-second-token-0123456789abcdef")
    students[0].save_mirrored(["avatar", *TOKEN_COLUMNS])
    met = students[1]
    met.user_token, met.sync_state, met.sync_reason = None, SyncState.CHANGED_OUTSIDE, "repeat_conflict"
    met.observed = {"nickname": "March Hare", "phone_no": "13900001234", "role": "student"}
    met.save_mirrored(["user_token", "sync_state", "sync_reason", "observed"])
    schedule_lesson(
        teacher=bob, by=alice, students=students[:3], topic="Flamingos and hedgehogs",
        starts_at=tomorrow_at(8), ends_at=tomorrow_at(9),
    )  # fmt: skip
    group = StudentGroup(enterprise=school, name="Croquet")
    return save_group(group=group, students=students, by=alice)


@pytest.mark.parametrize(("size", "language"), in_turn(0, looks(SIZES, ["zh-CN", "en"])))
def test_list_page_cards_and_erasing_fit_and_load_nothing_forbidden(
    live_server: Any, browser: Any, client: Any, alice: User, croquet: StudentGroup, size: str, language: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    client.force_login(alice)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page, complaints = context.new_page(), []
    collect_console_errors(page, complaints)
    first, second = User.objects.filter(user_id__startswith="student").order_by("user_id")[:2]

    def seen(name: str) -> None:
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert complaints == [], name
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/people-{name}-{size}-{language}.png", full_page=True)

    page.goto(f"{live_server.url}/people/?group={croquet.pk}")
    seen("list")
    page.goto(f"{live_server.url}/people/{first.pk}/")
    page.locator(".portrait img").scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.portrait img').naturalWidth === 400")
    seen("person")
    page.goto(f"{live_server.url}/people/{second.pk}/")
    seen("person-met")
    page.goto(f"{live_server.url}/sync/differences/user-{second.pk}/")
    seen("difference")
    page.goto(f"{live_server.url}/people/{first.pk}/edit/")
    seen("form")
    page.goto(f"{live_server.url}/groups/{croquet.pk}/cards/")
    page.fill("[name=reason]", "the first day of term")
    page.click("main button[type=submit]")
    page.wait_for_selector(".entry-card")
    assert page.locator(".entry-card").count() == 10
    seen("cards")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_WIDTH, "height": 1123})
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_WIDTH
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/people-cards-printed-{language}.png", full_page=True)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(media="screen")
    page.goto(f"{live_server.url}/people/{first.pk}/erase/")
    seen("erase")
    page.fill("[name=reason]", "she asked")
    page.click("main form button[type=submit]")
    page.wait_for_selector("[name=user_id]")
    seen("erase-sure")
    page.fill("[name=user_id]", first.user_id)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/people/{first.pk}/")
    seen("erase-requested")
    page.goto(f"{live_server.url}/people/erasures/")
    seen("erasures")
    context.close()
