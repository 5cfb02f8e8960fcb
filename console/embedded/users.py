"""PostgreSQL refuses to run as root: who runs it then, and what that user can reach."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.embedded.errors import EmbeddedError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Person:
    """A user of the machine that the database runs as."""

    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, *command: str | Path) -> bool:
        """Whether this command ends well for this user. The kernel decides, not a reading of modes."""
        try:
            done = subprocess.run(
                [str(part) for part in command], cwd="/", capture_output=True, **self.popen_arguments()
            )
        except OSError:
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        return self.can("/bin/sh", "-c", 'cd "$1"', "sh", folder)


def database_person(folders: list[Path]) -> Person | None:
    """None where this process is not root: the database then runs as this user.

    The owner of a database that exists in one of `folders` is taken again, else the first that the
    machine knows of "postgres" and "nobody"; no user is made.
    """
    if os.geteuid() != 0:
        return None
    owners = [folder.stat().st_uid for folder in folders if folder.exists()]
    for uid in [*filter(None, owners), *database_uids()]:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            continue
        return Person(entry.pw_name, uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody: "
        "add one, start as another user, or set DATABASE_URL."
    )


def database_uids() -> list[int]:
    """Who may own what root made for the database; nobody where this process is not root."""
    if os.geteuid() != 0:
        return []
    return [entry.pw_uid for name in _CANDIDATES for entry in pwd.getpwall() if entry.pw_name == name]


def check_owner(folder: Path, person: Person | None) -> None:
    """EmbeddedError where the database folder belongs to somebody else."""
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
