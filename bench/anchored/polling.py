"""Polling of live lessons at 50 ms of latency: one worker process of ours against one thread by hand."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone

from bench import planting
from bench.anchored.service_process import service
from bench.figures import Figure, medians, report
from classes.mirror.polling import poll_lessons
from classes.models import Attendance, Lesson, Observation
from console.iclass import sign
from console.mirror.registry import POLL_BATCH_SIZE

LATENCY_MS, SCHOOLS = 50, 5
SESSION_BAR, NAIVE_BAR, TASK = 12.0, 30.0, 20
Post = Callable[..., requests.Response]


def ours(lessons: int) -> float:
    """Return polls a second, for all lessons once, in tasks as the schedule runs them."""
    Lesson.objects.update(look_at=timezone.now(), look_until=None)
    began = time.perf_counter()
    done = 0
    while polled := poll_lessons(POLL_BATCH_SIZE):
        done += polled
    if done != lessons:
        raise RuntimeError(f"{done} of {lessons} lessons were polled")
    return done / (time.perf_counter() - began)


def by_hand(address: str, lessons: Iterator[Lesson], many: int, post: Post, *, naive: bool) -> float:
    """Return polls a second in one thread: the class, its people, a row for each."""
    began = time.perf_counter()
    for _ in range(many):
        lesson = next(lessons)
        asked = {"class_id": int(lesson.remote_id), "index": 0, "size": 100}
        _ask(post, address, lesson, "class/info", {"class_id": asked["class_id"]})
        lines = _ask(post, address, lesson, "member/runtime/list", asked)["list"]
        if naive:
            for line in lines:
                Attendance.objects.update_or_create(
                    lesson=lesson,
                    user_id=line["user_id"],
                    defaults={"nickname": line["nickname"], "role": line["role"]},
                )
        else:
            now = timezone.now()
            Observation.objects.bulk_create(
                Observation(
                    lesson=lesson,
                    source="poll",
                    seen_at=now,
                    user_id=line["user_id"],
                    nickname=line["nickname"],
                    role=line["role"],
                    present=True,
                    entered_at=datetime.fromtimestamp(line["enter_time"], UTC),
                    raw=line,
                )
                for line in lines
            )
    return many / (time.perf_counter() - began)


def _ask(post: Post, address: str, lesson: Lesson, endpoint: str, body: dict[str, int]) -> dict[str, Any]:
    expires = int(time.time()) + 120
    query = f"sdkappid={lesson.enterprise.sdkappid}&random=1&expire_time={expires}"
    url = f"{address}/paas/v1/{endpoint}?{query}&sign={sign(planting.KEY, expires)}"
    answer: dict[str, Any] = post(url, json=body, timeout=10).json()
    return answer


def ours_by(mine: float, other: float, bar: float) -> tuple[str, float, float, bool]:
    return f"{mine:.0f}", mine / other, bar, True


def measure(quick: bool) -> int:
    lessons, rounds = (40, 1) if quick else (400, 5)
    with service(LATENCY_MS) as (address, began):
        settings.ICLASS_BASE_URL = address
        settings.LIVE_POLL_S = 3600  # a slow round must not find the first lessons due again
        for number in range(1, SCHOOLS + 1):
            planting.create_live_lessons(planting.create_school(number), number, lessons // SCHOOLS, began)
        planting.analyze()
        rows = cycle(Lesson.objects.select_related("enterprise").order_by("pk"))
        session = requests.Session()
        session.trust_env = False
        mine, bulk, naive = medians(
            rounds,
            lambda: ours(lessons),
            lambda: by_hand(address, rows, 3 if quick else 20, session.post, naive=False),
            lambda: by_hand(address, rows, 2 if quick else 8, requests.post, naive=True),
        )
        session.close()
    figures = [
        Figure(
            "looks a second, one session and bulk_create", f"{bulk:.1f}", *ours_by(mine, bulk, SESSION_BAR)
        ),
        Figure("looks a second, post and update_or_create", f"{naive:.1f}", *ours_by(mine, naive, NAIVE_BAR)),
        Figure("classes a task", "–", str(POLL_BATCH_SIZE), POLL_BATCH_SIZE, TASK, True, sign=""),
    ]
    notes = [
        f"{lessons} live lessons of 30 in {SCHOOLS} schools, {LATENCY_MS} ms before each answer; each fourth "
        "look brings a change. Both ask for the class and for who is in it; ours reckons the marks as well: "
        "where something changed, and every five minutes where nothing did.",
    ]
    return report("polling", figures, notes, keep=not quick)
