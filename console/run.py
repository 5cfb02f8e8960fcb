"""`make run`: the whole console on this machine, with a local iclass service and a demo school.

The service starts before the demo, which talks to it; migrations run before everything else. If
ICLASS_BASE_URL names another service, neither the local one nor the demo school is started.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import environ
import requests

from console import embedded, variables
from console.embedded import migration_stamp, prepared_schema
from console.embedded.errors import EmbeddedError
from console.embedded.process_group import ProcessGroup
from console.embedded.processes import die_with_parent

BASE_DIR = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 120.0
#: Columns for the name of a step; `.ci/setup` prints the steps of the installation alike.
STEP_WIDTH = 24
LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: Options of the worker that waits for other hosts. Its tasks (`console/schedule.py`) take up to 22 threads.
MESSAGES_ARGUMENTS = ["--queues", "messages", "--pool", "threads", "--concurrency", "24"]
#: Options of granian, here and in production. A proxy in front handles HTTP/2. Headers have ten seconds, and
#: so has an idle connection until its next request.
GRANIAN_ARGUMENTS = [
    *("--interface", "asginl", "--no-ws", "--http", "1", "--http1-header-read-timeout", "10000"),
    *("--backlog", "4096", "--backpressure", "4096"),
    # A killed worker is replaced; without this granian itself would end with it.
    *("--respawn-failed-workers", "--respawn-interval", "0.5"),
]


@dataclass(frozen=True)
class RunConfig:
    """Addresses and folders, from the environment."""

    host: str
    port: int
    sandbox_port: int
    data: Path

    @classmethod
    def read(cls) -> "RunConfig":
        data = Path(os.environ.get("CONSOLE_DATA") or BASE_DIR / "var").absolute()
        host = os.environ.get("HOST") or "127.0.0.1"
        port, sandbox_port = os.environ.get("PORT") or 8000, os.environ.get("SANDBOX_PORT") or 9000
        return cls(host, int(port), int(sandbox_port), data)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def public_url(self) -> str:
        """The address in links, by a name: browsers offer passkeys at no IP address."""
        return f"http://localhost:{self.port}"

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
        place = ["--host", self.host, "--port", str(self.port), "--log-level", "error"]
        return [sys.executable, "-m", "granian", *GRANIAN_ARGUMENTS, *place, "console.asgi:application"]

    def worker_command(self, *options: str) -> list[str]:
        quick = ["--without-mingle", "--without-gossip"]
        no_root_warning = ["-W", "ignore:You're running the worker with superuser privileges"]
        return [
            sys.executable,
            *no_root_warning,
            "-m",
            "celery",
            "-q",
            "-A",
            "console",
            "worker",
            *quick,
            *options,
        ]


def main() -> None:
    began = time.monotonic()
    if "MAKELEVEL" in os.environ:
        # Signals to `make` are meant for this process.
        die_with_parent(signal.SIGTERM)()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _exit_on_signal)
    os.chdir(BASE_DIR)
    variables.exit_on_invalid_variables(BASE_DIR)
    processes = ProcessGroup()
    try:
        config = RunConfig.read()
        _check_exposure(config.host)
        os.environ.setdefault("ICLASS_BASE_URL", config.sandbox)
        os.environ.setdefault("CLASSROOM_HOSTS", config.sandbox)
        os.environ.setdefault("PUBLIC_URL", config.public_url)
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        _start_all(config, processes, began)
        processes.watch(lambda: False)
    except EmbeddedError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        print("\nThe console ends.", flush=True)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        processes.end()


def _check_exposure(host: str) -> None:
    """Refuse unsafe settings on an exposed HOST; `console.checks` covers the addresses in the settings."""
    if host in LOOPBACK:
        return
    if environ.Env().bool("DEBUG", default=False):
        raise EmbeddedError(
            f"DEBUG is on while others reach this console by HOST={host}: unset DEBUG or HOST."
        )


def _start_all(config: RunConfig, processes: ProcessGroup, began: float) -> None:
    _check_free("PORT", config.host, config.port)
    if config.is_demo:
        _check_free("SANDBOX_PORT", "127.0.0.1", config.sandbox_port)
        processes.start("sandbox", config.sandbox_command(), restart=True)
    with _step("Database and broker"):
        embedded.start_servers(BASE_DIR)
    with _step("Tables"):
        _migrate(config, processes)
    with _step("Web server"):
        processes.start("web", config.web_command())
        processes.watch(lambda: _http_status(f"{config.address}/healthz") == 200, seconds=START_TIMEOUT_S)
        if _http_status(config.address) != 200:
            raise EmbeddedError("The first page answers with an error; the lines of web say why.")
    # Last, so that on a small machine the first page does not wait for them.
    processes.start("worker", config.worker_command("--concurrency", "2", "-B"))
    # In threads: it does nothing but wait for other hosts.
    processes.start("messages", config.worker_command(*MESSAGES_ARGUMENTS))
    logins = ""
    if config.is_demo:
        with _step("Demo school"):
            logins = _demo(config, processes)
    print(f"\n{logins}\nThe console is at {config.address} (up after {time.monotonic() - began:.1f} s).")
    if os.environ["PUBLIC_URL"] == config.public_url:
        print(f"Passkeys work at {config.public_url}.")
    print(f"It talks to {os.environ['ICLASS_BASE_URL']}. Ctrl-C ends everything.", flush=True)


def _migrate(config: RunConfig, processes: ProcessGroup) -> None:
    """Bring the tables up to date; those of the embedded database know whether they are."""
    files = migration_stamp.code_files(BASE_DIR)
    embeds = not os.environ.get("DATABASE_URL")
    if embeds and migration_stamp.is_migrated(config.data, files):
        return
    if embeds:
        prepared_schema.load(embedded.data_paths(config.data).database_url)
    processes.start("migrate", config.manage("migrate", "--verbosity=0"), keep=True)
    processes.finish("migrate")
    if embeds:
        migration_stamp.save_stamp(config.data, files)


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Print a line when a step of the start begins, and one with its seconds when it has ended.

    Whole lines, because programs that run already write to the same terminal.
    """
    began = time.monotonic()
    print(f"{what} …", flush=True)
    yield
    print(f"{what:<{STEP_WIDTH}}{time.monotonic() - began:6.1f} s", flush=True)


def _demo(config: RunConfig, processes: ProcessGroup) -> str:
    """Seed the demo school once the service answers; return the output of the command, with the logins."""
    processes.watch(lambda: _http_status(config.sandbox) > 0, seconds=START_TIMEOUT_S)
    processes.start("demo", config.manage("demo"), keep=True)
    logins = processes.finish("demo")
    processes.start("students", config.manage("demo", "--play"), may_exit=True)
    return logins


def _http_status(address: str) -> int:
    """Return the status of an address after redirects, without a proxy; 0 if it does not answer."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(address, timeout=10).status_code
        except requests.RequestException:
            return 0


def _check_free(name: str, host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EmbeddedError(
                f"Port {port} cannot be used ({error.strerror}): end what uses it, or set {name} to another."
            ) from error


def _exit_on_signal(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
