"""Times a page of the runtime list of a class with 500 people in it.

`python -m bench.sandbox_runtime [REQUESTS]` (1,000 by default) prints one line; the goal is a p95 under 20 ms,
or three times that of a bare Django view on the same server, whichever is larger.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from tests.support.sandbox import Sandbox, start_sandbox

APP, KEY = 1400000009, "the key that the clock signs with."
PEOPLE, FULL = 500, 1000
LIMIT_MS, TIMES_BARE = 20.0, 3.0


def p95(count: int, once: Callable[[int], None]) -> float:
    """The 95th percentile of so many calls, in milliseconds."""
    took = []
    for n in range(count):
        began = time.perf_counter()
        once(n)
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[int(count * 0.95)]


def runtime_page(sandbox: Sandbox, count: int) -> float:
    """p95 of a page of a hundred, over all five pages of the class."""
    people = [f"s{n}" for n in range(PEOPLE)]
    sandbox.call("user/register", {"list": [{"user_id": u, "role": "student"} for u in ["t", *people]]}, APP)
    made = {"teacher_id": "t", "admin_id": "a", "admin_sig": "s"}
    class_id = sandbox.call("class/create", made, APP)["class_id"]
    for user_id in people:
        sandbox.call("member/join", {"class_id": class_id, "user_id": user_id}, APP)

    def once(n: int) -> None:
        page = sandbox.call(
            "member/runtime/list", {"class_id": class_id, "index": n % 5 * 100, "size": 100}, APP
        )
        if len(page["list"]) != 100 or page["total"] != PEOPLE:
            raise RuntimeError("the page is not whole")

    return p95(count, once)


def bare_view(count: int) -> float:
    """p95 of the bare view."""
    command = [sys.executable, "-m", "bench.bare_view"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, requests.Session() as web:
        try:
            url = process.stdout.readline().split("ready on ")[1].strip() if process.stdout else ""
            web.trust_env = False
            return p95(count, lambda _: web.post(url, json={}, timeout=30).json() and None)
        finally:
            process.terminate()


def main(count: int) -> int:
    """Measure both and print the line."""
    with tempfile.TemporaryDirectory() as data:
        sandbox = start_sandbox(Path(data), [(APP, KEY, None)])
        try:
            page, bare = runtime_page(sandbox, count), bare_view(count)
        finally:
            sandbox.stop()
    limit = max(LIMIT_MS, TIMES_BARE * bare)
    verdict = "ok" if page < limit else "MISSED"
    print(
        f"sandbox runtime page, {PEOPLE} people: p95 {page:.1f} ms (goal {limit:.1f}; bare view {bare:.1f}) {verdict}"
    )
    return 0 if page < limit else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FULL))
