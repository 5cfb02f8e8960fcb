"""Where everything of one data folder lies. Pure: nothing is touched, nothing is started."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

DATABASE = "console"
USER = "console"
PORT = 5432


@dataclass(frozen=True)
class Places:
    """The addresses and folders that belong to one CONSOLE_DATA."""

    data_dir: Path
    socket_dir: Path
    database_dir: Path
    """The files of PostgreSQL; `hold` tells where they really are if that is not below `data_dir`."""

    @property
    def database_url(self) -> str:
        """For libpq, psycopg and django-environ alike. The port is named so that PGPORT has no say."""
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
        """Here the supervisor tells anyone who connects how its servers are."""
        return self.socket_dir / "supervisor.sock"

    @property
    def run_dir(self) -> Path:
        """Locks and logs."""
        return self.data_dir / "embedded"

    def lock(self, name: str) -> Path:
        return self.run_dir / f"{name}.lock"

    def log(self, name: str) -> Path:
        return self.run_dir / f"{name}.log"


def places(data: Path) -> Places:
    """The places of the data folder `data`; two spellings of one folder have the same places.

    Sockets have a short path of their own, for the kernel allows 107 bytes. It lies under /tmp whatever
    TMPDIR says, since processes with different environments must agree on it.
    """
    data = Path(os.path.realpath(data))
    return Places(
        data_dir=data,
        socket_dir=Path(f"/tmp/iclass-console-{digest(data)}"),
        database_dir=data / "postgres",
    )


def digest(data: Path) -> str:
    """A short name for a data folder."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
