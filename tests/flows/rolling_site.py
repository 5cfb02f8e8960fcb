"""A site behind nginx whose programs are of two versions for a while, on one database and broker.

site = RollingSite(folder, database_url)
site.start(ROOT)                  # web, worker and beat of a version
site.load.start()
site.prepare(tree)                # migrate and collectstatic of the next one, while the former answers
site.add(tree)                    # its programs beside the former ones
site.remove(ROOT)                 # out of nginx, then ended
site.load.stop(); site.rest(); site.verdict()
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

from tests.faults.full_stack import FOUND, JUDGE, KEY, QUICK, SDKAPPID, STANDING
from tests.faults.oracle import Oracle
from tests.faults.processes import ForkRunner
from tests.flows.site_load import SiteLoad
from tests.support import nginx
from tests.support.programs import Console, Worker, find_port
from tests.support.sandbox import start_sandbox

JOBS = "tests.flows.rolling_jobs"
SITE = """
upstream iclass_console {{ {servers} }}
server {{
    listen 127.0.0.1:{port};
    location / {{
        proxy_pass http://iclass_console;
        proxy_read_timeout 120s;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }}
}}
"""
#: Until the former workers of nginx have ended what they were passing on.
DRAIN_S = 1.5


class RollingSite:
    """Everything ends with `close`."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self._stack = contextlib.ExitStack()
        self.webs: list[Console] = []
        self.workers: list[Worker] = []
        try:
            self._found(database_url)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._stack.close()

    def _found(self, database_url: str) -> None:
        """The iclass service, a school there and here, and nginx in front of nothing yet."""
        self.service = start_sandbox(
            self.folder / "sandbox", [(SDKAPPID, KEY, None)], env={"ICLASS_CALLBACK_RETRY_S": "0.5"}
        )
        self._stack.callback(self.service.kill)
        self.url = f"http://127.0.0.1:{find_port()}"
        self.variables = QUICK | {
            "CONSOLE_DATA": str(self.folder / "data"),
            "DATABASE_URL": database_url,
            "ICLASS_BASE_URL": self.service.url,
            "PUBLIC_URL": self.url,
            "SECRET_KEY": settings.SECRET_KEY,
            "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        }
        self.forge = ForkRunner(self.folder / "forge.log", self.variables)
        self._stack.callback(self.forge.close)
        self.world = self.job(FOUND, sdkappid=SDKAPPID, key=KEY)
        staff = [{"user_id": "alice", "role": "admin"}, {"user_id": "bob", "role": "teacher"}]
        self.service.call("user/register", {"list": staff})
        self.since = Oracle(self.service).since
        self.load = SiteLoad(self.url, self.job(f"{JOBS}:give_access", person=self.world["alice"]))
        address = f"{self.url}/callbacks/iclass/{self.world['callback_token']}/"
        self.service.control("enterprise", {"sdkappid": SDKAPPID, "call_back_url": address})

    def job(self, job: str, **arguments: Any) -> Any:
        """The result of a job in a child of this version."""
        service = {"ICLASS_BASE_URL": self.service.url, "ICLASS_ROOM_URL": self.service.url}
        data = {"STATIC_ROOT": str(self.folder / "data/static")}
        return self.forge.run(job, settings=service | data, **arguments)

    def start(self, tree: Path, *, worker: bool = True) -> None:
        """The first version, with its files collected, and nginx before it."""
        self.job(f"{JOBS}:collect_files")
        self.add_web(tree)
        path = self._configure()
        self._nginx = subprocess.Popen(["nginx", "-c", str(path)], stderr=subprocess.DEVNULL)
        self._stack.callback(self._nginx.wait, 20)
        self._stack.callback(self._nginx.terminate)
        if worker:
            self.add_worker(tree)

    def prepare(self, tree: Path) -> None:
        """Tables and static files of the next version, while the former one answers."""
        for command in (["migrate", "--verbosity=0"], ["collectstatic", "--noinput", "--verbosity=0"]):
            done = subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=tree,
                env=os.environ | self.variables,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr

    def add_web(self, tree: Path) -> Console:
        """A web process of a version, not yet asked by nginx."""
        web = Console(self.folder / f"{tree.name}.web.log", self.variables)
        web.root = tree
        self._stack.callback(web.kill)
        web.start()
        self.webs.append(web)
        return web

    def add_worker(self, tree: Path) -> None:
        worker = Worker(
            self.folder / f"{tree.name}.worker.log", self.variables, beat=True, queues="celery,messages"
        )
        worker.root = tree
        self._stack.callback(worker.kill)
        worker.start()
        self.workers.append(worker)

    def include(self) -> None:
        """Let nginx pass requests to all web processes."""
        self._configure()
        self._nginx.send_signal(signal.SIGHUP)

    def remove(self, tree: Path) -> None:
        """End a version: its workers, and its web processes once nginx does not ask them any more."""
        for worker in [one for one in self.workers if one.root == tree]:
            worker.stop()
            self.workers.remove(worker)
        former = [web for web in self.webs if web.root == tree]
        self.webs = [web for web in self.webs if web.root != tree]
        self.include()
        time.sleep(DRAIN_S)
        for web in former:
            web.stop()

    def _configure(self) -> Path:
        servers = " ".join(f"server {web.url.removeprefix('http://')};" for web in self.webs)
        site = SITE.format(servers=servers, port=self.url.rpartition(":")[2])
        return nginx.configuration(self.folder, site)

    def rest(self, seconds: float = 60.0) -> dict[str, int]:
        """Until nothing is left to do; what still is after `seconds`."""
        until = time.monotonic() + seconds
        while any(left := self._left()) and time.monotonic() < until:
            time.sleep(0.3)
        return left

    def _left(self) -> dict[str, int]:
        left: dict[str, int] = self.job(STANDING)
        owed = self.service.control("callbacks", state="waiting")["callbacks"]
        return {name: count for name, count in (left | {"owed to us": len(owed)}).items() if count}

    def verdict(self) -> dict[str, Any]:
        """The oracle's figures and a line for each thing that is lost, doubled or not there."""
        keys = {SDKAPPID: KEY}
        told: dict[str, Any] = self.job(JUDGE, url=self.service.url, keys=keys, since=self.since, accepted=[])
        absent = self.job(f"{JOBS}:missing", people=self.load.people, lessons=self.load.lessons)
        return told | {"bad": told["bad"] + absent}


def readiness(web: Console) -> tuple[int, dict[str, str]]:
    answer = requests.get(f"{web.url}/readyz", timeout=30)
    return answer.status_code, answer.json()
