"""Two acts on two connections, one stopped after each of its statements in turn.

    run_alone(act).statements                      # how many places there are to stop at
    first, second = interleave(one, other, stop=3)  # `one` waits after its 3rd statement for `other`

The act that was not stopped runs to its end, or until the database makes it wait for the one that was; then
the stopped one goes on. Both run in threads with connections of their own, as two web requests do.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404

Act = Callable[[], object]
#: How long a thread may take; far beyond what any act needs.
PATIENCE_S = 60.0
#: Statements after which nothing new can be seen by the other connection.
IGNORED_STATEMENTS = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config", "SET CONSTRAINTS")
#: What a person is told in a sentence.
REFUSALS = (ValidationError, PermissionDenied, Http404)

BLOCKED_BY = "SELECT %s = ANY(pg_blocking_pids(%s))"


@dataclass
class ActOutcome:
    """How an act ended: `sentence` where it was refused in words, `crash` where anything else was raised."""

    sentence: str = ""
    crash: str = ""
    statements: int = 0

    @property
    def refused(self) -> bool:
        return bool(self.sentence)


@dataclass
class _Run:
    """A thread that runs one act, and waits after its statement number `stop`."""

    act: Act
    stop: int = 0
    count: int = 0
    pid: int = 0
    outcome: ActOutcome = field(default_factory=ActOutcome)
    begun: threading.Event = field(default_factory=threading.Event)
    paused: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            self.begun.set()
            with connection.execute_wrapper(self._counted):
                self.act()
        except REFUSALS as error:
            self.outcome.sentence = f"{type(error).__name__}: {error}"[:200]
        except Exception as error:
            self.outcome.crash = f"{type(error).__name__}: {error}"[:300]
        finally:
            self.begun.set()
            connection.close()
            self.outcome.statements = self.count
            self.paused.set()
            self.done.set()

    def _counted(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if not str(sql).startswith(IGNORED_STATEMENTS):
            self.count += 1
            if self.count == self.stop:
                self.paused.set()
                self.go_on.wait(PATIENCE_S)
        return answer


def run_alone(act: Act) -> ActOutcome:
    """How an act ends that nobody is beside, on a connection of its own."""
    run = _Run(act)
    run.start()
    assert run.done.wait(PATIENCE_S), "the act does not end"
    return run.outcome


def interleave(one: Act, other: Act, stop: int) -> tuple[ActOutcome, ActOutcome]:
    """How both end where `one` waits after its statement number `stop` until `other` has ended or waits."""
    first, second = _Run(one, stop), _Run(other)
    first.start()
    assert first.paused.wait(PATIENCE_S), "the first act does not come to its stop"
    second.start()
    assert second.begun.wait(PATIENCE_S)
    _until_done_or_blocked(second, first)
    first.go_on.set()
    for run in (first, second):
        if not run.done.wait(PATIENCE_S):
            run.outcome.crash = "does not end"
    return first.outcome, second.outcome


def _until_done_or_blocked(second: _Run, first: _Run) -> None:
    until = time.monotonic() + PATIENCE_S
    while not second.done.wait(0.003) and time.monotonic() < until:
        if first.done.is_set() or (second.pid and _waits_for(second.pid, first.pid)):
            return


def _waits_for(waiting: int, blocking: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED_BY, [blocking, waiting])
        return bool(cursor.fetchone()[0])
