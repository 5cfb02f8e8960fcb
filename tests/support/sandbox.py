"""Starting the local iclass service for a test, as a process of its own on a free port."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
ENDS_WITHIN_S = 30.0
Enterprise = tuple[int, str, str | None]


class Sandbox:
    """A running service. `url` stays the same over `restart()`, and so does its state."""

    #: The number of the last line of the ledger before the tests that use it now.
    beginning = 0

    def __init__(
        self,
        data: Path,
        enterprises: Sequence[Enterprise],
        env: dict[str, str] | None,
        options: Sequence[str],
        program: str,
    ) -> None:
        self.data = Path(data)
        self.enterprises = list(enterprises)
        self.keys = {app: key for app, key, _ in enterprises}
        self.web = requests.Session()
        self.web.trust_env = False
        self._given = [":".join(filter(None, (str(app), key, url))) for app, key, url in enterprises]
        self._env, self._options, self._program = env or {}, list(options), program
        self.url = ""
        self._start("127.0.0.1:0")

    def _start(self, bind: str) -> None:
        command = [sys.executable, "-m", self._program, "--bind", bind, "--data", str(self.data)]
        for given in self._given:
            command += ["--enterprise", given]
        self.process = subprocess.Popen(
            [*command, *self._options],
            cwd=ROOT,
            env=os.environ | self._env,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        if "ready on " not in ready:
            raise RuntimeError(f"the sandbox did not start: {ready}{self.process.stdout.read()}")
        self.url = ready.split("ready on ")[1].split()[0]

    def stop(self) -> int:
        """End it as `make run` does, with SIGTERM; answers its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it as a power cut does."""
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(ENDS_WITHIN_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.web.close()
        return code

    def restart(self) -> None:
        """Start again on the same port and the same state, after `stop` or `kill`."""
        if self.process.poll() is None:
            self.stop()
        self._start(self.url.removeprefix("http://"))

    def start_over(self) -> None:
        """As if it had just started: no people, classes, turned knobs, faults or lines of the ledger."""
        if self.process.poll() is not None:
            self.restart()
        self.control("faults", {"clear": True})
        self.control("callbacks", {"drop_waiting": True})
        self.control("clock", {"reset": True})
        self.control("knobs", dict.fromkeys(knob["name"] for knob in self.control("knobs")["knobs"]))
        for app, key, url in self.enterprises:
            address = {"call_back_url": url} if url else {}
            self.control("enterprise", {"sdkappid": app, "remove": True, "tic_key": key} | address)
        while lines := self.ledger():
            self.beginning = lines[-1]["seq"]

    def signed(self, path: str, sdkappid: int | None = None, life: int = 120) -> str:
        """A signed URL of an endpoint (of the first enterprise, if none is named)."""
        app = sdkappid or next(iter(self.keys))
        expire = int(time.time()) + life
        sign = hashlib.md5(f"{self.keys[app]}{expire}".encode()).hexdigest()
        number = random.randrange(2**31)
        return f"{self.url}/paas/v1/{path}?sdkappid={app}&random={number}&expire_time={expire}&sign={sign}"

    def call(self, path: str, body: object = None, sdkappid: int | None = None) -> dict[str, Any]:
        """Ask an endpoint of /paas/v1 as a school's backend would; answers the JSON."""
        answer = self.web.post(self.signed(path, sdkappid), json={} if body is None else body, timeout=30)
        assert answer.status_code == 200, answer.status_code
        return dict(answer.json())

    def control(self, path: str, body: object = None, **query: object) -> dict[str, Any]:
        """The control interface: GET, or POST where a body is given. A refusal is an AssertionError."""
        url = f"{self.url}/control/{path}"
        if body is None:
            answer = self.web.get(url, params={k: str(v) for k, v in query.items()}, timeout=30)
        else:
            answer = self.web.post(url, json=body, timeout=30)
        told = dict(answer.json())
        assert told["error_code"] == 0, told
        return told

    def ledger(self, after: int = 0) -> list[dict[str, Any]]:
        """The lines of the ledger after a number, oldest first."""
        return list(self.control("ledger", after=max(after, self.beginning))["entries"])

    def effects(self, after: int = 0) -> list[dict[str, Any]]:
        """Only the changes that were applied."""
        return [line for line in self.ledger(after) if line["kind"] == "effect"]


def start_sandbox(
    data: Path,
    enterprises: Sequence[Enterprise],
    env: dict[str, str] | None = None,
    options: Sequence[str] = (),
    program: str = "console.sandbox",
) -> Sandbox:
    """Start the service with its state in `data`, for `(sdkappid, tic_key, callback_url or None)` each.

    `program` is the module to run: the sandbox itself, or one that adds something to it.
    """
    return Sandbox(data, enterprises, env, options, program)
