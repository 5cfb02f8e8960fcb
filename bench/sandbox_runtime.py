"""Response time of a page of the runtime list of a class with 500 people in it.

`python -m bench.sandbox_runtime [REQUESTS]` (1,000 by default) prints a line; the goal is a p95 under 20 ms
or three times that of a bare Django view on the same server, whichever is larger.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import requests

from tests.support.sandbox import Sandbox, start_sandbox

APP, KEY = 1400000009, "the key that the clock signs with."
PEOPLE, FULL = 500, 1000
LIMIT_MS, TIMES_BARE = 20.0, 3.0


def filled_class(sandbox: Sandbox) -> int:
    """Create a class with all people in it."""
    people = [f"s{n}" for n in range(PEOPLE)]
    sandbox.call("user/register", {"list": [{"user_id": u, "role": "student"} for u in ["t", *people]]}, APP)
    made = {"teacher_id": "t", "admin_id": "a", "admin_sig": "s"}
    class_id = int(sandbox.call("class/create", made, APP)["class_id"])
    for user_id in people:
        sandbox.call("member/join", {"class_id": class_id, "user_id": user_id}, APP)
    return class_id


def timed(work: Callable[[], object]) -> float:
    """Return the duration of a call in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _read_page(web: requests.Session, url: str, body: dict[str, Any]) -> None:
    check_page(web.post(url, json=body, timeout=30))


def compared(sandbox: Sandbox, bare_url: str, count: int) -> tuple[float, float]:
    """Return p95 of the page and of the bare view, requested in turns, so other load affects both alike."""
    class_id = filled_class(sandbox)
    pages, bares = [], []
    with requests.Session() as web:
        web.trust_env = False
        for n in range(count):
            body = {"class_id": class_id, "index": n % 5 * 100, "size": 100}
            url = sandbox.signed("member/runtime/list", APP)
            pages.append(timed(partial(_read_page, web, url, body)))
            bares.append(timed(lambda: web.post(bare_url, json={}, timeout=30).json()))
    return p95(pages), p95(bares)


def check_page(answer: requests.Response) -> None:
    """Raise RuntimeError if the page is incomplete."""
    data = answer.json()
    if len(data["list"]) != 100 or data["total"] != PEOPLE:
        raise RuntimeError("the page is incomplete")


def p95(took: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(took)[int(len(took) * 0.95)]


def measured(count: int) -> tuple[float, float]:
    """Start both servers, compare, stop both."""
    with tempfile.TemporaryDirectory() as data:
        sandbox = start_sandbox(Path(data), [(APP, KEY, None)])
        bare = subprocess.Popen([sys.executable, "-m", "bench.bare_view"], stdout=subprocess.PIPE, text=True)
        try:
            url = bare.stdout.readline().split("ready on ")[1].strip() if bare.stdout else ""
            return compared(sandbox, url, count)
        finally:
            bare.terminate()
            bare.communicate()
            sandbox.stop()


def main(count: int) -> int:
    """Measure and print the result."""
    page, bare = measured(count)
    limit = max(LIMIT_MS, TIMES_BARE * bare)
    verdict = "ok" if page < limit else "MISSED"
    result = f"p95 {page:.1f} ms (goal {limit:.1f}; bare view {bare:.1f})"
    print(f"sandbox runtime page, {PEOPLE} people: {result} {verdict}")
    return 0 if page < limit else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FULL))
