"""The file that spares a first start all migrations brings the same tables as they do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from console.embedded import prepared_schema
from tests.support.environment import ROOT, database_url

#: A start applies the others one by one: beyond this many, write the file anew.
MOST_LATER_MIGRATIONS = 15
POLICIES = "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"


@contextmanager
def _new_database(name: str) -> Iterator[str]:
    """The address of an empty database that exists for a while."""
    url = urlunsplit(urlsplit(database_url())._replace(path=f"/{name}_{os.environ['CONSOLE_TEST_RUN']}"))
    name = urlsplit(url).path.strip("/")
    with psycopg.connect(database_url(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        try:
            yield url
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def _migrate(url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "DATABASE_URL": url})


def _policies(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as line:
        return line.execute(POLICIES).fetchall()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="only the embedded PostgreSQL brings its pg_dump")
def test_it_brings_what_all_migrations_bring(tmp_path: Path) -> None:
    """PostgreSQL writes some constraints in another way once they were dumped: both went through a file."""
    dumped = tmp_path / "migrated.sql"
    with _new_database("migrated") as migrated:
        _migrate(migrated)
        policies = _policies(migrated)
        dumped.write_text(prepared_schema.dump(migrated))
    with _new_database("prepared") as prepared, _new_database("loaded") as loaded:
        assert prepared_schema.load(prepared)
        _migrate(prepared)
        assert prepared_schema.load(loaded, dumped)
        assert _policies(prepared) == policies != []
        assert prepared_schema.dump(prepared) == prepared_schema.dump(loaded)


def test_a_database_with_tables_is_left_alone() -> None:
    with _new_database("with_a_table") as url:
        with psycopg.connect(url) as line:
            line.execute("CREATE TABLE somebody (id bigint)")
        assert not prepared_schema.load(url)
        with psycopg.connect(url) as line:
            tables = line.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert tables == [("somebody",)]


@pytest.mark.django_db
def test_few_migrations_are_newer_than_the_file() -> None:
    known = prepared_schema.SCHEMA_FILE.read_text()
    later = [
        f"{app}.{name}"
        for app, name in MigrationLoader(connection).disk_migrations
        if f"('{app}', '{name}', now())" not in known
    ]
    assert len(later) <= MOST_LATER_MIGRATIONS, "run python -m console.embedded.prepared_schema"
