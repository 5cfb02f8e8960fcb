"""Cheap real processes to be killed: forked from one that has Django loaded (`fork_server`), ~20 ms each.

    def test_…(forge, connected, …):
        forge.killed(DRAIN, at="outbox.answered")            # a worker, kill -9 where it has the answer
        forge.run(DRAIN, limit=1)                            # a worker that lives; its result
        child = forge.start(DRAIN, faults={"outbox.sending": "stop"}, settings={"LEASE_S": 0.2})
        child.stopped(); …; child.resume(); child.ended()

A job is `module:function` and takes and returns JSON. Jobs of a test stand in a module of its own
(`tests/faults/full_stack_jobs.py` has some). A child sees the test's database, the settings of the test (all
numbers and `ICLASS_…`, as they are at that moment) and its switched-off defences; it has no broker, and its
own database connection. `faults` is what `tests/faults/arming.py` takes: kill, stop, raise, stall:S, with @N.
"""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from django.apps import apps
from django.conf import settings as current
from django.utils import timezone

from console.mirror.models import PolledModel
from console.outbox.models import Operation
from console.webhooks.models import WebhookDelivery
from tests.faults.mutants import active_mutants
from tests.support import database, environment

DRAIN = "console.outbox.relay:drain"
POLL = "console.mirror.registry:poll_due_rows"
RECONCILE = "console.mirror.registry:reconcile_all"
#: A job that takes longer hangs; the slowest takes a tenth of it on a quiet machine.
CHILD_TIMEOUT_S = 180.0
LONG_AGO = timezone.make_aware(datetime(2001, 1, 1))


class Child:
    """A forked process on its job."""

    def __init__(self, forge: "ForkRunner", pid: int, job: str) -> None:
        self.forge, self.pid, self.job = forge, pid, job

    def wait(self, seconds: float = CHILD_TIMEOUT_S) -> dict[str, Any]:
        """`{how: ended | killed | stopped | running}`, with `result` or `error` where it ended."""
        return self.forge.order(do="wait", pid=self.pid, seconds=seconds)

    def stopped(self, seconds: float = CHILD_TIMEOUT_S) -> bool:
        """Whether it stands still at a point; False where it ended without passing there."""
        how = self.wait(seconds)
        if how["how"] == "ended":
            _well(how, self.job)
        assert how["how"] in ("stopped", "ended"), (self.job, how)
        return how["how"] == "stopped"

    def pause(self) -> dict[str, Any]:
        """Stop it wherever it is; what `wait` returns, since it may have ended before."""
        os.kill(self.pid, signal.SIGSTOP)
        return self.wait()

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """kill -9, wherever it is."""
        os.kill(self.pid, signal.SIGKILL)
        assert self.wait()["how"] == "killed"

    def ended(self, seconds: float = CHILD_TIMEOUT_S) -> Any:
        """The job's result; an AssertionError where it ended otherwise, with its traceback."""
        return _well(self.wait(seconds), self.job)


class ForkRunner:
    """Starts children; one at a time is the rule, several are possible. Not for threads.

    `variables` are of the environment: by default the test's database, and a broker that rings nobody.
    """

    def __init__(self, log: Path, variables: dict[str, str] | None = None) -> None:
        if variables is None:
            variables = {"DATABASE_URL": database.own_url(), "CELERY_BROKER_URL": "memory://"}
        self._log = log.open("ab")
        self._anvil = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.fork_server"],
            cwd=environment.ROOT,
            env=os.environ | variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def close(self) -> None:
        """The kernel takes the children along."""
        assert self._anvil.stdin
        assert self._anvil.stdout
        self._anvil.stdin.close()
        self._anvil.wait(10)
        self._anvil.stdout.close()
        self._log.close()

    def order(self, **order: Any) -> dict[str, Any]:
        assert self._anvil.stdin
        assert self._anvil.stdout
        self._anvil.stdin.write(json.dumps(order) + "\n")
        self._anvil.stdin.flush()
        answer = json.loads(self._anvil.stdout.readline() or '{"how": "broken", "error": "the anvil died"}')
        assert answer.get("how") != "broken", answer["error"]
        return cast(dict[str, Any], answer)

    def start(
        self,
        job: str,
        *,
        faults: dict[str, str] | None = None,
        settings: dict[str, Any] | None = None,
        seed: int | None = None,
        database_url: str = "",
        **kwargs: Any,
    ) -> Child:
        """A child on `job(**kwargs)`, in another database where one is named."""
        order = {
            "do": "fork",
            "job": job,
            "faults": faults or {},
            "settings": _settings() | (settings or {}),
            "mutants": active_mutants(),
            "seed": seed,
            "database_url": database_url,
            "kwargs": kwargs,
        }
        return Child(self, self.order(**order)["pid"], job)

    def run(self, job: str, *, settings: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """The result of a job that is left alone."""
        return self.start(job, settings=settings, **kwargs).ended()

    def killed(
        self,
        job: str,
        *,
        at: str,
        nth: int = 1,
        settings: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> bool:
        """Whether the job was killed at the `nth` passing of a point; False where it ended before.

        What it had leased is free at once: a test does not wait for a lease of a dead worker to end. A worker
        that is to live gets a real one.
        """
        child = self.start(job, faults={at: f"kill@{nth}"}, settings=settings, **kwargs)
        how = child.wait()
        if how["how"] == "killed":
            expire_leases(child.pid)
            return True
        _well(how, job)
        return False


def expire_leases(pid: int) -> None:
    """Let the leases of a dead process be over, as they would be by and by."""
    mine = f":{pid}:"
    for queued in (Operation, WebhookDelivery):
        queued.objects.filter(lease_owner__contains=mine).update(lease_until=LONG_AGO)
    for model in apps.get_models():
        if issubclass(model, PolledModel):
            model._default_manager.filter(look_owner__contains=mine).update(look_until=LONG_AGO)


def _well(how: dict[str, Any], job: str) -> Any:
    assert "result" in how, f"{job}: {how.get('error', how)}"
    return how.get("result")


def _settings() -> dict[str, Any]:
    """What a test may have set: every number, and where the service is."""
    names = [name for name in dir(current) if name.isupper()]
    values = {name: getattr(current, name) for name in names}
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, int | float) or (name.startswith("ICLASS_") and isinstance(value, str))
    }
