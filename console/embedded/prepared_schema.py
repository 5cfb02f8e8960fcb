"""The tables of an empty embedded database as one SQL file, which `migrate` then brings up to date.

Running all migrations one after the other takes half a minute, loading the file two seconds. The file may be
older than the code: migrations that it does not hold are applied on top. Row policies and roles are not in
it, because `migrate` lays them at its end. After many new migrations write it anew, with a database running:

    python -m console.embedded.prepared_schema
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from console.embedded.binaries import postgres_binaries
from console.embedded.paths import data_paths
from console.embedded.startup import start_servers

BASE_DIR = Path(__file__).resolve().parents[2]
SCHEMA_FILE = Path(__file__).with_name("prepared_schema.sql")
_HEADINGS = re.compile(r"\n+--\n-- (?:Name|PostgreSQL)[^\n]*\n--\n+")
#: Of pg_dump, by name: the bodies of functions have lines that begin with SET, too.
_SETTINGS = re.compile(
    r"^(?:SET (?:\w+_timeout|client_\w+|standard_conforming_strings|check_function_bodies|xmloption"
    r"|row_security|default_\w+) = |\\(?:un)?restrict |-- Dumped |SELECT pg_catalog\.set_config)[^\n]*\n+",
    re.MULTILINE,
)
#: Of the loading session: names in the file are qualified, and functions name tables that follow.
_BEFORE = "SET check_function_bodies = false;\nSELECT set_config('search_path', '', false);\n"
_POLICIES = "SELECT policyname, schemaname, tablename FROM pg_policies"
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"


def load(database_url: str, file: Path = SCHEMA_FILE) -> bool:
    """Fill an empty database from a file of `dump`, all or nothing.

    Return False where it is not empty, or where its server is too old for the file: `migrate` does all then.
    """
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if tables != (0,):
            return False
        try:
            connection.execute(_BEFORE.encode() + file.read_bytes())
        except psycopg.errors.SyntaxErrorOrAccessRuleViolation:
            connection.rollback()
            return False
    return True


def dump(database_url: str) -> str:
    """Return the tables of a migrated database and its list of migrations as SQL."""
    with psycopg.connect(database_url) as connection:
        for policy, schema, table in connection.execute(_POLICIES).fetchall():
            drop = sql.SQL("DROP POLICY {} ON {}").format(
                sql.Identifier(policy), sql.Identifier(schema, table)
            )
            connection.execute(drop)
        rows = connection.execute(_MIGRATIONS).fetchall()
    pg_dump = str(postgres_binaries().folder / "pg_dump")
    command = [pg_dump, "--schema-only", "--no-owner", "--no-privileges", database_url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    text = _SETTINGS.sub("", _HEADINGS.sub("\n\n", f"\n{told}")).strip()
    return f"{text}\n\n{''.join(_recorded(app, name) for app, name in rows)}"


def _recorded(app: str, name: str) -> str:
    return f"INSERT INTO public.django_migrations (app, name, applied) VALUES ('{app}', '{name}', now());\n"


def main() -> None:
    """Migrate a new database of the embedded server and write its tables to the file."""
    start_servers(BASE_DIR)
    paths = data_paths(BASE_DIR / "var")
    name = "console_prepared_schema"
    url = urlunsplit(urlsplit(paths.database_url)._replace(path=f"/{name}"))
    with psycopg.connect(paths.database_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
        try:
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
            subprocess.run(migrate, check=True, cwd=BASE_DIR, env={**os.environ, "DATABASE_URL": url})
            SCHEMA_FILE.write_text(dump(url))
        finally:
            connection.execute(f"DROP DATABASE {name}")


if __name__ == "__main__":
    main()
