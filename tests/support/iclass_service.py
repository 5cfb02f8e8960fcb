"""The local iclass service as the tests' schools use it: a process of its own, over real HTTP."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from accounts.school.services import pull_school
from classes.lessons.remote_fields import desired_fields
from classes.lessons.services import schedule_lesson
from classes.models import Lesson
from console.inbox.ingestion import clear_sender_cache
from console.outbox import relay
from tests.support.cast import TIC_KEY
from tests.support.sandbox import Sandbox, start_sandbox


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The service of this worker, which starts once."""
    schools = [(1400000001, TIC_KEY, None), (1400000002, TIC_KEY[::-1], None)]
    service = start_sandbox(tmp_path_factory.mktemp("iclass"), schools)
    yield service
    service.kill()


@pytest.fixture(scope="module")
def iclass_sandbox(sandbox_process: Sandbox) -> Sandbox:
    """The service as if it had just started, with Alice and Bob registered. Its state lasts over a module."""
    sandbox_process.start_over()
    staff = [{"user_id": "alice", "role": "admin"}, {"user_id": "bob", "role": "teacher"}]
    sandbox_process.call("user/register", {"list": staff})
    return sandbox_process


@pytest.fixture
def iclass(iclass_sandbox: Sandbox, settings: Any) -> Iterator[Sandbox]:
    """The service with no fault armed; the console talks to it and does not dawdle."""
    settings.ICLASS_BASE_URL = settings.ICLASS_ROOM_URL = iclass_sandbox.url
    settings.PROBE_DELAY_S = settings.OUTBOX_BACKOFF_S = settings.HISTORY_POLL_S = 0
    settings.ICLASS_TIMEOUT_S = 10
    clear_sender_cache()
    yield iclass_sandbox
    iclass_sandbox.control("faults", {"clear": True})


@pytest.fixture
def connected(iclass: Sandbox, school: Enterprise) -> Enterprise:
    """Alice's school with its keys pulled, so that lessons can be made."""
    pull_school(school=school, by=None)
    relay.drain()
    school.refresh_from_db()
    assert school.private_key
    return school


def tomorrow_at(hour: int = 8) -> datetime:
    return (timezone.now() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)


def create_lesson(teacher: User, by: User, **fields: Any) -> Lesson:
    """A scheduled lesson, not sent yet. Each has a topic of its own: the service outlives a test."""
    starts_at = fields.pop("starts_at", tomorrow_at())
    plan = {
        "topic": f"Croquet {secrets.token_hex(4)}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=45),
        "conflict_reason": "Many at once, on purpose.",
    }
    return schedule_lesson(teacher=teacher, by=by, **{**plan, **fields})


def effects_of(service: Sandbox, endpoint: str, **summary: Any) -> list[dict[str, Any]]:
    """What really happened at the service by calls of an endpoint, as far as the summary agrees."""
    return [
        line
        for line in service.ledger()
        if line["kind"] == "effect"
        and line["endpoint"] == endpoint
        and all(line["summary"].get(name) == value for name, value in summary.items())
    ]


def requests_to(service: Sandbox, endpoint: str) -> list[dict[str, Any]]:
    """The bodies that reached an endpoint, secrets left out, oldest first."""
    return [
        line["body"]
        for line in service.ledger()
        if line["kind"] == "request" and line["endpoint"] == endpoint
    ]


def create_class_remotely(service: Sandbox, lesson: Lesson) -> int:
    """Make the lesson at the service as its `class.create` would, behind the back of that; the class id."""
    words = desired_fields(lesson)
    told = service.call(
        "class/create",
        {
            "teacher_id": words["teacher"],
            "class_topic": words["topic"],
            "class_type": words["class_type"],
            "start_time": words["starts_at"],
            "stop_time": words["ends_at"],
            "admin_id": "administrator",
            "admin_sig": "x",
        },
    )
    assert told["error_code"] == 0, told
    made: int = told["class_id"]
    return made
