"""An ordinary owner of a database: what an administrator runs once, and then the console as everywhere."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from console.embedded import prepared_schema
from tests.faults.sizes import FULL
from tests.support import database
from tests.support.environment import ROOT
from tests.support.prepared_schema import assert_prepared_schema_brings

OWNER = f"plain_{os.environ['CONSOLE_TEST_RUN']}"
WEB = f"{OWNER}_web"
RIGHTS = "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS"
#: What the rules of rows promise, asked as the owner and as each of two people.
ROWS = """
import json
from django.db import connection, transaction, ProgrammingError
from accounts.models import Enterprise, User
from console.policy import database_scope
schools = [Enterprise.objects.create(name=n, sdkappid=i, tic_key="k" * 32) for i, n in enumerate("ab", 1)]
people = [
    User.objects.create(enterprise=one, user_id=one.name, role="admin", nickname=one.name) for one in schools
]
told = {"owner": User.objects.count(), "session": connection.settings_dict["USER"]}
def refused(act):
    try:
        with transaction.atomic():
            act()
    except ProgrammingError as error:
        return str(error).splitlines()[0]
with database_scope.use_scope_of(people[0]):
    told["seen"] = [one.user_id for one in User.objects.all()]
    told["schools"] = [one.name for one in Enterprise.objects.all()]
    told["changed"] = User.objects.filter(pk=people[1].pk).update(nickname="x")
    told["foreign"] = refused(lambda: User.objects.bulk_create([User(
        enterprise=schools[1], user_id="c", login="c@2", role="admin", nickname="c")]))
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        told["role"] = cursor.fetchone()[0]
told["after"] = User.objects.count()
print("TOLD", json.dumps(told))
"""
#: Commands one after the other, each as `manage.py` runs it.
COMMANDS = """
import sys
from django.core.management import execute_from_command_line
for line in {lines!r}:
    print("COMMAND", line, file=sys.stderr)
    try:
        execute_from_command_line(["manage.py", *line.split()])
    except SystemExit as end:
        print("EXIT", end.code, file=sys.stderr)
"""
#: The check before a deployment; it ends the program where it finds an error.
CHECKED = """
from django.core.management import call_command
call_command("check", deploy=True, databases=["default"], fail_level="ERROR")
print("CHECKED")
"""
#: The web process starts and is ready, as far as the database is concerned.
SERVED = """
import console.wsgi
from django.test import Client
print("DATABASE", Client(HTTP_HOST="localhost").get("/readyz").json()["database"])
"""

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(1800)]


def as_administrator(*statements: str, at: str = "postgres") -> None:
    with psycopg.connect(database.url_of(at), autocommit=True) as line:
        for statement in statements:
            line.execute(statement)


@pytest.fixture
def owner() -> Iterator[str]:
    """The address of an empty database by which its owner, who may do nothing else, reaches it."""
    as_administrator(f"create role {OWNER} {RIGHTS}", f"create database {OWNER} owner {OWNER}")
    rest = database.url_of(OWNER).partition("@")[2]
    yield f"postgresql://{quote(OWNER)}@{rest}"
    as_administrator(
        f"drop database {OWNER} with (force)", f"drop role if exists {WEB}", f"drop role {OWNER}"
    )


@pytest.fixture
def run(owner: str) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run commands of manage.py, and after them code, in one program: its start takes longer than they do."""

    def start(*lines: str, code: str = "") -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", COMMANDS.format(lines=lines) + code]
        variables = os.environ | {"DATABASE_URL": owner}
        # The check for a server refuses what Playwright needs in the test's own process.
        for name in ("DATABASE_WEB_ROLE", "DJANGO_ALLOW_ASYNC_UNSAFE"):
            variables.pop(name, None)
        return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=900)

    return start


def without_extensions(folder: Path) -> Path:
    """The prepared schema without the comments on extensions, which only their owner may change."""
    lines = prepared_schema.SCHEMA_FILE.read_text().splitlines(keepends=True)
    file = folder / "schema.sql"
    file.write_text("".join(line for line in lines if not line.startswith("COMMENT ON EXTENSION ")))
    return file


def test_an_ordinary_owner_is_told_the_command_and_migrates_once_its_sql_was_run(
    run: Callable[..., "subprocess.CompletedProcess[str]"], owner: str, tmp_path: Path
) -> None:
    """With FAULTS=full all migrations run here, and the prepared schema is compared with what they bring;
    else it is loaded first. tests/upgrades compares it with what the newest migrations bring.
    """
    refused = run("migrate --verbosity=0", "database_roles", "database_roles --sql")
    migrate, roles, sql = refused.stderr.split("COMMAND ")[1:]
    assert "manage.py database_roles --sql" in migrate.partition("\n")[2]
    assert "manage.py database_roles --sql" in roles.partition("\n")[2]
    assert ["EXIT 1" in said for said in (migrate, roles, sql)] == [True, True, False]
    assert "Traceback" not in refused.stderr

    block = refused.stdout
    as_administrator(block, block, at=OWNER)  # twice does no harm
    assert FULL or prepared_schema.load(owner, without_extensions(tmp_path))
    shown = run("database_roles", "migrate --verbosity=0", code=CHECKED + SERVED + ROWS)
    assert shown.stdout.startswith("Nothing is missing"), shown.stderr
    assert "EXIT" not in shown.stderr
    assert "CHECKED" in shown.stdout, shown.stderr
    assert "policy." not in shown.stderr
    assert "DATABASE ok" in shown.stdout, shown.stderr
    assert "TOLD" in shown.stdout, shown.stderr
    told = json.loads(shown.stdout.partition("TOLD")[2])
    assert "row-level security" in told.pop("foreign")
    assert told == {
        "owner": 2,
        "session": OWNER,
        "seen": ["a"],
        "schools": ["a"],
        "changed": 0,
        "role": WEB,
        "after": 2,
    }
    if FULL:
        if "DATABASE_URL" not in os.environ:  # only the embedded PostgreSQL brings its pg_dump
            assert_prepared_schema_brings(owner, WEB, tmp_path)
        assert "EXIT" not in run("migrate --verbosity=0").stderr


def test_the_documentation_shows_what_the_command_prints(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setitem(connection.settings_dict, "USER", "iclass-console")
    settings.DATABASE_WEB_ROLE = "iclass-console_web"
    said = io.StringIO()
    call_command("database_roles", "--sql", stdout=said)
    block = "".join(f"    {line}\n" for line in said.getvalue().splitlines())
    assert block.strip()
    assert block in (ROOT / "docs/production.md").read_text()
