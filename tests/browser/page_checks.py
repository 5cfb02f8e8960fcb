"""What is measured of a page that is open: axe, how far it shifted and sticks out, its weight, what moves."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from django.test import Client

from tests.support.browser import FULL

AXE = Path("node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
#: The rules of WCAG 2.2 AA, and what axe holds for good besides: landmarks, headings, the skip link.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: 1280 px at 200 % are 640, at 400 % they are 320 (WCAG 1.4.4 and 1.4.10).
ZOOMED = (640, 320)
#: The width of a telephone.
PHONE = 390
#: The height of a label and its field, at most.
ONE_LINE = 80
#: A page may shift by less than this, and weigh so much before anything of it is in the cache.
MOST_SHIFT = 0.1
MOST_BYTES = 200_000

#: To run before the page's own scripts. All shifts together are never below the score of the worst window.
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
LOADED = """
[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((one) => [new URL(one.name).pathname, one.encodedBodySize])
"""
MOVING = """
[...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  return style.animationName !== "none" || style.transitionDuration.split(", ").some((one) => one !== "0s");
}).map((one) => one.outerHTML.slice(0, 100))
"""
#: The top of the first row, that of the bar at the foot, the height of the filters; null where there is none.
PLACES = """() => {
  const box = (name) => document.querySelector(name)?.getBoundingClientRect();
  return {
    row: box("#results :is(tbody tr, ul:not(.page-tab-list) > li)")?.top ?? null,
    foot: box(".tabs")?.top ?? innerHeight,
    filters: box(".filters, .layers")?.height ?? null,
  };
}"""


def axe_violations(page: Any) -> list[str]:
    """Each rule that is broken, with the first place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    # Describing each element that passed takes axe as long as finding those that do not.
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    violations = page.evaluate(
        "options => axe.run(document, options).then((answer) => answer.violations)", options
    )
    return [f"{rule['id']} ×{len(rule['nodes'])}: {rule['nodes'][0]['html'][:160]}" for rule in violations]


def horizontal_overflow(page: Any, width: int, height: int = 844) -> list[str]:
    """By how much the page is wider than a window of this width."""
    page.set_viewport_size({"width": width, "height": height})
    over = page.evaluate("document.documentElement.scrollWidth") - width
    return [f"{over} px stick out at a width of {width}"] if over > 0 else []


def hidden_by_filters(page: Any) -> list[str]:
    """Whether the filters of a list take more than a line, or its first row is not visible."""
    places, found = page.evaluate(PLACES), []
    if places["row"] is not None and places["row"] + 32 > places["foot"]:
        found.append(f"the first row begins at {places['row']:.0f}")
    if places["filters"] and places["filters"] > ONE_LINE:
        found.append(f"the filters are {places['filters']:.0f} high")
    return found


def layout_shift(page: Any) -> float:
    return float(page.evaluate("window.shifted"))


def animated_elements(page: Any) -> list[str]:
    """What moves although the reader asked for less motion."""
    return [f"moves: {one}" for one in page.evaluate(MOVING)[:3]]


def page_bytes(page: Any) -> int:
    """The bytes of the page and all that it loads, as a browser gets them that has nothing yet."""
    loaded = page.evaluate(LOADED)
    return sum(compressed_bytes(path) if path.startswith("/static/") else size for path, size in loaded)


@cache
def compressed_bytes(path: str) -> int:
    """The size of a file as the console sends it; the server of the tests sends files as they are."""
    response = Client(headers={"accept-encoding": "gzip"}).get(path)
    return sum(len(part) for part in response)


#: Where the focus is: shown, after the place before, not behind anything. Null once it has left the page.
PLACE = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at), box = at.getBoundingClientRect(), before = window.before;
  // The parts of a date are stops within one field, and draw their own focus.
  if (at === before) return {html: "", wrong: []};
  const seen = [0.5, 0.1, 0.9].some((part) => {
    const middle = box.top + Math.min(box.height, 40) / 2;
    const top = document.elementFromPoint(box.left + box.width * part, middle);
    return top && (at.contains(top) || top.contains(at) || top.closest("label")?.control === at);
  });
  const after = !before?.isConnected || before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING;
  window.before = at;
  const wrong = [];
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) wrong.push("shows no focus");
  if (!seen) wrong.push("lies behind something");
  if (!after) wrong.push("comes too late");
  return {html: at.outerHTML.slice(0, 120), wrong};
}
"""


def tab_through_page(page: Any) -> list[str]:
    """Go through the whole page with the tab key; what a screen reader says at each stop.

    Fails where a stop has no name, shows no focus, lies behind something or is not in the order of the page,
    and where the way does not begin with the link that skips the menu.
    """
    session = page.context.new_cdp_session(page)
    page.evaluate("window.before = null; document.activeElement.blur(); scrollTo(0, 0)")
    said: list[str] = []
    wrong: list[str] = []
    for _step in range(300):
        page.keyboard.press("Tab")
        place = page.evaluate(PLACE)
        if place is None:
            break
        name = _spoken(session)
        said.append(name)
        wrong += [f"{place['html']} {one}" for one in place["wrong"]]
        wrong += [] if name else [f"{place['html']} has no name"]
    session.detach()
    assert said[0] in ("Skip to content", "跳到正文"), said[:3]
    assert not wrong, "\n".join(wrong)
    return said


def _spoken(session: Any) -> str:
    """The name of what has the focus, as the browser tells it to a screen reader."""
    told = session.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]
    asked = {"objectId": told["objectId"], "fetchRelatives": False}
    node = session.send("Accessibility.getPartialAXTree", asked)["nodes"][0]
    return str(node.get("name", {}).get("value", "")).strip()


def check_page(page: Any, name: str, width: int = 390, *, is_crawled: bool = False) -> None:
    """Assert that the page fits its width and can be read; `SHOTS` names a folder for a picture of it.

    Of a page that test_every_page.py shows with no less on it, axe is asked with `BROWSER=full` alone.
    """
    page.wait_for_load_state()
    assert (is_crawled and not FULL) or axe_violations(page) == [], name
    assert horizontal_overflow(page, width) == [], name
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def assert_order(said: list[str], *names: str) -> None:
    """These names are said one after the other, whatever is said in between."""
    rest = iter(said)
    missing = [name for name in names if not any(name in one for one in rest)]
    assert not missing, f"{missing[0]!r} is not said, or too early: {said}"


def tab_to(page: Any, test: str) -> None:
    """Go on with the tab key until `test` holds of what has the focus, `at`."""
    for _step in range(150):
        if page.evaluate(f"(() => {{ const at = document.activeElement; return {test}; }})()"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {test}")
