"""The embedded PostgreSQL: made once, started, found broken, ended."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from console.embedded.binaries import OWN_FOLDER, Binaries, open_own_folder, postgres_binaries, runnable_by
from console.embedded.errors import EmbeddedError
from console.embedded.places import DATABASE, PORT, USER, Places, digest
from console.embedded.processes import Step, spawn, stop
from console.embedded.users import Person, check_owner, database_person

START_S = 60.0
_ENDINGS = (Step(signal.SIGINT, 2.5), Step(signal.SIGQUIT, 1.0))
"""Ask it to close; past that let it stop without a checkpoint, which the next start repairs."""

_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server on one Unix socket; it listens on no network."""

    name = "database"

    def __init__(self, places: Places) -> None:
        self.places = places
        self.folder = places.database_dir
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers; EmbeddedError with the reason when it cannot."""
        elsewhere = OWN_FOLDER / digest(self.places.data_dir) / "postgres"
        person = database_person([elsewhere, self.places.database_dir])
        self.folder = _choose_folder(self.places, elsewhere, person)
        binaries = self._prepare_folder(person)
        if person:
            os.chown(self.places.socket_dir, person.uid, person.gid)
        _end_leftover(self.folder)
        log = self.places.log("postgres")
        written = log.stat().st_size if log.exists() else 0
        command = [str(binaries.postgres), "-D", str(self.folder), *self._options()]
        self._process = spawn(command, log=log, person=person, orphaned=signal.SIGQUIT)
        self._wait(written)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, _ENDINGS)
            self._process = None

    def _prepare_folder(self, person: Person | None) -> Binaries:
        """Make the database where there is none; the binaries that fit it."""
        version = self.folder / "PG_VERSION"
        if self.folder.exists():
            check_owner(self.folder, person)
            if not version.exists():
                raise EmbeddedError(
                    f"{self.folder} is not a PostgreSQL database, or a damaged one (PG_VERSION is missing). "
                    "Move it away to begin with an empty database."
                )
            return runnable_by(person, postgres_binaries(_major(version)))
        binaries = runnable_by(person, postgres_binaries())
        _make(self.folder, binaries, person)
        return binaries

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.socket_dir),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if _is_fast():
            settings |= _FAST
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _wait(self, written: int) -> None:
        """Until it answers and has our database. `written` is where this start's log begins."""
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.alive():
            try:
                _make_database(self.places)
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return
        self.stop()
        log = self.places.log("postgres")
        raise EmbeddedError(
            f"The database in {self.folder} does not start: {_last_words(log, written)} (log: {log}). "
            "Repair it, or move that folder away to begin with an empty database."
        )


def _choose_folder(places: Places, elsewhere: Path, person: Person | None) -> Path:
    """Below the data folder, or in a folder of our own where `person` cannot get there.

    A database that lies elsewhere stays there, even when the way to the data folder opened since.
    """
    if person is None or (places.database_dir.exists() and person.can_enter(places.data_dir)):
        return places.database_dir
    if elsewhere.exists():
        return elsewhere
    if places.database_dir.exists():
        raise EmbeddedError(
            f"The user {person.name}, who runs the database, cannot reach {places.database_dir} any more: "
            "open the folders above it, or move it away to begin with an empty database."
        )
    return places.database_dir if person.can_enter(places.data_dir) else elsewhere


def _make(folder: Path, binaries: Binaries, person: Person | None) -> None:
    """initdb beside the folder, then rename: an interrupted one leaves nothing that looks like a database."""
    half = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    if folder.is_relative_to(OWN_FOLDER):
        open_own_folder(folder.parent)
    half.mkdir(mode=0o700)
    if person:
        os.chown(half, person.uid, person.gid)
    command = [str(binaries.initdb), "-D", str(half), "-U", USER, "--auth=trust", "--encoding=UTF8"]
    if _is_fast():
        command += ["--no-sync"]
    if binaries.major >= 17:
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        command += ["--locale=C.UTF-8"]
    done = subprocess.run(
        command,
        cwd="/",
        capture_output=True,
        text=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        **(person.popen_arguments() if person else {}),
    )
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise EmbeddedError(
            f"No database could be made in {folder}: {reason[0] if reason else 'no reason given'}"
        )
    half.rename(folder)


def _is_fast() -> bool:
    """For tests: speed instead of surviving a power cut."""
    return os.environ.get("CONSOLE_EMBEDDED_FAST") == "1"


def _make_database(places: Places) -> None:
    """See that our database is there; OperationalError while the server does not answer."""
    host, port = str(places.socket_dir), PORT
    with psycopg.connect(host=host, port=port, user=USER, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f"create database {DATABASE}")


def _major(version: Path) -> int:
    try:
        return int(version.read_text().strip())
    except ValueError:
        raise EmbeddedError(
            f"{version} is damaged. Move {version.parent} away to begin with an empty database."
        ) from None


def _end_leftover(folder: Path) -> None:
    """End a server that runs on this folder without a supervisor, and remove a pid file that names nobody.

    PostgreSQL itself refuses to start where the number in that file belongs to any process, as it may
    after a restart of the machine.
    """
    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return
    first = pid_file.read_text().partition("\n")[0].strip()
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if not first.isdecimal() or not _serves(int(first), folder):
            break
        os.kill(int(first), number)
        until = time.monotonic() + 5
        while _serves(int(first), folder) and time.monotonic() < until:
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _serves(pid: int, folder: Path) -> bool:
    """Whether this process is a PostgreSQL server of this folder: it works inside it."""
    process = Path(f"/proc/{pid}")
    try:
        return (process / "comm").read_text().strip() == "postgres" and (process / "cwd").samefile(folder)
    except OSError:
        return False


def _last_words(log: Path, written: int) -> str:
    with log.open("rb") as lines:
        lines.seek(written)
        text = lines.read().decode(errors="replace").splitlines()
    fatal = [line for line in text if "FATAL" in line or "PANIC" in line]
    return (fatal or text or ["it says nothing"])[-1].strip()
