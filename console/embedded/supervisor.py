"""The owner of both servers: `python -m console.embedded.supervisor DATA` detaches and stays while needed.

A server is needed while anyone holds its lock shared. Every few moments the supervisor tries each lock
exclusively: where it succeeds it stops that server, and when no server is needed it ends.
"""

import json
import os
import select
import signal
import socket
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from console.embedded.errors import EmbeddedError
from console.embedded.locks import Lock
from console.embedded.places import Places, places
from console.embedded.postgres import Postgres
from console.embedded.users import database_uids
from console.embedded.valkey import Valkey

TICK_S = 0.2


class Server(Protocol):
    name: str

    def start(self) -> None: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...


class Charge:
    """One server with its lock, and how it stands: off, ready or failed."""

    def __init__(self, server: Server, spots: Places) -> None:
        self.server = server
        self.lock = Lock(spots.lock(server.name))
        self.state = "off"
        self.problem = ""

    def tend(self) -> bool:
        """Bring the server to what is wanted of it; whether it is wanted."""
        if self.lock.try_exclusive():
            self._off()
            self.lock.unlock()
            return False
        if self.state == "off" or (self.state == "ready" and not self.server.alive()):
            self._on()
        return True

    def _on(self) -> None:
        try:
            self.server.start()
        except (EmbeddedError, OSError) as error:
            self.server.stop()
            self.state, self.problem = "failed", str(error)
        else:
            self.state, self.problem = "ready", ""

    def _off(self) -> None:
        self.server.stop()
        self.state, self.problem = "off", ""


class Supervisor:
    def __init__(self, spots: Places, listener: socket.socket) -> None:
        self._spots = spots
        self._listener = listener
        self._postgres = Postgres(spots)
        self._charges = [Charge(Valkey(spots), spots), Charge(self._postgres, spots)]
        self._told_to_end = False

    def run(self) -> None:
        """Tend and answer until nothing is wanted; leaves no server behind, whatever happens."""
        signal.signal(signal.SIGTERM, self._end)
        try:
            while self._tend() and not self._told_to_end:
                if select.select([self._listener], [], [], TICK_S)[0]:
                    self._answer()
        finally:
            for charge in self._charges:
                charge.server.stop()
            with suppress(OSError):
                self._spots.control_socket.unlink()
                self._spots.socket_dir.rmdir()

    def _tend(self) -> bool:
        """Whether any server is wanted, after each was tended."""
        wanted = [charge.tend() for charge in self._charges]
        return any(wanted)

    def _answer(self) -> None:
        """Tell one caller how the servers are. It may ask for one that is not yet started."""
        with suppress(OSError), self._listener.accept()[0] as line:
            self._tend()
            report = {
                each.server.name: {"state": each.state, "problem": each.problem} for each in self._charges
            }
            line.sendall(json.dumps(report | {"database_dir": str(self._postgres.folder)}).encode())

    def _end(self, number: int, frame: object) -> None:
        self._told_to_end = True


def listen(spots: Places) -> socket.socket:
    """The control socket, in a folder that nobody else may enter."""
    folder = spots.socket_dir
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), *database_uids()}:
        raise EmbeddedError(
            f"{folder} belongs to somebody else; remove it, or set CONSOLE_DATA to another folder."
        )
    folder.chmod(0o700)
    spots.control_socket.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(spots.control_socket))
    listener.listen(128)
    return listener


def detach(log: Path) -> bool:
    """Go on in a child that no terminal and no parent can reach; True there, False in the parent."""
    if os.fork():
        return False
    os.setsid()
    os.chdir("/")
    with log.open("ab") as output, open(os.devnull, "rb") as nothing:
        for target, source in ((0, nothing), (1, output), (2, output)):
            os.dup2(source.fileno(), target)
    return True


def main(data: Path) -> None:
    spots = places(data)
    only_one = Lock(spots.lock("supervisor"))
    if not only_one.try_exclusive():
        return
    listener = listen(spots)
    if detach(spots.log("supervisor")):
        Supervisor(spots, listener).run()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except (EmbeddedError, OSError) as error:
        sys.exit(str(error))
