"""What children of the forge do over a primary and its standby: write, read, decide, and count statements."""

import random
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from classes.attendance.register import preview_marks
from classes.conflicts.guard import BookingConflictError
from classes.lessons.services import schedule_lesson
from console.outbox import relay
from console.policy import may
from console.postgresql.replica import ALIAS

#: Reads after each write.
READS_OF_A_WRITE = 50
HEADERS = {"host": "localhost"}


@contextmanager
def counted(word: str = "") -> Iterator[Counter[str]]:
    """Count the statements that each server gets, or those with a word."""
    counts: Counter[str] = Counter()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counts[context["connection"].alias] += word in sql
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(count), connections[ALIAS].execute_wrapper(count):
        yield counts


def read(alice: int, reads: int, progress: str) -> dict[str, Any]:
    """Add groups and read the list of them, as one person; how often it lacked one, and what was answered."""
    web = Client(raise_request_exception=False, headers=HEADERS)
    web.force_login(User.objects.get(pk=alice))
    names: list[str] = []
    statuses: Counter[int] = Counter()
    stale, from_standby = 0, 0
    for number in range(reads):
        if number % READS_OF_A_WRITE == 0:
            names.append(f"Group {secrets.token_hex(5)}")
            assert web.post("/groups/new/", {"name": names[-1]}).status_code == 302
        with counted("accounts_studentgroup") as asked:
            page = web.get("/groups/", {"q": names[-1]})
        statuses[page.status_code] += 1
        stale += f">{names[-1]}<" not in page.content.decode()
        from_standby += asked[ALIAS] > 0
        Path(progress).write_text(str(number))
    return {"stale": stale, "from_standby": from_standby, "writes": len(names), "statuses": statuses}


def decide(alice: int, bob: int) -> dict[str, Any]:
    """Book, send, mark and refuse, each by rows that were written a moment ago."""
    admin, teacher = User.objects.get(pk=alice), User.objects.get(pk=bob)
    starts_at = timezone.now() + timedelta(days=random.randrange(2, 10_000))
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    refused = False
    with counted() as asked:
        lesson = schedule_lesson(teacher=teacher, by=admin, topic="Croquet", **times)
        try:
            schedule_lesson(teacher=teacher, by=admin, topic="Tea", **times)
        except BookingConflictError:
            refused = True
        sent = relay.drain(limit=1)
        marks = len(preview_marks(lesson))
        web = Client(headers=HEADERS)
        web.force_login(teacher)
        User.objects.filter(pk=bob).update(role=Role.STUDENT)
        answered = web.get("/people/").status_code
        User.objects.filter(pk=bob).update(role=Role.TEACHER)
        teacher.refresh_from_db()
        assert may(teacher, "list", "lesson")
    return {"standby": asked[ALIAS], "refused": refused, "sent": sent, "marks": marks, "answered": answered}
