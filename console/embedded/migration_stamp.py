"""Whether the embedded database has the tables of this code: a start then need not run `migrate`.

The answer lies in the database, as the comment of the table in which Django records migrations: a digest of
the code, how many migrations were recorded, and which table this is. A migration that somebody took back by
hand invalidates it, and so does a restored dump, which brings the comment but neither roles nor policies.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql

from console.embedded.paths import data_paths

_TABLE = "django_migrations"
_READ = "SELECT obj_description(to_regclass(%s))"
_STATE = """
    SELECT count(*), max(id), (SELECT system_identifier FROM pg_control_system()), to_regclass(%s)::oid
    FROM django_migrations
"""


def is_migrated(data: Path, files: Iterable[Path]) -> bool:
    """Return whether `save_stamp` was called for these files and no migration was recorded since."""
    try:
        with psycopg.connect(data_paths(data).database_url, connect_timeout=5) as connection:
            row = connection.execute(_READ, [_TABLE]).fetchone()
            return row is not None and row[0] is not None and row[0] == _stamp(connection, files)
    except psycopg.Error:
        return False


def save_stamp(data: Path, files: Iterable[Path]) -> None:
    """Record that the tables are those of these files; call it after `migrate`."""
    with psycopg.connect(data_paths(data).database_url, connect_timeout=5) as connection:
        comment = sql.Literal(_stamp(connection, files))
        connection.execute(sql.SQL("COMMENT ON TABLE django_migrations IS {}").format(comment))


def code_files(base: Path) -> list[Path]:
    """Return all modules of the packages in `base`, and the list of installed packages.

    Not the migrations alone: at its end `migrate` installs policies, triggers and functions of the database
    from registrations that lie anywhere in the code.
    """
    packages = (package for package in base.iterdir() if (package / "__init__.py").exists())
    modules = sorted(path for package in packages for path in package.rglob("*.py"))
    return [*modules, base / "requirements.txt"]


def _stamp(connection: "psycopg.Connection[tuple[object, ...]]", files: Iterable[Path]) -> str:
    digest = hashlib.sha256(os.environ.get("DATABASE_WEB_ROLE", "").encode())
    for path in files:
        digest.update(b"%s\0%s\0" % (os.fsencode(path), path.read_bytes()))
    state = connection.execute(_STATE, [_TABLE]).fetchone() or ()
    return " ".join([digest.hexdigest(), *map(str, state)])
