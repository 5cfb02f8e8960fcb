"""What a former version wrote comes forward: a kept version is loaded, migrated and read.

Every run takes the last one, on which all newer migrations run; `make faults` takes all.
"""

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from console.embedded.binaries import postgres_binaries
from tests.support import database
from tests.support.cast import TIC_KEY
from tests.support.environment import ROOT
from tests.upgrades.dump_version import FIXED_KEYS, OF_ITSELF, dump

*FORMER, LAST = sorted(Path(__file__).resolve().parent.glob("*.sql.gz"))
KEPT = [*(pytest.param(one, marks=(pytest.mark.faults, pytest.mark.full)) for one in FORMER), LAST]
CAST = re.compile(r"::(character varying|text)(\[\])?|[()]")
#: Table → since which version it is gone on purpose, with its rows.
GONE: dict[str, str] = {}
READ = """
import json
from django.apps import apps
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("check", databases=["default"])
rows = {m._meta.db_table: len(list(m._base_manager.all())) for m in apps.get_models()}
schools = apps.get_model("accounts.Enterprise").objects.order_by("pk")
print(json.dumps({"rows": rows, "keys": [one.tic_key.reveal() for one in schools]}))
"""

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture(params=KEPT, ids=[path.name.removesuffix(".sql.gz") for path in (*FORMER, LAST)])
def old(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """The address of a database as that version left it."""
    name = f"{database.own_name()}_kept"
    with psycopg.connect(database.url_of("postgres"), autocommit=True) as line:
        line.execute(f'create database "{name}"')
        psql = [
            str(postgres_binaries().folder / "psql"),
            "-qX1",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            database.url_of(name),
        ]
        subprocess.run(
            psql, input=gzip.decompress(request.param.read_bytes()), check=True, stdout=subprocess.DEVNULL
        )
        yield database.url_of(name)
        line.execute(f'drop database "{name}" with (force)')


def counted(url: str) -> dict[str, int]:
    with psycopg.connect(url) as line:
        names = line.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        return {name: line.execute(f'select count(*) from "{name}"').fetchone()[0] for (name,) in names}  # type: ignore[index,arg-type]


def shape(url: str) -> list[str]:
    """The tables, indexes, triggers and rules of a database; the tests switch one trigger off in theirs."""
    lines = dump(url, "--schema-only")
    return [
        # A check that was dumped and loaded has its casts in other places.
        CAST.sub("", line)
        for line in lines
        if line and not OF_ITSELF.match(line) and "DISABLE TRIGGER" not in line
    ]


def test_every_row_is_there_and_the_tables_are_as_if_made_anew(old: str) -> None:
    before = counted(old)
    assert [name for name, rows in before.items() if not rows] == []

    with ThreadPoolExecutor() as threads:
        anew = threads.submit(shape, database.url_of(database.TEMPLATE))
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", READ],
            cwd=ROOT, env=os.environ | FIXED_KEYS | {"DATABASE_URL": old}, capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["keys"] == [TIC_KEY, TIC_KEY[::-1]]
    after = counted(old)
    lost = {name: rows for name, rows in before.items() if name not in GONE and after.get(name, 0) < rows}
    assert lost == {}
    assert {name: rows for name, rows in told["rows"].items() if rows != after[name]} == {}
    assert shape(old) == anew.result()


def test_the_version_of_the_project_is_the_newest_that_the_changelog_names() -> None:
    stands = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    told = re.search(
        r"^## (?:Unreleased \()?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert stands
    assert told
    assert stands[1] == told[1]
