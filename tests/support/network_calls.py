"""No network inside a transaction of ours: a test in which a request leaves while one is open fails.

A page that may read a standby does so inside a transaction. Most tests have no standby, so each request of
such a page is found. Transactions that a test, its fixtures or pytest opened do not count. Each thread has
a connection to the database, so a thread is asked for its own transactions only.
"""

import sys
import traceback
from collections.abc import Generator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, ClassVar

import django.test
import pytest
from django.db import connection
from django.db.transaction import Atomic

from console.policy.views import SignedInView
from console.postgresql.replica import SAFE_METHODS
from tests.support.environment import ROOT

#: Audit events of requests and e-mails over kept connections, and of every new connection.
EVENTS = frozenset({"http.client.send", "smtplib.send", "socket.connect"})
#: Functions that may use the network inside a transaction, each with the reason.
EXCEPTIONS = {
    "classes.attendance.reports.exports.files.store_file": (
        "the lock of the run lasts until its file is stored and recorded, so that erasing a person finds"
        " and deletes every file with their data"
    ),
    "classes.attendance.held_data._attachment": (
        "a copy of a person's data reads attachments under the lock by which an erasure waits for it"
    ),
}
OF_TESTS = (f"{ROOT / 'tests'}/", f"{Path(django.test.__file__).parent}/")
FRAMES_SHOWN = 30


class _Watch:
    """Whether a test runs, and the stacks of what was found in it."""

    is_on = False
    found: ClassVar[list[str]] = []


def take_found() -> list[str]:
    """Return the stacks of what was found in this test, and forget them."""
    found, _Watch.found = _Watch.found, []
    return found


def _enter(block: Any, *, enter: Any = Atomic.__enter__) -> None:
    block.is_of_test = _opening_code(sys._getframe(1)).co_filename.startswith(OF_TESTS)
    enter(block)


def _opening_code(frame: FrameType) -> CodeType:
    """Return the code that opens a block, or that has one as its decorator."""
    while frame.f_globals.get("__name__") == "contextlib" and frame.f_back is not None:
        decorated = getattr(frame.f_locals.get("func"), "__code__", None)
        if isinstance(decorated, CodeType):
            return decorated
        frame = frame.f_back
    return frame.f_code


def _on_audit_event(event: str, _args: object) -> None:
    if event not in EVENTS or not _Watch.is_on:
        return
    frame = sys._getframe(1)
    is_in_transaction = not all(one.is_of_test for one in connection.atomic_blocks)
    if (is_in_transaction or _is_page_of_standby(frame)) and not EXCEPTIONS.keys() & _functions(frame):
        _Watch.found.append("".join(traceback.format_stack(frame)[-FRAMES_SHOWN:]))


def _is_page_of_standby(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code is SignedInView.dispatch.__code__:
            page, request = frame.f_locals["self"], frame.f_locals["request"]
            return page.reads_replica and request.method in SAFE_METHODS
        frame = frame.f_back
    return False


def _functions(frame: FrameType | None) -> set[str]:
    """Return the functions of a stack by their dotted names; a function inside another counts as that one."""
    names = set()
    while frame is not None:
        function = frame.f_code.co_qualname.partition(".<locals>")[0]
        names.add(f"{frame.f_globals.get('__name__')}.{function}")
        frame = frame.f_back
    return names


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    _Watch.found, _Watch.is_on = [], True
    try:
        result = yield
    finally:
        _Watch.is_on = False
    if found := take_found():
        text = f"{len(found)} requests left while a transaction was open. The first one:\n{found[0]}"
        pytest.fail(text, pytrace=False)
    return result


Atomic.__enter__ = _enter
sys.addaudithook(_on_audit_event)
