"""Every page in Chromium, as the first of its readers sees it: axe finds nothing, nothing sticks out at the
width of a telephone, nothing comes from another host, and the browser has nothing to complain about.

Languages, colour schemes and widths take turns over the pages; `BROWSER=full` shows each page in all of them.
"""

import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Enterprise, User
from tests.faults.goals import add_up
from tests.security.addresses import AREAS, Address
from tests.security.expectations import Expected
from tests.security.test_matrix import may
from tests.security.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

AXE = Path("node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
READERS = ("admin", "superadmin", "teacher", "student", "operator", "anonymous")
LOOKS = list(itertools.product(("zh-CN", "en"), ("light", "dark"), (1280, 390)))
FULL = os.environ.get("BROWSER") == "full"


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> World:
    return build(school, other_school, olga)


def _reader(address: Address, world: World) -> str:
    """The first who may read the page; empty where nobody may."""
    expected = address.expected("GET") or Expected(who="nobody")
    return next((one for one in READERS if may(one, expected, world)), "")


def _shown(address: Address, world: World, reader: str) -> bool:
    """Whether it is a page: no file, no redirect, nothing that only takes forms."""
    client = Client(raise_request_exception=False)
    if world.people[reader] is not None:
        client.force_login(world.people[reader])
    response = client.get(address.path(world))
    if response.streaming:
        list(response.streaming_content)
    return response.status_code == 200 and response["Content-Type"].startswith("text/html")


@pytest.fixture
def visit(live_server: Any, browser: Any, world: World, settings: Any) -> Any:
    """Opens an address as a reader in a look, and tells what is wrong with it."""
    settings.REQUIRE_TWO_FACTOR = False
    contexts: dict[Any, Any] = {}

    def context_of(reader: str, look: tuple[str, str, int]) -> Any:
        if (reader, look) not in contexts:
            language, scheme, width = look
            contexts[reader, look] = context = browser.new_context(
                locale=language, color_scheme=scheme, viewport={"width": width, "height": 844}
            )
            if world.people[reader] is not None:
                client = Client()
                client.force_login(world.people[reader])
                value = client.cookies["sessionid"].value
                context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        return contexts[reader, look]

    def visited(path: str, reader: str, look: tuple[str, str, int], wait_for: str = "body") -> list[str]:
        page, found = context_of(reader, look).new_page(), []
        page.on("pageerror", lambda error: found.append(f"script: {error}"))
        page.on("request", lambda one: found.extend(_foreign(one.url, live_server.url)))
        try:
            page.goto(f"{live_server.url}{path}", wait_until="load")
            page.locator(wait_for).first.wait_for()
            page.evaluate(AXE)
            answer = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            for rule in answer["violations"]:
                node = rule["nodes"][0]
                found.append(f"{rule['id']} ×{len(rule['nodes'])}: {node['html'][:160]}")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > look[2]:
                found.append(f"{width - look[2]} px stick out at the right")
        finally:
            page.close()
        return found

    yield visited
    for context in contexts.values():
        context.close()


def _foreign(url: str, own: str) -> list[str]:
    return [] if url.startswith((own, "data:", "blob:")) else [f"asks {url[:80]}"]


def test_every_page_can_be_read_by_everybody(visit: Any, world: World) -> None:
    found, visits, turns = [], 0, itertools.cycle(LOOKS)
    pages = [(one, reader) for one in AREAS["pages"] if (reader := _reader(one, world))]
    pages = [(one, reader) for one, reader in pages if _shown(one, world, reader)]
    for address, reader in pages:
        for look in LOOKS if FULL else [next(turns)]:
            visits += 1
            wrong = visit(address.path(world), reader, look)
            found += [f"{address.name} as {reader} {look}: {one}" for one in wrong]
    add_up("pages", visits=visits, pages=len(pages), found=len(found))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("view", ["week", "month", "agenda"])
def test_the_timetable_can_be_read_by_everybody_once_its_lessons_are_there(
    visit: Any, world: World, view: str
) -> None:
    day = world.rows["lesson"].starts_at.date()
    for look in LOOKS if FULL else LOOKS[:2]:
        wrong = visit(f"/timetable/?view={view}&date={day}", "admin", look, wait_for=".ec-event")
        assert wrong == []


def test_a_page_that_says_neither_its_language_nor_its_subject_is_found(visit: Any) -> None:
    wrong = visit("/metrics", "anonymous", LOOKS[0])
    assert {one.split()[0] for one in wrong} >= {"document-title", "html-has-lang"}
