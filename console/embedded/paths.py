"""Paths and addresses of a data folder. Pure: nothing is created or started."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

DATABASE = "console"
USER = "console"
PORT = 5432


@dataclass(frozen=True)
class DataPaths:
    """The paths and addresses of one CONSOLE_DATA."""

    data_dir: Path
    socket_dir: Path
    database_dir: Path
    """The files of PostgreSQL; `hold` returns the actual folder if that is not below `data_dir`."""

    @property
    def database_url(self) -> str:
        """For libpq, psycopg and django-environ alike. It names the port, so that PGPORT has no effect."""
        return f"postgresql://{USER}@/{DATABASE}?host={self.socket_dir}&port={PORT}"

    @property
    def broker_url(self) -> str:
        """For Celery and kombu."""
        return f"redis+socket://{self.broker_socket}?virtual_host=0"

    @property
    def broker_socket(self) -> Path:
        return self.socket_dir / "broker.sock"

    @property
    def control_socket(self) -> Path:
        """The socket on which the supervisor reports the state of its servers."""
        return self.socket_dir / "supervisor.sock"

    @property
    def run_dir(self) -> Path:
        """Locks and logs."""
        return self.data_dir / "embedded"

    def lock(self, name: str) -> Path:
        return self.run_dir / f"{name}.lock"

    def log(self, name: str) -> Path:
        return self.run_dir / f"{name}.log"


def data_paths(data: Path) -> DataPaths:
    """Return the paths of the data folder `data`; two spellings of one folder have the same paths.

    Sockets have a short path outside of it, because the kernel allows 107 bytes. It is under /tmp whatever
    TMPDIR is, since processes with different environments must agree on it.
    """
    data = Path(os.path.realpath(data))
    return DataPaths(
        data_dir=data,
        socket_dir=Path(f"/tmp/iclass-console-{path_digest(data)}"),
        database_dir=data / "postgres",
    )


def path_digest(data: Path) -> str:
    """Return a short name for a data folder."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
