"""A whole console of its own, each process of which may be killed: database, broker, worker, web.

    plant.load(wishes=200)        # a process that utters wishes through the services, whatever happens
    plant.kill("database")        # kill -9; what was killed comes up again by itself or is started anew
    plant.rest()                  # until nothing is left to do
    plant.verdict(accepted)       # figures of the oracle, and which events reached the table

The test's own process stays outside: what looks into the database is a child of the plant's forge.
"""

import contextlib
import os
import random
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from console import embedded
from tests.faults.cluster import Cluster
from tests.faults.oracle import Oracle
from tests.faults.processes import Child, ForkRunner
from tests.faults.rabbitmq import RabbitMQ
from tests.support import database
from tests.support.programs import Console, Program, Worker, start_together
from tests.support.sandbox import start_sandbox
from tests.support.server_holders import ServerHolder, kill_one, processes_of

SDKAPPID, KEY = 1400000001, "DzXpbluRsmo1JkoFxzKMNg5ifrA4GRlU"
FOUND, LOAD = "tests.faults.full_stack_jobs:found", "tests.faults.full_stack_jobs:load"
STANDING, JUDGE = "tests.faults.full_stack_jobs:standing", "tests.faults.full_stack_jobs:judge"
QUICK = {
    "SWEEP_EVERY_S": "1",
    "LEASE_S": "4",
    "PROBE_DELAY_S": "0",
    "OUTBOX_BACKOFF_S": "0.2",
    "OUTBOX_BACKOFF_MAX_S": "1",
    "ICLASS_TIMEOUT_S": "5",
}
VICTIMS = ("database", "broker", "worker", "child", "beat")


class FullStack:
    """Everything runs once it is made; `close` ends it all. With `rabbit` the broker is a RabbitMQ.

    With `standby` the database is a primary with a synchronous standby.
    """

    def __init__(self, *, rabbit: bool = False, standby: bool = False) -> None:
        self._stack = contextlib.ExitStack()
        self.cluster: Cluster | None = None
        self.rabbit: RabbitMQ | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="console-faults-"))
        self.folder.chmod(0o711)
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            if standby:
                self._start_cluster()
            self._servers(self._start_rabbitmq() if rabbit else "")
            self._programs()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._stack.close()

    def _start_rabbitmq(self) -> str:
        """A RabbitMQ of the plant's own; its address."""
        self.rabbit = RabbitMQ(self.folder / "rabbit")
        self._stack.callback(self.rabbit.close)
        self.rabbit.start()
        return self.rabbit.url

    def _start_cluster(self) -> None:
        (self.folder / "cluster").mkdir(mode=0o755)
        self.cluster = Cluster(self.folder / "cluster")
        self._stack.callback(self.cluster.stop)
        self.cluster.start()

    def _servers(self, broker_url: str) -> None:
        self.server_paths = embedded.data_paths(self.folder)
        # The tests' own database forgets on a kill what it has just committed; this one must not.
        lasting = os.environ | {"CONSOLE_EMBEDDED_FAST": "0"}
        what = ("" if self.cluster else "d") + ("" if broker_url else "b")
        holder = ServerHolder(self.folder, what, env=lasting)
        self._stack.callback(self._gone)
        self._stack.callback(holder.kill)
        self._stack.callback(embedded.release, self.folder)
        self.service = start_sandbox(
            self.folder / "sandbox", [(SDKAPPID, KEY, None)], env={"ICLASS_CALLBACK_RETRY_S": "0.5"}
        )
        self._stack.callback(self.service.kill)
        holder.ready()
        self.variables = QUICK | {
            "CONSOLE_DATA": str(self.folder),
            "DATABASE_URL": self.cluster.url if self.cluster else self.server_paths.database_url,
            "CELERY_BROKER_URL": broker_url or self.server_paths.broker_url,
            "ICLASS_BASE_URL": self.service.url,
        }

    def _gone(self) -> None:
        until = time.monotonic() + 10
        while processes_of(self.server_paths) and time.monotonic() < until:
            time.sleep(0.05)

    def _programs(self) -> None:
        self.forge = ForkRunner(self.folder / "forge.log", self.variables)
        self._stack.callback(self.forge.close)
        database.migrate(self.variables["DATABASE_URL"])
        self.console = Console(self.folder / "web.log", self.variables)
        # The clock runs beside the worker: nobody would start one anew that the worker had started.
        clock = ["-m", "celery", "-A", "console", "beat"]
        self.beat = Program(clock, self.folder / "beat.log", self.variables)
        self.worker = Worker(self.folder / "worker.log", self.variables, beat=False, queues="celery,messages")
        for program in (self.console, self.beat, self.worker):
            self._stack.callback(program.kill)
        start_together(self.console, self.beat, self.worker)
        staff = [{"user_id": "alice", "role": "admin"}, {"user_id": "bob", "role": "teacher"}]
        self.service.call("user/register", {"list": staff})
        self.world = self.forge.run(FOUND, sdkappid=SDKAPPID, key=KEY, settings=self.settings)
        self.since = Oracle(self.service).since
        address = f"{self.console.url}/callbacks/iclass/{self.world['callback_token']}/"
        self.service.control("enterprise", {"sdkappid": SDKAPPID, "call_back_url": address})

    @property
    def settings(self) -> dict[str, Any]:
        """For children of the forge, who else would have those of the test."""
        return {"ICLASS_BASE_URL": self.service.url, "ICLASS_ROOM_URL": self.service.url}

    def load(self, *, wishes: int, seed: int) -> Child:
        """Start a process that utters wishes; its result is how many were accepted."""
        return self.forge.start(
            LOAD, settings=self.settings, seed=seed, wishes=wishes, ids=self.world, pause_s=0.05
        )

    def call_back(self, marker: str) -> None:
        """Let the service owe us an event that nothing else is like."""
        event = {"sdkappid": SDKAPPID, "event": "local_record_callback", "data": {"class_id": marker}}
        self.service.control("callbacks", event)

    def kill(self, victim: str, dice: random.Random) -> None:
        """kill -9 of a process. Worker and beat are started again, as their service manager would."""
        if victim == "beat":
            self.beat.kill()
            self.beat.start()
        elif victim == "worker":
            self.worker.kill()
            self.worker.begin()
        elif victim == "child":
            self._kill_child(dice)
        elif victim == "broker" and self.rabbit:
            self.rabbit.kill()
            self.rabbit.start()
        else:
            self._kill_server({"database": "postgres", "broker": "valkey-server"}[victim])

    def _kill_child(self, dice: random.Random) -> None:
        """One of the processes that the worker started, once it has any."""
        until = time.monotonic() + 60
        while not (children := self._children()):
            assert time.monotonic() < until, self.worker_log_tail()
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(dice.choice(children), signal.SIGKILL)

    def _children(self) -> list[int]:
        """The processes of the worker; one that has ended is started again, as its service manager would."""
        if self.worker.process is None or self.worker.process.poll() is not None:
            self.worker.begin()
        assert self.worker.process is not None
        pid = self.worker.process.pid
        try:
            text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except OSError:
            return []
        return [int(number) for number in text.split()]

    def _kill_server(self, name: str) -> None:
        """The one server of that name, once it serves: one that dies while starting stays down."""
        embedded.hold(self.folder, database=name == "postgres", broker=name != "postgres")
        kill_one(self.server_paths, name)

    def fail_over(self, cut_off_s: float) -> float:
        """Kill the primary a moment after nothing has reached its standby any more, which takes its place.

        Return when it was killed, by the monotonic clock.
        """
        assert self.cluster
        with self.cluster.cut_off():
            time.sleep(cut_off_s)
            self.cluster.kill_primary()
            killed = time.monotonic()
        self.cluster.promote()
        return killed

    def rest(self, seconds: float = 90.0) -> dict[str, int]:
        """Until nothing is left to do; what still is after `seconds`."""
        until = time.monotonic() + seconds
        while any(left := self._left()) and time.monotonic() < until:
            self._children()
            time.sleep(0.2)
        return left

    def _left(self) -> dict[str, int]:
        with contextlib.suppress(AssertionError):
            left: dict[str, int] = self.forge.run(STANDING, settings=self.settings)
            owed = self.service.control("callbacks", state="waiting")["callbacks"]
            return {name: count for name, count in (left | {"owed to us": len(owed)}).items() if count}
        return {"database away": 1}

    def verdict(self, accepted: list[Any]) -> dict[str, Any]:
        """`figures`, `bad` (a line for each) and `events` (markers that are in the table)."""
        told: dict[str, Any] = self.forge.run(
            JUDGE,
            settings=self.settings,
            url=self.service.url,
            keys={SDKAPPID: KEY},
            since=self.since,
            accepted=accepted,
        )
        return told

    def acknowledged(self) -> list[str]:
        """Markers of the events that we answered with 0."""
        told = self.service.control("callbacks", state="delivered")["callbacks"]
        return [one["data"]["class_id"] for one in told if one["event"] == "local_record_callback"]

    def worker_log_tail(self) -> str:
        """The end of what the worker said."""
        return self.worker.log.read_text(errors="replace")[-3000:]
