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
from django.test import TransactionTestCase

from console.embedded import prepared_schema
from console.statement_limits import limit_statements
from tests.support import environment, template_cache

TEMPLATE = f"console_template_{os.environ['CONSOLE_TEST_RUN']}"

#: Filled by migrations, and the same for every test.
KEPT = {"auth_permission", "django_content_type"}
#: Tables that hold pages, with bytes; pages of deleted rows count, until the next vacuum.
FILLED = """
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relname = ANY(%s) AND relkind = 'r' AND pg_relation_size(oid) > 0
"""
#: As truncating leaves it: nothing is known, not that there are no rows, which the plans of the next test
#: would count on.
FORGET_STATISTICS = """
    SELECT pg_clear_relation_stats('public', relname) FROM pg_class
    WHERE relname = ANY(%s) AND relkind = 'r' AND reltuples >= 0
"""
#: Of other connections to this database: what a thread or a program of a test left open.
OPEN_TRANSACTIONS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
        AND backend_type = 'client backend'
"""
#: The run's own server has it off. Elsewhere it would find tables empty between two tests, and the plans of
#: the next would count on that.
NO_AUTOVACUUM = """
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'
        LOOP EXECUTE 'ALTER TABLE ' || name || ' SET (autovacuum_enabled = off)'; END LOOP;
    END $$
"""
MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
#: Bytes from which a table is worth its vacuum: tests after it would read its dead rows.
LARGE = 1_000_000


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """pytest-django asks for this before it makes the test database."""
    with (environment.data_folder() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_template()
    connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
    yield
    if not environment.WORKER:
        on_server(f'drop database if exists "{TEMPLATE}"')


@pytest.fixture(scope="session", autouse=True)
def empty_only_filled_tables() -> Iterator[None]:
    """After a test of transactions, Django truncates every table and sends post_migrate, which lays all row
    policies and triggers again: most of a second for a test that filled three tables.
    """
    truncate_all = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        limit_statements(0)
        _end_open_transactions()
        if not _delete_rows():
            truncate_all(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


def _end_open_transactions() -> None:
    """Those of other connections would keep their rows and locks, and one of this connection its own."""
    if not connection.get_autocommit():
        connection.close()
    with connection.cursor() as cursor:
        cursor.execute(OPEN_TRANSACTIONS)


def _delete_rows() -> bool:
    """From all tables of models, whatever their order; False where database or user cannot do that."""
    with connection.cursor() as cursor:
        if connection.pg_version < 180_000:
            return False
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        if cursor.fetchone() != (True,):
            return False
        names = set(connection.introspection.django_table_names(include_views=False)) - KEPT
        cursor.execute(FILLED, [list(names)])
        filled = cursor.fetchall()
        if filled:
            deletes = "; ".join(f'DELETE FROM "{name}"' for name, _ in filled)
            cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT")
        for name, size in filled:
            if size > LARGE:
                cursor.execute(f'VACUUM "{name}"')
        cursor.execute(FORGET_STATISTICS, [list(names)])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Before the database is dropped at the end, close what a killed program of a test left open in it.

    A statement with a limit, which a test may leave by importing a program, is in a transaction, in which no
    database can be dropped and no table be vacuumed.
    """
    yield
    limit_statements(0)
    end_connections()


def end_connections() -> None:
    """End all connections to the database of this process, with their statements, transactions and locks."""
    on_server("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", own_name())


def own_name() -> str:
    """The name of the database that this process tests with."""
    return str(connection.settings_dict["NAME"])


def url_of(database: str) -> str:
    """The address of another database of the run's server."""
    return urlunsplit(urlsplit(environment.database_url())._replace(path=f"/{database}"))


def own_url() -> str:
    """The address of the database that this process tests with; for programs that tests start."""
    return url_of(own_name())


def migrate(url: str) -> None:
    """Fill an empty database of another server, as the template is filled."""
    if not template_cache.restore(url):
        prepared_schema.load(url)
        variables = os.environ | {"DATABASE_URL": url}
        subprocess.run(MIGRATE, cwd=environment.ROOT, env=variables, check=True)


def _make_template() -> None:
    """Only the first process of a run finds none. A half migrated one is not left behind."""
    if on_server("select 1 from pg_database where datname = %s", TEMPLATE):
        return
    on_server(f'create database "{TEMPLATE}"')
    if not template_cache.restore(url_of(TEMPLATE)):
        _migrate()
        template_cache.save(url_of(TEMPLATE))
    # The audit trail cannot be emptied, but a test of transactions ends by emptying all tables.
    with psycopg.connect(url_of(TEMPLATE), autocommit=True) as line:
        line.execute("alter table audit_auditentry disable trigger audit_entries_kept")
        if os.environ.get("DATABASE_URL"):
            line.execute(NO_AUTOVACUUM)


def _migrate() -> None:
    """Into an empty template, whatever half of a kept one came into it; as the first `make run` does."""
    on_server(f'drop database "{TEMPLATE}"')
    on_server(f'create database "{TEMPLATE}"')
    prepared_schema.load(url_of(TEMPLATE))
    variables = os.environ | {"DATABASE_URL": url_of(TEMPLATE)}
    done = subprocess.run(MIGRATE, cwd=environment.ROOT, env=variables, capture_output=True, text=True)
    if done.returncode:
        on_server(f'drop database "{TEMPLATE}"')
        pytest.exit(f"The migrations fail:\n{done.stderr}", returncode=1)


def on_server(statement: str, *values: str) -> list[tuple[object, ...]]:
    """Run a statement of an administrator, outside of the test's database; its rows."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as line:
        cursor = line.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []
