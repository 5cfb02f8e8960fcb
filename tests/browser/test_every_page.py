"""Every page in Chromium, as the first of its readers sees it: axe finds nothing, nothing sticks out on a
telephone or when it is zoomed, nothing shifts, moves unasked or is heavy, nothing comes from another host, no
word of a Chinese page is left in English, and the browser has nothing to complain about. On a telephone, in
Chinese, the filters of a list fold into one line, so that its first row is visible.

Every fourth page is shown in one of eight looks, each look having its share, and every fifth of the Django
admin is read; `BROWSER=full` shows each page in all of them.
"""

import itertools
import re
from functools import cache
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from tests.browser.page_checks import (
    AXE,
    MOST_BYTES,
    MOST_SHIFT,
    PHONE,
    WATCH_SHIFTS,
    ZOOMED,
    animated_elements,
    axe_violations,
    hidden_by_filters,
    horizontal_overflow,
    layout_shift,
    page_bytes,
)
from tests.faults.goals import add_to_goal, goal
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.support.browser import FULL
from tests.support.readable_pages import readable_pages, session_cookies
from tests.support.untranslated import untranslated_pieces

LOOKS = list(itertools.product(("zh-CN", "en"), ("light", "dark"), (1280, PHONE)))
#: The share of each look: all pages, or every 32nd, beginning with another one.
EVERY = 1 if FULL else 4
SHARES = [
    (look, slice(None) if FULL else slice(number * EVERY, None, len(LOOKS) * EVERY))
    for number, look in enumerate(LOOKS)
]
IDS = ["-".join(map(str, look)) for look in LOOKS]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(7200 if FULL else 300),
]
#: Names, topics and codes in the rows of the world; what people typed is not translated.
DATA = re.compile(
    r"(alice|bob|pat|dina|tom|cora|hal|dan|olaf|root|sue|olga|charlie|guest|wonderland|looking-glass|croquet|hatters|hats(\.pdf)?|spring"
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
    """Opens an address as a reader in a look, and tells what is wrong with it.

    One window for each language goes from page to page, so that a page that is left asks nothing more of the
    server, and what pages share is loaded and compiled once.
    """
    settings.REQUIRE_TWO_FACTOR = False
    pages: dict[str, Any] = {}
    readers: dict[str, str] = {}
    told: list[str] = []

    @cache
    def cookies_of(reader: str) -> list[Any]:
        return session_cookies(world, reader, live_server.url)

    def page_of(language: str, reader: str) -> Any:
        if language not in pages:
            context = browser.new_context(locale=language, reduced_motion="reduce")
            context.add_init_script(WATCH_SHIFTS)
            # It goes to the browser once, not once a page; the empty page has no use for it.
            context.add_init_script(f"if (location.href !== 'about:blank') {{{AXE}\n}}")
            pages[language] = page = context.new_page()
            page.on("pageerror", lambda error: told.append(f"script: {error}"))
            page.on("request", lambda one: told.extend(_foreign(one.url, live_server.url)))
        if readers.get(language) != reader:
            pages[language].goto("about:blank")  # the page of one reader does not ask as another
            pages[language].context.clear_cookies()
            pages[language].context.add_cookies(cookies_of(reader))
            readers[language] = reader
        return pages[language]

    def visited(path: str, reader: str, look: tuple[str, str, int], wait_for: str = "") -> list[str]:
        language, scheme, width = look
        page = page_of(language, reader)
        told.clear()
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"{live_server.url}{path}", wait_until="load")
        if wait_for:
            page.locator(wait_for).first.wait_for()
        found = hidden_by_filters(page) if (language, width) == ("zh-CN", PHONE) else []
        found += axe_violations(page)
        measured["weight"].append((page_bytes(page), path))
        measured["shift"].append((layout_shift(page), path))
        found += animated_elements(page)
        if language == "zh-CN":
            found += [f"not in Chinese: {one}" for one in untranslated_pieces(page.content(), DATA)]
        for one in (width, *ZOOMED):
            found += horizontal_overflow(page, one)
        return found + told

    yield visited
    for page in pages.values():
        page.context.close()


def _foreign(url: str, own: str) -> list[str]:
    return [] if url.startswith((own, "data:", "blob:")) else [f"asks {url[:80]}"]


@pytest.mark.parametrize(("look", "part"), SHARES, ids=IDS)
def test_every_page_can_be_read_by_everybody(
    visit: Any, world: SampleSchool, measured: Any, look: tuple[str, str, int], part: slice
) -> None:
    found = []
    # One reader after the other.
    pages = sorted(readable_pages(world, "pages", part=part), key=lambda page: page[1])
    for address, reader, chinese in pages:
        found += [f"{address.name} not in Chinese: {one}" for one in untranslated_pieces(chinese, DATA)]
        wrong = visit(address.path(world), reader, look)
        found += [f"{address.name} as {reader} {look}: {one}" for one in wrong]
    heaviest, most_shifted = max(measured["weight"]), max(measured["shift"])
    found += [f"{path} weighs {size} bytes" for size, path in measured["weight"] if size > MOST_BYTES]
    found += [f"{path} shifted by {far:.3f}" for far, path in measured["shift"] if far >= MOST_SHIFT]
    add_to_goal("pages", visits=len(pages), found=len(found))
    goal("page weight", most=heaviest[0], page=heaviest[1])
    goal("layout shift", most=f"{most_shifted[0]:.3f}", page=most_shifted[1])
    assert not found, "\n".join(found)


def test_the_timetable_can_be_read_by_everybody_once_its_lessons_are_there(
    visit: Any, world: SampleSchool
) -> None:
    lesson = world.rows["lesson"]
    day = timezone.localdate(lesson.starts_at, lesson.enterprise.tz)
    for number, view in enumerate(("week", "month", "agenda")):
        for look in LOOKS if FULL else LOOKS[number * 3 :][:1]:
            wrong = visit(f"/timetable/?view={view}&date={day}", "admin", look, wait_for=".ec-event")
            assert wrong == [], (view, look)


def test_a_page_that_says_neither_its_language_nor_its_subject_is_found(visit: Any) -> None:
    wrong = visit("/metrics", "anonymous", LOOKS[0])
    assert {one.split()[0] for one in wrong} >= {"document-title", "html-has-lang"}


@pytest.mark.django_db
def test_the_tables_of_the_admin_speak_chinese(world: SampleSchool, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    found = [
        f"{one.name}: {said}"
        for one, _reader, page in readable_pages(world, "admin", part=slice(0, None, 1 if FULL else 5))
        for said in untranslated_pieces(page, STORED)
    ]
    assert not found, "\n".join(found)
