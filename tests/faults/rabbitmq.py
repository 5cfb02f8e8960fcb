"""A RabbitMQ of the harness's own, from Debian's package: started in a folder, killed, started again."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.support.programs import find_port

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_S = 60.0


def is_installed() -> bool:
    """Whether the machine has RabbitMQ; `make faults` installs it where it may."""
    return SERVER.exists()


class RabbitMQ:
    """One node on loopback. `url` is its address; what it was told to keep outlives a kill."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port, self.epmd = folder, find_port(), find_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Come up, and wait until the node speaks AMQP."""
        with (self.folder / "node.log").open("ab") as said:
            self.process = subprocess.Popen(
                [str(SERVER)],
                env=os.environ | self._settings(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        until = time.monotonic() + START_S
        while not self._answers():
            assert time.monotonic() < until, (self.folder / "node.log").read_text(errors="replace")[-2000:]
            time.sleep(0.2)

    def _settings(self) -> dict[str, str]:
        base = str(self.folder)
        return {
            "HOME": base,
            "RABBITMQ_NODENAME": f"faults{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(find_port()),
            "RABBITMQ_MNESIA_BASE": f"{base}/data",
            "RABBITMQ_LOG_BASE": f"{base}/log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{base}/plugins",
            "RABBITMQ_CONF_ENV_FILE": f"{base}/none.conf",
            "RABBITMQ_CONFIG_FILE": f"{base}/none",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.epmd),
        }

    def _answers(self) -> bool:
        """AMQP greets whoever sends its own greeting; a port that is merely open does not."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2) as line:
            line.sendall(b"AMQP\x00\x00\x09\x01")
            return bool(line.recv(7))
        return False

    def kill(self) -> None:
        """kill -9 of the node with all that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self) -> None:
        """The node, and the directory of nodes that Erlang leaves behind as a daemon."""
        self.kill()
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and self._is_ours(entry):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(entry.name), signal.SIGKILL)

    def _is_ours(self, entry: Path) -> bool:
        try:
            return f"ERL_EPMD_PORT={self.epmd}".encode() in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            return False
