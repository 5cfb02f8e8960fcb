"""The file that spares a first start all migrations. tests/console/policy/management/test_database_roles.py
compares what it brings with what they do."""

import psycopg
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from console.embedded import prepared_schema
from tests.support.prepared_schema import new_database

#: A start applies the others one by one: beyond this many, write the file anew.
MOST_LATER_MIGRATIONS = 15


def test_a_database_with_tables_is_left_alone() -> None:
    with new_database("with_a_table") as url:
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
