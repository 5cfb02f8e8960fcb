"""The embedded PostgreSQL: creation, start, health check and stop."""

import errno
import locale
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from console.embedded.binaries import OWN_FOLDER, Binaries, open_own_folder, postgres_binaries, runnable_by
from console.embedded.errors import EmbeddedError
from console.embedded.paths import DATABASE, PORT, USER, DataPaths, path_digest
from console.embedded.processes import StopStep, spawn, stop
from console.embedded.system_users import SystemUser, check_folder, check_owner, database_user

START_S = 60.0
_STOP_STEPS = (StopStep(signal.SIGINT, 2.5), StopStep(signal.SIGQUIT, 1.0))
"""Request a clean shutdown; after that an immediate one, which the next start recovers from."""

MISSING = "does not exist"
NO_SPACE = os.strerror(errno.ENOSPC)
_FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Between two tests it would find tables empty, and the plans of the next would count on that.
    "autovacuum": "off",
}


class Postgres:
    """One server on one Unix socket; it listens on no network."""

    name = "database"

    def __init__(self, paths: DataPaths) -> None:
        self.paths = paths
        self.folder = paths.database_dir
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when the server answers; EmbeddedError with the reason if it cannot start."""
        elsewhere = OWN_FOLDER / path_digest(self.paths.data_dir) / "postgres"
        person = database_user([elsewhere, self.paths.database_dir])
        self.folder = _choose_folder(self.paths, elsewhere, person)
        binaries = self._prepare_folder(person)
        if person:
            os.chown(self.paths.socket_dir, person.uid, person.gid)
        _stop_leftover(self.folder)
        log = self.paths.log("postgres")
        written = log.stat().st_size if log.exists() else 0
        command = [str(binaries.postgres), "-D", str(self.folder), *self._options()]
        self._process = spawn(command, log=log, person=person, parent_death_signal=signal.SIGQUIT)
        self._wait(written)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, _STOP_STEPS)
            self._process = None

    def _prepare_folder(self, person: SystemUser | None) -> Binaries:
        """Create the database if there is none; return the matching binaries."""
        version = self.folder / "PG_VERSION"
        check_folder(self.folder)
        if self.folder.exists():
            check_owner(self.folder, person)
            # Copies and restored backups often have wider rights, with which PostgreSQL does not start.
            self.folder.chmod(0o700)
            if not version.exists():
                raise EmbeddedError(
                    f"{self.folder} is not a PostgreSQL database, or a damaged one (PG_VERSION is missing). "
                    "Move it away to begin with an empty database."
                )
            return runnable_by(person, postgres_binaries(_major(version)))
        binaries = runnable_by(person, postgres_binaries())
        _init_database(self.folder, binaries, person)
        return binaries

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.paths.socket_dir),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if _is_fast():
            settings |= _FAST_SETTINGS
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _wait(self, written: int) -> None:
        """Wait until the server answers and has our database. `written` is the log size before the start."""
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.alive():
            try:
                _create_database(self.paths)
            except psycopg.OperationalError as error:
                if MISSING in str(error):  # files of the database itself, which no waiting brings back
                    break
                time.sleep(0.03)
            else:
                return
        self.stop()
        log = self.paths.log("postgres")
        reason = _last_log_line(log, written)
        remedy = "Repair it, or move that folder away to begin with an empty database."
        if NO_SPACE in reason:
            remedy = "Make space on its disk, then start again."
        raise EmbeddedError(f"The database in {self.folder} does not start: {reason} (log: {log}). {remedy}")


def _choose_folder(paths: DataPaths, elsewhere: Path, person: SystemUser | None) -> Path:
    """Return the folder below the data folder, or `elsewhere` if `person` cannot enter it.

    An existing database elsewhere stays there, even if the data folder has become accessible.
    """
    if person is None or (paths.database_dir.exists() and person.can_enter(paths.data_dir)):
        return paths.database_dir
    if elsewhere.exists():
        return elsewhere
    if paths.database_dir.exists():
        raise EmbeddedError(
            f"The user {person.name}, who runs the database, cannot reach {paths.database_dir} any more: "
            "open the folders above it, or move it away to begin with an empty database."
        )
    return paths.database_dir if person.can_enter(paths.data_dir) else elsewhere


def _character_type() -> str:
    """Return the locale of LC_CTYPE. With "C", trigram indexes leave out Chinese: searches read all rows."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        return locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _init_database(folder: Path, binaries: Binaries, person: SystemUser | None) -> None:
    """Run initdb beside the folder, then rename: an interrupted run leaves nothing that looks complete."""
    partial = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    if folder.is_relative_to(OWN_FOLDER):
        open_own_folder(folder.parent)
    partial.mkdir(mode=0o700)
    if person:
        os.chown(partial, person.uid, person.gid)
    command = [str(binaries.initdb), "-D", str(partial), "-U", USER, "--auth=trust", "--encoding=UTF8"]
    if _is_fast():
        command += ["--no-sync"]
    if binaries.major >= 17:
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [f"--lc-ctype={_character_type()}"]
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
            f"No database could be made in {folder}: {reason[0] if reason else 'no reason given'}. "
            "Make space, or set CONSOLE_DATA to another folder."
        )
    partial.rename(folder)


def _is_fast() -> bool:
    """Whether tests ask for speed instead of durability."""
    return os.environ.get("CONSOLE_EMBEDDED_FAST") == "1"


def _create_database(paths: DataPaths) -> None:
    """Create our database if it is missing; OperationalError while the server does not answer."""
    host, port = str(paths.socket_dir), PORT
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


def _stop_leftover(folder: Path) -> None:
    """Stop a server that runs on this folder without a supervisor, and remove a stale pid file.

    PostgreSQL refuses to start if the number in that file belongs to any process, which can happen after a
    reboot.
    """
    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return
    first = pid_file.read_text(errors="replace").partition("\n")[0].strip()
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if not first.isdecimal() or not _is_postgres_of(int(first), folder):
            break
        os.kill(int(first), number)
        until = time.monotonic() + 5
        while _is_postgres_of(int(first), folder) and time.monotonic() < until:
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _is_postgres_of(pid: int, folder: Path) -> bool:
    """Return whether this process is a PostgreSQL server whose working directory is this folder."""
    process = Path(f"/proc/{pid}")
    try:
        return (process / "comm").read_text().strip() == "postgres" and (process / "cwd").samefile(folder)
    except OSError:
        return False


def _last_log_line(log: Path, written: int) -> str:
    with log.open("rb") as lines:
        lines.seek(written)
        text = lines.read().decode(errors="replace").splitlines()
    fatal = [line for line in text if "FATAL" in line or "PANIC" in line]
    return (fatal or text or ["it says nothing"])[-1].strip()
