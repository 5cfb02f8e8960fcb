"""Callbacks keep coming while the database is killed, and the web with it: nothing acknowledged is lost."""

import hashlib
import http.client
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from console import embedded
from tests.faults.callback_senders import KEY
from tests.faults.goals import goal
from tests.faults.sizes import dice, size
from tests.support import database, environment
from tests.support.programs import Console
from tests.support.server_holders import ServerHolder, kill_one, wait_until_ended

SDKAPPID = 1_400_001_999
SENDERS = 4

pytestmark = pytest.mark.timeout(size(full=7200, ci=300))


class CallbackTarget:
    """A database that outlives a kill, a school in it, and a web console over both."""

    def __init__(self, data: Path) -> None:
        self.server_paths = embedded.data_paths(data)
        self.data = data
        self.variables = {
            "CONSOLE_DATA": str(data),
            "DATABASE_URL": self.server_paths.database_url,
            "CELERY_BROKER_URL": "redis://127.0.0.1:9/0",
        }
        database.migrate(self.server_paths.database_url)
        told = self.run(
            "enterprise", "add", "--sdkappid", str(SDKAPPID), "--tic-key", KEY, "--name", "Wonderland"
        )
        self.path = urlsplit(json.loads(told)["callback_url"]).path
        self.console = Console(data / "web.log", self.variables)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=environment.ROOT,
            env=os.environ | self.variables,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def kill_database(self) -> None:
        embedded.hold(self.data, database=True, broker=False)
        kill_one(self.server_paths, "postgres")

    def classes(self) -> list[str]:
        with psycopg.connect(self.server_paths.database_url) as line:
            return [row[0] for row in line.execute("select class_id from inbox_callback")]


@pytest.fixture
def house() -> Iterator[CallbackTarget]:
    folder = Path(tempfile.mkdtemp(prefix="console-faults-"))
    folder.chmod(0o711)
    # The tests' own database forgets on a kill what it has just committed; this one must not.
    holder = ServerHolder(folder, "d", env=os.environ | {"CONSOLE_EMBEDDED_FAST": "0"})
    try:
        holder.ready()
        one = CallbackTarget(folder)
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
        self.refused = 0

    def run(self) -> None:
        for number in itertools.count(self._first, SENDERS):
            if self._enough.wait(0.02):
                return
            body = json.dumps({"event": "class_begin", "data": {"class_id": number}}).encode()
            until = time.monotonic() + 60
            while not self._once(body):
                self.refused += 1
                assert time.monotonic() < until, f"event {number} is never acknowledged"
                time.sleep(0.1)
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


def test_a_killed_database_and_a_killed_web_lose_nothing_that_was_acknowledged(house: CallbackTarget) -> None:
    kills = size(full=40, ci=2)
    chance = dice("callbacks killed")
    house.console.start()
    enough = threading.Event()
    senders = [Sender(house, first, enough) for first in range(SENDERS)]
    with ThreadPoolExecutor(SENDERS) as pool:
        sending = [pool.submit(sender.run) for sender in senders]
        try:
            for number in range(kills):
                time.sleep(chance.uniform(0.2, 0.6))
                house.kill_database()
                if number % 2:  # while events are in the spool
                    time.sleep(0.1)
                    house.console.kill()
                    house.console.start()
            time.sleep(0.5)
        finally:
            enough.set()
        for each in sending:
            each.result()
    embedded.hold(house.data, database=True, broker=False)
    house.run("sweep", "--quick")
    acknowledged = {number for sender in senders for number in sender.acknowledged}
    rows = house.classes()
    spooled = len(re.findall(r"is in the spool", house.console.log.read_text(errors="replace")))
    goal(
        "callbacks while the database dies",
        kills=kills + kills // 2,
        acknowledged=len(acknowledged),
        spooled=spooled,
        repeats=sum(sender.refused for sender in senders),
        rows=len(rows),
        lost=len(acknowledged - set(rows)),
        doubled=len(rows) - len(set(rows)),
    )
    assert sorted(rows) == sorted(acknowledged)
    assert spooled, "no kill of the database met a delivery"
    assert any(sender.refused for sender in senders), "no kill of the web met a delivery"
    assert not list((house.data / "spool").iterdir())
