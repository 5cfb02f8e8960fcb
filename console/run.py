"""`make run`: the whole console on this machine, with a local iclass service and a demo school.

The order matters: the service before the demo, which talks to it; the tables before everything else.
Where ICLASS_BASE_URL names another service, neither the local one nor the demo school is started.
"""

import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import environ
import requests

from console import embedded
from console.embedded.crew import Crew
from console.embedded.errors import EmbeddedError
from console.embedded.processes import die_with_parent

BASE_DIR = Path(__file__).resolve().parent.parent
UP_WITHIN_S = 120.0


@dataclass(frozen=True)
class Plan:
    """Where things will be, from the environment."""

    host: str
    port: int
    sandbox_port: int
    data: Path

    @classmethod
    def read(cls) -> "Plan":
        data = Path(os.environ.get("CONSOLE_DATA") or BASE_DIR / "var").absolute()
        host = os.environ.get("HOST") or "127.0.0.1"
        return cls(host, _port("PORT", 8000), _port("SANDBOX_PORT", 9000), data)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def is_demo(self) -> bool:
        return os.environ["ICLASS_BASE_URL"].rstrip("/") == self.sandbox

    def manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(BASE_DIR / "manage.py"), *arguments]

    def sandbox_command(self) -> list[str]:
        bind = f"127.0.0.1:{self.sandbox_port}"
        return self.manage("sandbox", "--bind", bind, "--data", str(self.data / "sandbox"))

    def web_command(self) -> list[str]:
        serve = ["--interface", "wsgi", "--host", self.host, "--port", str(self.port), "--no-ws"]
        # Its advice on threads is for work in Python; ours wait for the database and the service.
        threads = ["--blocking-threads", "8", "--log-level", "error"]
        return [sys.executable, "-m", "granian", *serve, *threads, "console.wsgi:application"]

    def worker_command(self) -> list[str]:
        quick = ["--without-mingle", "--without-gossip", "--concurrency", "2"]
        beat = ["-B", "--schedule", str(self.data / "celerybeat")]
        no_sermon = ["-W", "ignore:You're running the worker with superuser privileges"]
        return [sys.executable, *no_sermon, "-m", "celery", "-q", "-A", "console", "worker", *quick, *beat]


def main() -> None:
    began = time.monotonic()
    if "MAKELEVEL" in os.environ:
        # Whoever kills `make` means this.
        die_with_parent(signal.SIGTERM)()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    os.chdir(BASE_DIR)
    environ.Env.read_env(BASE_DIR / ".env")
    crew = Crew()
    try:
        plan = Plan.read()
        os.environ.setdefault("ICLASS_BASE_URL", plan.sandbox)
        os.environ.setdefault("PUBLIC_URL", plan.address)
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        _come_up(plan, crew, began)
        crew.watch(lambda: False)
    except EmbeddedError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        print("\nThe console ends.", flush=True)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        crew.end()


def _come_up(plan: Plan, crew: Crew, began: float) -> None:
    _check_free("PORT", plan.host, plan.port)
    if plan.is_demo:
        _check_free("SANDBOX_PORT", "127.0.0.1", plan.sandbox_port)
        crew.start("sandbox", plan.sandbox_command())
    embedded.enter(BASE_DIR)
    crew.start("migrate", plan.manage("migrate", "--verbosity=0"), keep=True)
    crew.finish("migrate")
    crew.start("web", plan.web_command())
    crew.watch(lambda: _status(f"{plan.address}/healthz") == 200, seconds=UP_WITHIN_S)
    if _status(plan.address) != 200:
        raise EmbeddedError("The first page answers with an error; the lines of web say why.")
    # Only now, so that on a small machine the first page does not wait for them.
    crew.start("worker", plan.worker_command())
    logins = _demo(plan, crew) if plan.is_demo else ""
    print(f"\n{logins}\nThe console is at {plan.address} (up after {time.monotonic() - began:.1f} s).")
    print(f"It talks to {os.environ['ICLASS_BASE_URL']}. Ctrl-C ends everything.", flush=True)


def _demo(plan: Plan, crew: Crew) -> str:
    """Seed the demo school once its service answers; what that command says, with the logins."""
    crew.watch(lambda: _status(plan.sandbox) > 0, seconds=UP_WITHIN_S)
    crew.start("demo", plan.manage("demo"), keep=True)
    logins = crew.finish("demo")
    crew.start("students", plan.manage("demo", "--play"), dispensable=True)
    return logins


def _status(address: str) -> int:
    """What an address answers after its redirects, 0 for nothing yet. No proxy stands in between."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(address, timeout=10).status_code
        except requests.RequestException:
            return 0


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise EmbeddedError(f"{name} is {value!r}; it has to be a number from 1 to 65535.")
    return int(value)


def _check_free(name: str, host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EmbeddedError(
                f"Port {port} cannot be used ({error.strerror}): end what uses it, or set {name} to another."
            ) from error


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
