"""The system user of the database: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.embedded.errors import EmbeddedError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class SystemUser:
    """A user of the system that runs the database."""

    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, *command: str | Path) -> bool:
        """Return whether this command succeeds for the user. The kernel decides, not a reading of modes."""
        try:
            done = subprocess.run(
                [str(part) for part in command], cwd="/", capture_output=True, **self.popen_arguments()
            )
        except OSError:
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        return self.can("/bin/sh", "-c", 'cd "$1"', "sh", folder)


def database_user(folders: list[Path]) -> SystemUser | None:
    """Return the user for the database; None if this process is not root and runs it itself.

    The owner of an existing database in one of `folders` is reused, else the first of "postgres" and "nobody"
    that exists; no user is created.
    """
    if os.geteuid() != 0:
        return None
    owners = [folder.stat().st_uid for folder in folders if folder.exists()]
    for uid in [*filter(None, owners), *database_uids()]:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            continue
        return SystemUser(entry.pw_name, uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody: "
        "add one, start as another user, or set DATABASE_URL."
    )


def database_uids() -> list[int]:
    """Return the possible owners of files that root created for the database; empty without root."""
    if os.geteuid() != 0:
        return []
    return [entry.pw_uid for name in _CANDIDATES for entry in pwd.getpwall() if entry.pw_name == name]


def check_folder(folder: Path) -> None:
    """Raise EmbeddedError if something other than a folder is where the database should be."""
    if folder.is_symlink() and not folder.exists():
        raise EmbeddedError(
            f"{folder} is a symbolic link to {os.readlink(folder)}, which does not exist: restore or mount "
            "that folder, or remove the link to begin with an empty database."
        )
    if folder.exists() and not folder.is_dir():
        raise EmbeddedError(f"{folder} is not a folder: move it away to begin with an empty database.")


def check_owner(folder: Path, person: SystemUser | None) -> None:
    """Raise EmbeddedError if the database folder belongs to another user."""
    owner, user = folder.stat().st_uid, person.uid if person else os.geteuid()
    if owner != user:
        raise EmbeddedError(
            f"The database folder {folder} belongs to {_name(owner)}, not to {_name(user)}: "
            "start as the user who made it, or set CONSOLE_DATA to another folder."
        )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
