"""Every page in Chromium, as the first of its readers sees it: axe finds nothing, nothing sticks out on a
telephone or when it is zoomed, nothing shifts, moves unasked or is heavy, nothing comes from another host, no
word of a Chinese page is left in English, and the browser has nothing to complain about.

Languages, colour schemes and widths take turns over every second page; `BROWSER=full` shows each page in all
of them.
"""

import itertools
import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from tests.browser.page_checks import (
    AXE,
    MOST_BYTES,
    MOST_SHIFT,
    WATCH_SHIFTS,
    ZOOMED,
    animated_elements,
    axe_violations,
    horizontal_overflow,
    layout_shift,
    page_bytes,
)
from tests.faults.goals import add_to_goal, goal
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.support.browser import FULL
from tests.support.readable_pages import readable_pages, session_cookies
from tests.support.untranslated import untranslated_pieces

LOOKS = list(itertools.product(("zh-CN", "en"), ("light", "dark"), (1280, 390)))
#: A test for each look, which workers share, or one in which they take turns.
SHARES = [[look] for look in LOOKS] if FULL else [LOOKS]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(7200 if FULL else 1800),
]
#: Names, topics and codes in the rows of the world; what people typed is not translated.
DATA = re.compile(
    r"(alice|bob|pat|dina|tom|hal|dan|olaf|root|sue|olga|charlie|guest|wonderland|looking-glass|croquet|hatters|hats(\.pdf)?|spring"
    r"|autumn|games|mice|dodos|away|left|early|y[78]|fair|matrix|a\.csv|topic|id|class_event|present|database|console|many|at|once|on|ada|hat|office"
    r"|purpose|portal)(@\d+)?"
    r"|[a-z_]+\.[a-z_]+|[a-z]+/[a-z]+|exports/\d+|linux|chrome",
    re.IGNORECASE,
)
#: In the tables of the admin columns stand as they are stored; the pictures of Django speak English.
STORED = re.compile(
    rf"{DATA.pattern}|student|mark|absent|facts|nickname|True|False|None|Search", re.IGNORECASE
)


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    return build_sample_school(school, other_school, olga)


@pytest.fixture
def measured() -> dict[str, list[tuple[float, str]]]:
    """What each page weighs, in bytes, and how far it shifted."""
    return {"weight": [], "shift": []}


@pytest.fixture
def visit(live_server: Any, browser: Any, world: SampleSchool, settings: Any, measured: Any) -> Any:
    """Opens an address as a reader in a look, and tells what is wrong with it."""
    settings.REQUIRE_TWO_FACTOR = False
    pages: dict[Any, Any] = {}
    told: list[str] = []

    def page_of(reader: str, look: tuple[str, str, int]) -> Any:
        if (reader, look) not in pages:
            language, scheme, width = look
            context = browser.new_context(locale=language, color_scheme=scheme, reduced_motion="reduce")
            context.add_init_script(WATCH_SHIFTS)
            # It goes to the browser once, not once a page; the empty page between two has no use for it.
            context.add_init_script(f"if (location.href !== 'about:blank') {{{AXE}\n}}")
            if cookies := session_cookies(world, reader, live_server.url):
                context.add_cookies(cookies)
            pages[reader, look] = page = context.new_page()
            page.on("pageerror", lambda error: told.append(f"script: {error}"))
            page.on("request", lambda one: told.extend(_foreign(one.url, live_server.url)))
        return pages[reader, look]

    def visited(path: str, reader: str, look: tuple[str, str, int], wait_for: str = "body") -> list[str]:
        page = page_of(reader, look)
        told.clear()
        page.set_viewport_size({"width": look[2], "height": 844})
        page.goto(f"{live_server.url}{path}", wait_until="load")
        page.locator(wait_for).first.wait_for()
        found = axe_violations(page)
        measured["weight"].append((page_bytes(page), path))
        measured["shift"].append((layout_shift(page), path))
        found += animated_elements(page)
        if look[0] == "zh-CN":
            found += [f"not in Chinese: {one}" for one in untranslated_pieces(page.content(), DATA)]
        for width in (look[2], *ZOOMED):
            found += horizontal_overflow(page, width)
        page.goto("about:blank")  # a page that is left asks nothing more of the server
        return found + told

    yield visited
    for page in pages.values():
        page.context.close()


def _foreign(url: str, own: str) -> list[str]:
    return [] if url.startswith((own, "data:", "blob:")) else [f"asks {url[:80]}"]


@pytest.mark.parametrize("looks", SHARES, ids=lambda looks: "-".join(map(str, looks[0])) if FULL else "turns")
def test_every_page_can_be_read_by_everybody(
    visit: Any, world: SampleSchool, measured: Any, looks: Any
) -> None:
    found, visits, turns = [], 0, itertools.cycle(looks)
    pages = readable_pages(world, "pages")[:: 1 if FULL else 2]
    for address, reader, chinese in pages:
        found += [f"{address.name} not in Chinese: {one}" for one in untranslated_pieces(chinese, DATA)]
        visits, look = visits + 1, next(turns)
        wrong = visit(address.path(world), reader, look)
        found += [f"{address.name} as {reader} {look}: {one}" for one in wrong]
    heaviest, most_shifted = max(measured["weight"]), max(measured["shift"])
    found += [f"{path} weighs {size} bytes" for size, path in measured["weight"] if size > MOST_BYTES]
    found += [f"{path} shifted by {far:.3f}" for far, path in measured["shift"] if far >= MOST_SHIFT]
    add_to_goal("pages", visits=visits, pages=len(pages), found=len(found))
    goal("page weight", most=heaviest[0], page=heaviest[1])
    goal("layout shift", most=f"{most_shifted[0]:.3f}", page=most_shifted[1])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("view", ["week", "month", "agenda"])
def test_the_timetable_can_be_read_by_everybody_once_its_lessons_are_there(
    visit: Any, world: SampleSchool, view: str
) -> None:
    lesson = world.rows["lesson"]
    day = timezone.localdate(lesson.starts_at, lesson.enterprise.tz)
    for look in LOOKS if FULL else LOOKS[:2]:
        wrong = visit(f"/timetable/?view={view}&date={day}", "admin", look, wait_for=".ec-event")
        assert wrong == []


def test_a_page_that_says_neither_its_language_nor_its_subject_is_found(visit: Any) -> None:
    wrong = visit("/metrics", "anonymous", LOOKS[0])
    assert {one.split()[0] for one in wrong} >= {"document-title", "html-has-lang"}


def test_the_tables_of_the_admin_speak_chinese(world: SampleSchool, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    found = [
        f"{one.name}: {said}"
        for one, _reader, page in readable_pages(world, "admin")
        for said in untranslated_pieces(page, STORED)
    ]
    assert not found, "\n".join(found)
