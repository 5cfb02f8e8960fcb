"""Chromium as Debian packages it, and what happens where it is missing."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import pytest
from django.core.servers.basehttp import WSGIRequestHandler

# The live server sends a header and a body in two packets; the second would wait 40 ms for the first.
WSGIRequestHandler.disable_nagle_algorithm = True

#: The headless shell is Chromium without its windows: a page takes about a fifth less.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No route stops a video behind a redirect, and asking a name server for its host may take half a minute.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


Look = TypeVar("Look")
#: `make browser` sets it: each page in each look.
FULL = os.environ.get("BROWSER") == "full"


def looks(*axes: Iterable[str]) -> list[tuple[str, ...]]:
    """Sizes, languages and schemes together: all combinations with `BROWSER=full`, else each value once."""
    return list(itertools.product(*axes)) if FULL else list(zip(*axes, strict=True))


def in_turn(number: int, looks: Iterable[Look]) -> list[Look]:
    """The looks in which the steps of a journey are the same: all with `BROWSER=full`, else one of them.

    The number of the journey in its file says which, so that journeys take turns.
    """
    every = list(looks)
    return every if FULL else [every[number % len(every)]]


@cache
def chromium() -> str:
    """The path of the browser, empty where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


@cache
def why_browser_is_missing() -> str:
    """What keeps the browser tests from running, as a sentence; empty where nothing does."""
    if not chromium():
        return "Chromium is not installed (on Debian: apt-get install chromium-headless-shell)"
    fonts = shutil.which("fc-list")
    if not fonts or not subprocess.run([fonts, ":lang=zh-cn", "family"], capture_output=True).stdout.strip():
        return "no font shows Chinese (on Debian: apt-get install fontconfig fonts-wqy-microhei)"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the browser tests where they cannot run; CI has to have what they need."""
    if why_browser_is_missing() and os.environ.get("CI") != "true":
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=why_browser_is_missing()))


def collect_console_errors(page: Any, complaints: list[str], passing: tuple[str, ...] = ()) -> None:
    """Collects the errors that a page tells its console, but for those that hold one of `passing`.

    A request that ended because its page was left is none; htmx calls it one.
    """
    given_up = ("htmx:sendAbort", "htmx:afterRequest")

    def heard(message: Any) -> None:
        if message.type == "error" and not any(word in message.text for word in (*given_up, *passing)):
            complaints.append(message.text)

    page.on("console", heard)


#: A page that is seen again refreshes itself at once.
SEEN_AGAIN = "() => { document.dispatchEvent(new Event('visibilitychange')) }"


@contextmanager
def refreshed(page: Any) -> Iterator[Any]:
    """What is done within makes the page refresh itself; at the end it has. Yields the answer to come."""
    page.evaluate(
        """() => {
            const reached = (done) => document.addEventListener("live:reached", () => done(true));
            window.reached = new Promise(reached);
        }"""
    )
    with page.expect_response(lambda answer: "x-live" in answer.request.headers) as answer:
        yield answer
    page.evaluate("window.reached")


def settle(page: Any) -> None:
    """Let the page draw what it has; what it asked of the server until then has been heard."""
    page.evaluate(
        """async () => {
            for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
            await fetch("/healthz");
        }"""
    )


@pytest.fixture(autouse=True)
def close_windows(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that a test left open would go on drawing, and asking the server, for the rest of the run."""
    browser = request.getfixturevalue("browser") if "browser" in request.fixturenames else None
    yield
    for context in browser.contexts if browser else ():
        context.close()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    assert not why_browser_is_missing(), why_browser_is_missing()
    return browser_type_launch_args | {"executable_path": chromium(), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1280, "height": 800},
    }
