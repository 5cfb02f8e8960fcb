"""Changes of tables while others use them."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from console.policy.table_statements import LOCK_S, change_tables
from tests.support import database
from tests.support.lock_waits import wait_until_blocked

TABLES = ("changed_first", "changed_second")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """Another session, and two tables."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE {table} (id integer)")
    with psycopg.connect(database.own_url()) as line:
        yield line
        line.rollback()
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DROP TABLE {table}")


def comment_on(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(%s::regclass)", [table])
        return cursor.fetchone()[0] or ""


def changes() -> dict[str, list[str]]:
    return {
        table: [f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", f"COMMENT ON TABLE {table} IS 'changed'"]
        for table in TABLES
    }


def test_a_request_that_uses_both_tables_the_other_way_round_never_fails(other: psycopg.Connection) -> None:
    other.execute("SELECT * FROM changed_second")
    done = threading.Thread(target=_in_a_connection_of_its_own)
    done.start()
    until = time.monotonic() + 30
    while not comment_on("changed_first"):
        assert time.monotonic() < until
        time.sleep(0.01)

    # The first table is free again although the second one is waited for.
    other.execute("SET lock_timeout = '10s'")
    other.execute("SELECT * FROM changed_first")
    other.rollback()
    done.join()

    assert comment_on("changed_second") == "changed"


def _in_a_connection_of_its_own() -> None:
    try:
        change_tables(changes())
    finally:
        connection.close()


def test_others_wait_behind_it_for_seconds_only_while_a_long_query_runs(other: psycopg.Connection) -> None:
    other.execute("SELECT * FROM changed_first")
    done = threading.Thread(target=_in_a_connection_of_its_own)
    done.start()

    with psycopg.connect(database.own_url(), autocommit=True) as third:
        third.execute(f"SET statement_timeout = '{LOCK_S * 5}s'")
        wait_until_blocked()
        third.execute("SELECT * FROM changed_first")
    assert done.is_alive()
    assert comment_on("changed_first") == ""

    other.rollback()
    done.join()
    assert comment_on("changed_first") == "changed"


def test_the_limit_of_the_session_is_as_before(other: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()
        change_tables(changes())
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == before
