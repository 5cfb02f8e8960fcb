"""Callbacks keep coming while the database is killed, and the web with it: nothing acknowledged is lost."""

import hashlib
import http.client
import itertools
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command

from accounts.models import Enterprise
from console import embedded
from tests.faults.callback_senders import KEY
from tests.faults.goals import goal
from tests.faults.processes import ForkRunner
from tests.faults.sizes import dice, size
from tests.support import database
from tests.support.programs import Console
from tests.support.server_holders import ServerHolder, kill_one, wait_until_ended
from tests.support.waiting import wait_until

SDKAPPID = 1_400_001_999
SENDERS = 4
MAKE_SCHOOL = "tests.faults.test_callbacks_killed:make_school"
SWEEP = "tests.faults.test_callbacks_killed:sweep"

pytestmark = pytest.mark.timeout(size(full=7200, ci=300))


class CallbackTarget:
    """A database that outlives a kill, a school in it, and a web console over both."""

    def __init__(self, data: Path, forge: ForkRunner) -> None:
        self.server_paths = embedded.data_paths(data)
        self.data = data
        self.variables = {
            "CONSOLE_DATA": str(data),
            "DATABASE_URL": self.server_paths.database_url,
            "CELERY_BROKER_URL": "redis://127.0.0.1:9/0",
        }
        with psycopg.connect(self.server_paths.database_url, autocommit=True) as line:
            line.execute("ALTER SYSTEM SET fsync = off")  # processes die here, and never the machine
            line.execute("SELECT pg_reload_conf()")
        database.migrate(self.server_paths.database_url)
        self.console = Console(data / "web.log", self.variables)
        self.console.begin()
        token = forge.start(MAKE_SCHOOL, database_url=self.server_paths.database_url).ended()
        self.path = f"/callbacks/iclass/{token}/"

    def kill_database(self) -> bool:
        """kill -9, once it serves; whether an event came meanwhile."""
        before = self.spooled()
        embedded.hold(self.data, database=True, broker=False)
        kill_one(self.server_paths, "postgres")
        time.sleep(0.1)
        return self.spooled() > before

    def spooled(self) -> int:
        """How many events the console has put into the spool."""
        return self.console.log.read_bytes().count(b"is in the spool")

    def classes(self) -> list[str]:
        with psycopg.connect(self.server_paths.database_url) as line:
            return [row[0] for row in line.execute("select class_id from inbox_callback")]


def make_school() -> str:
    """A school; the token of its address for callbacks."""
    made: str = Enterprise.objects.create(name="Wonderland", sdkappid=SDKAPPID, tic_key=KEY).callback_token
    return made


def sweep() -> None:
    call_command("sweep", quick=True)


@pytest.fixture
def house(session_fork_runner: ForkRunner) -> Iterator[CallbackTarget]:
    folder = Path(tempfile.mkdtemp(prefix="console-faults-"))
    folder.chmod(0o711)
    # The tests' own database forgets on a kill what it has just committed; this one must not.
    holder = ServerHolder(folder, "d", env=os.environ | {"CONSOLE_EMBEDDED_FAST": "0"})
    try:
        holder.ready()
        one = CallbackTarget(folder, session_fork_runner)
        yield one
        one.console.kill()
    finally:
        embedded.release(folder)
        holder.kill()
        assert wait_until_ended(embedded.data_paths(folder), 15)
        shutil.rmtree(folder)


class Sender:
    """Sends events one after the other, each again until it is acknowledged, as the service does."""

    def __init__(self, house: CallbackTarget, first: int, enough: threading.Event) -> None:
        self._house, self._first, self._enough = house, first, enough
        self.acknowledged: list[str] = []
        self.last = ""
        self.refused = 0

    def run(self) -> None:
        for number in itertools.count(self._first, SENDERS):
            if self._enough.wait(0.02):
                return
            self.last = str(number)
            body = json.dumps({"event": "class_begin", "data": {"class_id": number}}).encode()
            until = time.monotonic() + 60
            while not self._once(body):
                self.refused += 1
                assert time.monotonic() < until, f"event {number} is never acknowledged"
                if self._enough.wait(0.1):
                    return
            self.acknowledged.append(str(number))

    def _once(self, body: bytes) -> bool:
        """Whether one delivery was acknowledged; a console that was killed answers nothing."""
        line = http.client.HTTPConnection(urlsplit(self._house.console.url).netloc, timeout=20)
        expire = int(time.time()) + 60
        sign = hashlib.md5(f"{KEY}{expire}".encode()).hexdigest()
        query = f"sdkappid={SDKAPPID}&random=7&expire_time={expire}&sign={sign}"
        try:
            line.request("POST", f"{self._house.path}?{query}", body)
            answer = json.loads(line.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            line.close()
        return bool(answer.get("error_code") == 0)


def test_a_killed_database_and_a_killed_web_lose_nothing_that_was_acknowledged(
    house: CallbackTarget, session_fork_runner: ForkRunner
) -> None:
    kills = size(full=40, ci=1)
    chance = dice("callbacks killed")
    house.console.wait_until_ready()
    enough = threading.Event()
    senders = [Sender(house, first, enough) for first in range(SENDERS)]
    with ThreadPoolExecutor(SENDERS) as pool:
        sending = [pool.submit(sender.run) for sender in senders]
        try:
            for number in range(kills):
                time.sleep(chance.uniform(0.2, 0.6))
                wait_until(house.kill_database)
                if number % 2 == 0:  # while events are in the spool
                    house.console.kill()
                    if number + 1 < kills:  # else the sweep finds them
                        house.console.start()
            wait_until(lambda: any(sender.refused for sender in senders))
        finally:
            enough.set()
        for each in sending:
            each.result()
    embedded.hold(house.data, database=True, broker=False)
    there = {"SPOOL_DIR": str(house.data / "spool")}
    session_fork_runner.start(SWEEP, database_url=house.server_paths.database_url, settings=there).ended()
    acknowledged = {number for sender in senders for number in sender.acknowledged}
    rows = house.classes()
    goal(
        "callbacks while the database dies",
        kills=kills + -(-kills // 2),
        acknowledged=len(acknowledged),
        spooled=house.spooled(),
        repeats=sum(sender.refused for sender in senders),
        rows=len(rows),
        lost=len(acknowledged - set(rows)),
        doubled=len(rows) - len(set(rows)),
    )
    assert not acknowledged - set(rows), "lost"
    assert len(rows) == len(set(rows)), "doubled"
    # One that was kept before its sender heard so would have been sent again.
    assert set(rows) - acknowledged <= {sender.last for sender in senders}
    assert any(sender.refused for sender in senders), "no kill of the web met a delivery"
    assert not list((house.data / "spool").iterdir())
