"""From a folder and a list of enterprises to a service that listens, and back to silence."""

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

from . import address, housekeeping, knobs, ledger
from .callbacks.courier import Courier
from .rules import enterprises
from .server import Server
from .store.write import writing


class NotStarted(Exception):
    """The service cannot start; the text says why and what to do."""


@dataclass(frozen=True)
class Asked:
    """One `--enterprise SDKAPPID:TIC_KEY[:CALLBACK_URL]`."""

    sdkappid: int
    tic_key: str
    call_back_url: str | None

    @classmethod
    def parse(cls, text: str) -> "Asked":
        """Raises ValueError with a sentence; the callback address may hold colons."""
        number, _, rest = text.partition(":")
        key, colon, url = rest.partition(":")
        if not (number.isascii() and number.isdigit() and int(number)) or not key:
            raise ValueError("an enterprise is SDKAPPID:TIC_KEY[:CALLBACK_URL]")
        if colon and urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("the callback address must begin with http:// or https://")
        return cls(int(number), key, url if colon else None)


def ensure(asked: Asked) -> None:
    """Make the enterprise, or give the one there is the key (and the address, where one is given) anew."""
    changes = {"tic_key": asked.tic_key}
    if asked.call_back_url is not None:
        changes["call_back_url"] = asked.call_back_url
    with writing(), ledger.caused_by("start"):
        enterprises.ensure(asked.sdkappid, **changes)


def hold(data: Path) -> IO[str]:
    """The folder's lock, held while the returned file is open; one service a folder."""
    data.mkdir(parents=True, exist_ok=True)
    lock = (data / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise NotStarted(f"another sandbox is using {data}: stop it or give another --data") from None
    return lock


def listen(host: str, port: int) -> Server:
    """The server on its port; port 0 takes a free one."""
    try:
        return Server(host, port, get_wsgi_application())
    except OSError as error:
        raise NotStarted(f"cannot listen on {host}:{port}: {error.strerror or error}") from None


def serve(server: Server, url: str, data: Path) -> None:
    """Answer until SIGTERM or SIGINT, then end within two seconds with everything on the disk."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    courier, housekeeper = Courier(), housekeeping.Housekeeper()
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


def prepare(asked: list[Asked], public_url: str) -> None:
    """Bring the state up to date and take up what was kept from before."""
    call_command("migrate", verbosity=0, interactive=False)
    address.set_public(public_url)
    knobs.load()
    housekeeping.restore_clock()
    for one in asked:
        ensure(one)
