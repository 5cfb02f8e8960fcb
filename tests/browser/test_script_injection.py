"""Forty payloads in every string field of every row, every page and admin page in Chromium: none runs, none
becomes markup, and the content policy, which would stop it, has nothing to stop.

A turn puts another payload into each field; `BROWSER=full` takes all forty turns, so that each field has held
each, on every page in place of every sixth one and in every table of the admin in place of every twelfth.
Half of the pages are asked for with payloads in the address, too.
"""

from copy import deepcopy
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from django.conf import settings as configured

from accounts.models import Enterprise, User
from tests.browser.payloads import PAYLOADS, insert_payloads
from tests.faults.goals import goal
from tests.security.addresses import AREAS
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.support.browser import FULL
from tests.support.readable_pages import readable_pages, session_cookies

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(14_400 if FULL else 300),
]

#: Tests that workers share: in full each takes some of the forty turns, else some of the pages and tables.
PARTS = 10 if FULL else 3
EVERY_PAGE, EVERY_TABLE = 6, 12
LEFT_OUT = ("css", "woff2", "svg", "png", "jpg", "webp", "ico")
ASKED = ("q", "search", "next", "date", "track", "view", "page", "cursor", "status", "teacher")
#: Notes what the policy stopped, from the first moment of a page on.
WITNESS = """
window.stopped = [];
addEventListener("securitypolicyviolation", one =>
  stopped.push(`${one.violatedDirective} ${one.blockedURI}`));
"""
#: The page is drawn, a timetable with what it asks for.
DRAWN = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const asked = () =>
    performance.getEntriesByType("resource").some(one => one.name.includes("/timetable/lessons/"));
  const until = performance.now() + 30000;
  while (document.querySelector("#timetable") && !asked()) {
    if (performance.now() > until) throw new Error("the timetable asks for no lessons");
    await frame();
  }
  await frame();
  await frame();
}"""
#: Markup that only a payload can have made.
INJECTED = """() => {
  const found = [];
  for (const one of document.querySelectorAll("*")) {
    const runs = one.tagName === "SCRIPT" && one.type !== "application/json";
    if (runs && /p40/.test(one.text)) found.push("script");
    for (const {name, value} of one.attributes) {
      if (!/p40/.test(value)) continue;
      if (/^(on|hx-on|data-hx-on)/.test(name)) found.push(name);
      const leads = /^(href|src|action|formaction|data|srcdoc|xlink:href)$/.test(name);
      if (leads && /^\\W*(java\\s*script|data):/i.test(value)) found.push(`${name}=${value}`);
    }
    if (one.id === "p40") found.push("id");
  }
  return found;
}"""


class Sweep(NamedTuple):
    """What all visits of a turn came to."""

    visits: int
    ran: list[str]
    injected: list[str]
    stopped: list[str]
    broken: list[str]


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User, settings: Any) -> SampleSchool:
    settings.REQUIRE_TWO_FACTOR = False
    return build_sample_school(school, other_school, olga)


@pytest.fixture
def sweep(live_server: Any, browser: Any, world: SampleSchool) -> Any:
    """Visits pages as their readers and tells what the payloads did."""
    contexts: dict[str, Any] = {}
    ran: list[str] = []

    def context_of(reader: str) -> Any:
        if reader not in contexts:
            contexts[reader] = context = browser.new_context()
            context.add_init_script(WITNESS)
            context.expose_binding("p40", lambda source, *_: ran.append(source["page"].url))
            context.add_cookies(session_cookies(world, reader, live_server.url))
        return contexts[reader]

    def swept(pages: list[tuple[Any, str]], turn: int) -> Sweep:
        result = Sweep(len(pages), [], [], [], [])
        ran.clear()
        opened = {reader: _new_page(context_of(reader)) for reader in {reader for _page, reader in pages}}
        for page in opened.values():
            page.on("dialog", lambda dialog: (ran.append(dialog.page.url), dialog.dismiss()))
        for number, (address, reader) in enumerate(pages):
            payload = PAYLOADS[(turn + number) % len(PAYLOADS)]
            page = opened[reader]
            asked = urlencode(dict.fromkeys(ASKED, payload)) if number % 2 == turn % 2 else ""
            answer = page.goto(f"{live_server.url}{address.path(world)}?{asked}", wait_until="load")
            page.evaluate(DRAWN)
            if answer.status >= 500:
                result.broken.append(f"{address.name} {answer.status}")
            result.injected.extend(f"{address.name}: {one}" for one in page.evaluate(INJECTED))
            result.stopped.extend(f"{address.name}: {one}" for one in page.evaluate("window.stopped"))
        result.ran.extend(ran)
        for page in opened.values():
            page.close()
        return result

    yield swept
    for context in contexts.values():
        context.close()


def _new_page(context: Any) -> Any:
    """Styles, fonts and pictures of ours take time and run nothing, and numbers in the menu are none that
    anybody typed. The browser leaves them out: where a test decides, no script is kept for the next page.
    """
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    urls = [*(f"*/static/*.{kind}*" for kind in LEFT_OUT), "*/menu-counts/*"]
    session.send("Network.setBlockedURLs", {"urls": urls})
    return page


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_that_was_typed_runs_on_any_page(sweep: Any, world: SampleSchool, part: int) -> None:
    of_pages, of_tables = (
        slice(None) if FULL else slice(part, None, PARTS * every) for every in (EVERY_PAGE, EVERY_TABLE)
    )
    readable = readable_pages(world, "pages", part=of_pages) + readable_pages(world, "admin", part=of_tables)
    pages = [(address, reader) for address, reader, _page in readable]
    fields, turns = 0, []
    for turn in range(part, len(PAYLOADS) if FULL else part + 1, PARTS):
        fields = insert_payloads(turn)
        turns.append(sweep(pages, turn))
    told = {name: [one for turn in turns for one in getattr(turn, name)] for name in Sweep._fields[1:]}
    goal(
        "xss sweep",
        part=part,
        turns=len(turns),
        payloads=len(PAYLOADS),
        fields=fields,
        pages=len(pages),
        visits=sum(turn.visits for turn in turns),
        **{name: len(found) for name, found in told.items()},
    )
    assert fields
    assert not any(told.values()), {name: sorted(set(found))[:20] for name, found in told.items()}


def test_the_sweep_sees_what_runs_and_what_the_policy_stopped(
    sweep: Any, world: SampleSchool, settings: Any
) -> None:
    """The control: without escaping the policy stops it, without both it runs."""
    pages = [(one, "admin") for one in AREAS["pages"] if one.name == "classes:lessons"]
    bare = deepcopy(configured.TEMPLATES)
    bare[0]["OPTIONS"]["autoescape"] = False
    settings.TEMPLATES = bare
    assert insert_payloads(0, PAYLOADS[:1])
    with_policy = sweep(pages, 0)
    assert with_policy.ran == []
    assert with_policy.stopped
    assert with_policy.injected
    settings.CONTENT_SECURITY_POLICY = None
    assert sweep(pages, 0).ran
