"""The owner of both servers: `python -m console.embedded.supervisor DATA` detaches and runs while needed.

A server is needed while any process holds its lock shared. The supervisor polls each lock exclusively; if it
gets one it stops that server, and when no server is needed it exits.
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

from console.embedded.errors import EmbeddedError, data_folder_error
from console.embedded.locks import FileLock
from console.embedded.paths import DataPaths, data_paths
from console.embedded.postgres import Postgres
from console.embedded.system_users import database_uids
from console.embedded.valkey import Valkey

POLL_S = 0.2


class Server(Protocol):
    name: str

    def start(self) -> None: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...


class SupervisedServer:
    """A server with its lock and its state: off, ready or failed."""

    def __init__(self, server: Server, server_paths: DataPaths) -> None:
        self.server = server
        self.data = server_paths.data_dir
        self.lock = FileLock(server_paths.lock(server.name))
        self.state = "off"
        self.problem = ""

    def start_or_stop(self) -> bool:
        """Start or stop the server as needed; return whether it is needed."""
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
        except OSError as error:
            self._fail(data_folder_error(self.data, error))
        except EmbeddedError as error:
            self._fail(error)
        else:
            self.state, self.problem = "ready", ""

    def _fail(self, error: EmbeddedError) -> None:
        self.server.stop()
        self.state, self.problem = "failed", str(error)

    def _off(self) -> None:
        self.server.stop()
        self.state, self.problem = "off", ""


class Supervisor:
    def __init__(self, server_paths: DataPaths, listener: socket.socket) -> None:
        self._server_paths = server_paths
        self._listener = listener
        self._postgres = Postgres(server_paths)
        self._supervised = [
            SupervisedServer(Valkey(server_paths), server_paths),
            SupervisedServer(self._postgres, server_paths),
        ]
        self._stop_requested = False

    def run(self) -> None:
        """Supervise and answer until no server is needed; stop all servers in any case."""
        signal.signal(signal.SIGTERM, self._end)
        try:
            while self._update_servers() and not self._stop_requested:
                if select.select([self._listener], [], [], POLL_S)[0]:
                    self._answer()
        finally:
            for supervised in self._supervised:
                supervised.server.stop()
            with suppress(OSError):
                self._server_paths.control_socket.unlink()
                self._server_paths.socket_dir.rmdir()

    def _update_servers(self) -> bool:
        """Update each server; return whether any is needed."""
        needed = [supervised.start_or_stop() for supervised in self._supervised]
        return any(needed)

    def _answer(self) -> None:
        """Report the state of the servers to one caller, after starting those that it may need."""
        with suppress(OSError), self._listener.accept()[0] as connection:
            self._update_servers()
            report = {
                each.server.name: {"state": each.state, "problem": each.problem} for each in self._supervised
            }
            connection.sendall(json.dumps(report | {"database_dir": str(self._postgres.folder)}).encode())

    def _end(self, number: int, frame: object) -> None:
        self._stop_requested = True


def listen(server_paths: DataPaths) -> socket.socket:
    """Return the control socket, in a folder that only its owner may enter."""
    folder = server_paths.socket_dir
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedError(f"{folder} is not a folder: remove it, because the sockets belong there.")
    if found.st_uid not in {os.geteuid(), *database_uids()}:
        raise EmbeddedError(
            f"{folder} belongs to somebody else; remove it, or set CONSOLE_DATA to another folder."
        )
    folder.chmod(0o700)
    server_paths.control_socket.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(server_paths.control_socket))
    listener.listen(128)
    return listener


def detach(log: Path) -> bool:
    """Continue in a detached child process; return True there, False in the parent."""
    if os.fork():
        return False
    os.setsid()
    os.chdir("/")
    with log.open("ab") as output, open(os.devnull, "rb") as nothing:
        for target, source in ((0, nothing), (1, output), (2, output)):
            os.dup2(source.fileno(), target)
    return True


def main(data: Path) -> None:
    server_paths = data_paths(data)
    instance_lock = FileLock(server_paths.lock("supervisor"))
    if not instance_lock.try_exclusive():
        return
    listener = listen(server_paths)
    if detach(server_paths.log("supervisor")):
        Supervisor(server_paths, listener).run()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except OSError as error:
        sys.exit(str(data_folder_error(Path(sys.argv[1]), error)))
    except EmbeddedError as error:
        sys.exit(str(error))
