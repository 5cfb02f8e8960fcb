"""Start and end of the service, from a folder and a list of enterprises."""

import fcntl
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

from console.sandbox import knobs, ledger, links, periodic_work
from console.sandbox.callbacks.delivery_worker import DeliveryWorker
from console.sandbox.server import Server
from console.sandbox.services import enterprises
from console.sandbox.store import write_transaction


class StartupError(Exception):
    """The service cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class EnterpriseOption:
    """An `--enterprise SDKAPPID:TIC_KEY[:CALLBACK_URL]`."""

    sdkappid: int
    tic_key: str
    call_back_url: str | None

    @classmethod
    def parse(cls, text: str) -> "EnterpriseOption":
        """Raise ValueError with a message; the callback URL may contain colons."""
        number, _, rest = text.partition(":")
        key, colon, url = rest.partition(":")
        if not (number.isascii() and number.isdigit() and int(number)) or not key:
            raise ValueError("an enterprise is SDKAPPID:TIC_KEY[:CALLBACK_URL]")
        if colon and urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("the callback address must begin with http:// or https://")
        return cls(int(number), key, url if colon else None)


def ensure_enterprise(asked: EnterpriseOption) -> None:
    """Create the enterprise, or set the key (and the callback URL, if given) of the existing one."""
    changes = {"tic_key": asked.tic_key}
    if asked.call_back_url is not None:
        changes["call_back_url"] = asked.call_back_url
    with write_transaction(), ledger.attribute_effects_to("start"):
        enterprises.ensure(asked.sdkappid, **changes)


def lock_data_folder(data: Path) -> IO[str]:
    """Lock the folder while the returned file is open; one service per folder."""
    data.mkdir(parents=True, exist_ok=True)
    lock = (data / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StartupError(f"another sandbox is using {data}: stop it or give another --data") from None
    return lock


def create_server(host: str, port: int) -> Server:
    """Return the server on its port; port 0 chooses a free one."""
    try:
        return Server(host, port, get_wsgi_application())
    except OSError as error:
        raise StartupError(f"cannot listen on {host}:{port}: {error.strerror or error}") from None


def serve_until_signal(server: Server, url: str, data: Path) -> None:
    """Serve until SIGTERM or SIGINT, then stop within two seconds with everything on the disk."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    courier, housekeeper = DeliveryWorker(), periodic_work.PeriodicWorker()
    listener = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    for thread in (courier, housekeeper, listener):
        thread.start()
    print(f"iclass sandbox ready on {url} (state in {data})", flush=True)
    ending.wait()
    server.stop()
    courier.end()
    housekeeper.end()
    connections.close_all()
    sys.stdout.flush()


def prepare_state(asked: list[EnterpriseOption], public_url: str) -> None:
    """Migrate the database and restore the state from before."""
    call_command("migrate", verbosity=0, interactive=False)
    links.set_public_url(public_url)
    knobs.load_knobs()
    periodic_work.restore_clock()
    for one in asked:
        ensure_enterprise(one)
