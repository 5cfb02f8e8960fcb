"""The embedded broker: Valkey on a Unix socket, keeping nothing on disk.

Rows in the database are the queue, a message is only a bell, and the sweep rings again; a broker that
begins empty loses nothing.
"""

import signal
import socket
import subprocess
import time
from contextlib import suppress

from console.embedded.binaries import valkey_binary
from console.embedded.errors import EmbeddedError
from console.embedded.places import Places
from console.embedded.processes import Step, spawn, stop

START_S = 10.0


class Valkey:
    """One server on one Unix socket; it listens on no network."""

    name = "broker"

    def __init__(self, places: Places) -> None:
        self.places = places
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers; EmbeddedError when it cannot."""
        log = self.places.log("valkey")
        command = [str(valkey_binary()), *self._options()]
        self._process = spawn(command, log=log, person=None, orphaned=signal.SIGKILL)
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.alive():
            if self._answers():
                return
            time.sleep(0.02)
        self.stop()
        raise EmbeddedError(f"The broker does not start; its log is {log}.")

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, [Step(signal.SIGTERM, 1.0)])
            self._process = None

    def _options(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.places.broker_socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(self.places.run_dir),
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]

    def _answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(1.0)
            line.connect(str(self.places.broker_socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False
