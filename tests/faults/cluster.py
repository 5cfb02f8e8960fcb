"""Two PostgreSQL servers, a primary and its standby, which change places when the primary is killed.

    cluster = Cluster(folder)          synchronous: a commit returns when the standby has it on its disk
    cluster.start()
    cluster.url                        names both; a client connects to the one that takes writes
    cluster.kill_primary()
    cluster.promote()                  the standby is the primary from now on
    cluster.rejoin()                   the killed one is rewound to what the new primary has, and follows it

These are the steps of docs/production.md.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from console.embedded.binaries import postgres_binaries, runnable_by
from console.embedded.processes import die_with_parent
from console.embedded.system_users import SystemUser, database_user

USER, DATABASE, PORT = "console", "console", 5432
START_S = 60.0
#: What the administrator of the servers sets on both.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "120",
    "fsync": "off",  # processes die here, and never the machine
    "wal_log_hints": "on",  # without which a server cannot be rewound
    "wal_keep_size": "512MB",
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "wal_retrieve_retry_interval": "200ms",
    "timezone": "UTC",
}


class Server:
    """One of the two: its folders, and its process while it runs."""

    def __init__(self, folder: Path, person: SystemUser | None) -> None:
        self.person, self.data, self.socket = person, folder / "data", folder / "socket"
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        for each in (folder, self.socket):
            each.mkdir(mode=0o755)
            if person:
                os.chown(each, person.uid, person.gid)
        self.log.touch()

    @property
    def url(self) -> str:
        """The address of the console's database on this server, whatever it is."""
        return f"postgresql://{USER}@/{DATABASE}?{urlencode({'host': str(self.socket), 'port': PORT})}"

    def start(self) -> None:
        """Start the server, and wait until it takes connections."""
        own_socket = ["-c", f"unix_socket_directories={self.socket}"]
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(_binary("postgres", self.person)), "-D", str(self.data), *own_socket],
                cwd="/",
                env={"LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGQUIT),
                **(self.person.popen_arguments() if self.person else {}),
            )
        _until(self._answers, f"{self.data} does not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """kill -9 of the server and of all its processes at once, as if the machine had died."""
        if self.process is not None:
            for pid in (*self.children(), self.process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def children(self, title: str = "") -> list[int]:
        """Return the processes of the server whose title has this text."""
        assert self.process is not None
        pid = self.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        titles = {int(one): Path(f"/proc/{one}/cmdline") for one in found}
        return [one for one, path in titles.items() if path.exists() and title in path.read_text()]

    def has_waiting_commit(self) -> bool:
        """Whether a commit waits for the standby."""
        return bool(self.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))

    def sql(self, query: str) -> list[tuple[object, ...]]:
        """Run a statement as the owner, outside of a transaction."""
        with psycopg.connect(
            host=str(self.socket), port=PORT, user=USER, dbname="postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(query)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def run(self, name: str, *arguments: str) -> None:
        """Run a program of PostgreSQL as the user of the server."""
        done = subprocess.run(
            [str(_binary(name, self.person)), *arguments],
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            **(self.person.popen_arguments() if self.person else {}),
        )
        assert done.returncode == 0, f"{name}: {done.stderr}"

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        with contextlib.suppress(psycopg.OperationalError):
            return self.sql("SELECT 1") == [(1,)]
        return False


class Cluster:
    """A primary and a standby. With `synchronous` every commit waits for the standby's disk."""

    def __init__(self, folder: Path, *, synchronous: bool = True) -> None:
        person = database_user([])
        self.synchronous = synchronous
        self.primary, self.standby = (Server(folder / name, person) for name in ("a", "b"))
        hosts = ",".join(str(one.socket) for one in (self.primary, self.standby))
        options = {"host": hosts, "port": f"{PORT},{PORT}", "target_session_attrs": "read-write"}
        self.url = f"postgresql://{USER}@/{DATABASE}?{urlencode(options)}"

    def start(self) -> None:
        """Make both servers and the database, and begin to replicate."""
        first, second = self.primary, self.standby
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        first.run("initdb", "-D", str(first.data), "-U", USER, "--auth=trust", "--no-sync", *locale)
        with (first.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        first.start()
        first.sql(f"CREATE DATABASE {DATABASE}")
        source = ["-h", str(first.socket), "-p", str(PORT), "-U", USER]
        second.run("pg_basebackup", *source, "-D", str(second.data), "-R", "-c", "fast", "--no-sync")
        second.start()
        self._follow()

    def stop(self) -> None:
        for server in (self.standby, self.primary):
            server.kill()

    def kill_primary(self) -> None:
        self.primary.kill()

    def promote(self) -> None:
        """Let the standby take writes. Nobody follows it yet, so that its commits wait for nobody."""
        self.standby.sql("SELECT pg_promote(true, 60)")
        self.primary, self.standby = self.standby, self.primary

    def rejoin(self) -> None:
        """Rewind the killed server to where the new primary went on without it, and let it follow."""
        source = f"host={self.primary.socket} port={PORT} user={USER} dbname=postgres"
        data = str(self.standby.data)
        self.standby.run("pg_rewind", "--target-pgdata", data, "--source-server", source, "-R", "--no-sync")
        self.standby.start()
        self._follow()

    @contextlib.contextmanager
    def cut_off(self) -> Iterator[None]:
        """Let nothing reach the standby, as a broken network would."""
        senders = self.primary.children("walsender")
        for pid in senders:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in senders:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _follow(self) -> None:
        """Wait until the standby follows; from then on commits wait for it, if that is wanted."""
        query = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"
        _until(lambda: bool(self.primary.sql(query)), "the standby does not follow")
        if self.synchronous:
            self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
            self.primary.sql("SELECT pg_reload_conf()")
            waits = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
            _until(lambda: bool(self.primary.sql(waits)), "commits do not wait for the standby")


def _binary(name: str, person: SystemUser | None) -> Path:
    return runnable_by(person, postgres_binaries()).folder / name


def _until(ready: Callable[[], bool], message: str) -> None:
    until = time.monotonic() + START_S
    while not ready():
        assert time.monotonic() < until, message
        time.sleep(0.05)
