"""The environment of a test run: its own servers and data folder, and nobody else's service."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from console import embedded

ROOT = Path(__file__).resolve().parents[2]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
"""gw0, gw1, … in a process of pytest-xdist, else empty."""


def prepare() -> None:
    """Before Django loads. The first process starts the servers, its xdist workers share them."""
    if not WORKER:
        folder = Path(tempfile.mkdtemp(prefix="console-tests-"))
        # Root's temporary folder, too, has to let the database's user through to its part.
        folder.chmod(0o711)
        os.environ |= {"CONSOLE_DATA": str(folder), "CONSOLE_TEST_RUN": str(os.getpid())}
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "CONSOLE_EMBEDDED_FAST": "1",
        "DEBUG": "false",
        # Whatever a developer's .env says, no test reaches a real service.
        "ICLASS_BASE_URL": "http://127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        # What people do goes to the service at once; tests of Undo wait for it.
        "UNDO_S": "0",
        # Some tests ask more in a minute than any program should.
        "REST_REQUESTS_A_MINUTE": "0",
        # Playwright keeps an event loop in the thread that runs the test.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    embedded.start_servers(ROOT)
    _choose_broker()


def finish() -> None:
    """After the last test, in the first process: let the servers end and remove their folder."""
    if WORKER:
        return
    server_paths = embedded.data_paths(data_folder())
    embedded.release(server_paths.data_dir)
    until = time.monotonic() + 10
    while server_paths.control_socket.exists() and time.monotonic() < until:
        time.sleep(0.05)
    shutil.rmtree(server_paths.data_dir, ignore_errors=True)


def data_folder() -> Path:
    return Path(os.environ["CONSOLE_DATA"])


def database_url() -> str:
    """Of the server that this run uses; its path names the database."""
    return os.environ.get("DATABASE_URL") or embedded.data_paths(data_folder()).database_url


def _choose_broker() -> None:
    """A numbered database of the embedded broker for each worker: none takes another's messages."""
    if not os.environ.get("CELERY_BROKER_URL"):
        os.environ["CONSOLE_TEST_BROKER"] = embedded.data_paths(data_folder()).broker_url
    if shared := os.environ.get("CONSOLE_TEST_BROKER"):
        number = int(WORKER.removeprefix("gw")) + 1 if WORKER else 0
        os.environ["CELERY_BROKER_URL"] = shared.replace("virtual_host=0", f"virtual_host={number}")
