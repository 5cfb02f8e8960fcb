"""The list of people in a browser: select three and add them to a group, arrange it, save it as a view."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import save_group
from console.lists.models import SavedView
from tests.support.browser import collect_console_errors, in_turn
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path("node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MAX_PAGE_BYTES = 200_000


@pytest.fixture
def croquet(school: Enterprise, alice: User) -> StudentGroup:
    for number in range(5):
        create_person(school, f"student-{number}", Role.STUDENT)
    return save_group(group=StudentGroup(enterprise=school, name="Croquet"), students=[], by=alice)


@pytest.fixture
def open_list(
    live_server: Any, browser: Any, client: Any, settings: Any, alice: User, croquet: StudentGroup
) -> Iterator[Callable[..., Any]]:
    """The list of people as Alice sees it, at this width; the page must not complain in its console."""
    settings.REQUIRE_TWO_FACTOR = False
    complaints: list[str] = []
    contexts = []

    def open_page(width: int = 1280, language: str = "en") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 844}, locale=language)
        contexts.append(context)
        client.force_login(alice)
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        page = context.new_page()
        collect_console_errors(page, complaints)
        page.goto(f"{live_server.url}/people/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _wrong(page: Any) -> list[str]:
    page.evaluate("scrollTo(0, 0)")  # what the bar of the page covers half is no fault
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found["violations"]]


def _open_filters(page: Any, width: int) -> None:
    """On a phone they wait behind a button."""
    if width == 390:
        page.get_by_role("button", name="Filters").click()


@pytest.mark.parametrize("width", in_turn(0, [1280, 390]))
def test_three_people_are_selected_and_join_a_group(
    open_list: Callable[..., Any], croquet: StudentGroup, width: int
) -> None:
    page = open_list(width)
    _open_filters(page, width)
    page.locator("#id_role").select_option("student")
    page.wait_for_url("**role=student**")
    page.wait_for_function("() => document.querySelectorAll('input[name=chosen]').length === 5")
    expect(
        page.get_by_role("button", name="Add to group")
    ).to_be_disabled()  # once its script has seen the list
    for number in range(3):
        page.get_by_label(f"Student-{number}", exact=True).check()
    expect(page.locator(".many-count")).to_have_text("3 selected")
    page.get_by_role("button", name="Add to group").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add 3 people to a group?")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert _wrong(page) == []
    page.get_by_label("Group", exact=True).select_option(label="Croquet")
    page.get_by_role("button", name="Add to group").click()
    page.get_by_text("Done for 3 people.").wait_for()
    assert "role=student" in page.url
    names = croquet.students.order_by("user_id").values_list("user_id", flat=True)
    assert list(names) == ["student-0", "student-1", "student-2"]


@pytest.mark.parametrize("width", in_turn(1, [1280, 390]))
def test_the_list_is_arranged_and_saved_as_a_view(open_list: Callable[..., Any], width: int) -> None:
    page = open_list(width)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Phone", exact=True).uncheck()
    page.get_by_label("Gender", exact=True).check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert _wrong(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Compact rows").click()
    if width == 390:
        page.get_by_text("Sort", exact=True).click()
        page.locator(".list-sort").get_by_role("link", name="Role").click()
    else:
        page.get_by_role("columnheader").get_by_role("link", name="Role").click()
    page.wait_for_url("**sort=role**")
    page.get_by_text("Save view", exact=True).first.click()
    page.get_by_label("Save filter, columns and order as").fill("By role")
    page.get_by_label("Share with the school").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Save view").click()
    tab = page.get_by_role("navigation", name="Saved views").get_by_role("link", name="By role")
    assert tab.get_attribute("aria-current") == "page"
    view = SavedView.objects.get(name="By role")
    assert view.is_shared
    assert view.settings["sort"] == "role"
    assert "phone" not in view.settings["columns"]
    assert view.settings["density"] == "compact"
    assert _wrong(page) == []
    _open_filters(page, width)
    page.locator("#id_role").select_option("student")  # the filter acts at once and the view stays open
    page.wait_for_url("**role=student**")
    assert f"view={view.pk}" in page.url
    page.keyboard.press("Escape")
    page.get_by_text("View", exact=True).click()
    page.get_by_text("Delete view", exact=True).first.click()
    page.get_by_role("button", name="Delete view").click()
    page.get_by_text("The view “By role” has been deleted.").wait_for()
    assert not SavedView.objects.exclude(name="").exists()


def test_the_page_of_a_full_list_is_light(client: Any, alice: User, school: Enterprise) -> None:
    for number in range(60):
        create_person(school, f"person-{number}", Role.STUDENT)
    client.force_login(alice)
    assert len(client.get("/people/").content) < MAX_PAGE_BYTES
