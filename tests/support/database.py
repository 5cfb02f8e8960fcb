"""One migrated template a run; every process of the tests begins with a copy of it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from console.embedded import prepared_schema
from tests.support import environment, template_cache

TEMPLATE = f"console_template_{os.environ['CONSOLE_TEST_RUN']}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """pytest-django asks for this before it makes the test database."""
    with (environment.data_folder() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_template()
    connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
    yield
    if not environment.WORKER:
        _server(f'drop database if exists "{TEMPLATE}"')


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Before the database is dropped at the end, close what a killed program of a test left open in it."""
    yield
    _server("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", own_name())


def own_name() -> str:
    """The name of the database that this process tests with."""
    return str(connection.settings_dict["NAME"])


def url_of(database: str) -> str:
    """The address of another database of the run's server."""
    return urlunsplit(urlsplit(environment.database_url())._replace(path=f"/{database}"))


def own_url() -> str:
    """The address of the database that this process tests with; for programs that tests start."""
    return url_of(own_name())


def _make_template() -> None:
    """Only the first process of a run finds none. A half migrated one is not left behind."""
    if _server("select 1 from pg_database where datname = %s", TEMPLATE):
        return
    _server(f'create database "{TEMPLATE}"')
    if not template_cache.restore(url_of(TEMPLATE)):
        _migrate()
        template_cache.save(url_of(TEMPLATE))
    # The audit trail cannot be emptied, but a test of transactions ends by emptying all tables.
    with psycopg.connect(url_of(TEMPLATE), autocommit=True) as line:
        line.execute("alter table audit_auditentry disable trigger audit_entries_kept")


def _migrate() -> None:
    """Into an empty template, whatever half of a kept one came into it; as the first `make run` does."""
    _server(f'drop database "{TEMPLATE}"')
    _server(f'create database "{TEMPLATE}"')
    prepared_schema.load(url_of(TEMPLATE))
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    variables = os.environ | {"DATABASE_URL": url_of(TEMPLATE)}
    done = subprocess.run(migrate, cwd=environment.ROOT, env=variables, capture_output=True, text=True)
    if done.returncode:
        _server(f'drop database "{TEMPLATE}"')
        pytest.exit(f"The migrations fail:\n{done.stderr}", returncode=1)


def _server(statement: str, *values: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url_of("postgres"), autocommit=True) as line:
        cursor = line.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []
