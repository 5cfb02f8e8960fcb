"""Databases that the prepared schema fills, to compare with one that all migrations made."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

from console.embedded import prepared_schema
from tests.support import database, environment

POLICIES = "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"


@contextmanager
def new_database(name: str) -> Iterator[str]:
    """The address of an empty database that exists for a while."""
    name = f"{name}_{os.environ['CONSOLE_TEST_RUN']}"
    with psycopg.connect(environment.database_url(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        try:
            yield database.url_of(name)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def assert_prepared_schema_brings(migrated: str, web_role: str, folder: Path) -> None:
    """The prepared schema brings what all migrations brought to the database `migrated`, for another role.

    PostgreSQL writes some constraints in another way once they were dumped: both go through a file. The row
    policies of `migrated` are gone after that; its next `migrate` lays them again.
    """
    dumped = folder / "migrated.sql"
    policies = _policies(migrated, web_role)
    dumped.write_text(prepared_schema.dump(migrated))
    with new_database("prepared") as prepared, new_database("loaded") as loaded:
        assert prepared_schema.load(prepared)
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        variables = os.environ | {"DATABASE_URL": prepared}
        subprocess.run(migrate, check=True, cwd=environment.ROOT, env=variables)
        assert prepared_schema.load(loaded, dumped)
        assert _policies(prepared, settings.DATABASE_WEB_ROLE) == policies != []
        assert prepared_schema.dump(prepared) == prepared_schema.dump(loaded)


def _policies(url: str, web_role: str) -> list[list[str]]:
    """What each policy says, with the role of requests under one name."""
    with psycopg.connect(url) as line:
        rows = line.execute(POLICIES).fetchall()
    return [[str(value).replace(web_role, "web role") for value in row] for row in rows]
