"""The stamp that spares a start the search for migrations."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from console.embedded import data_paths
from console.embedded.migration_stamp import code_files, is_migrated, save_stamp
from tests.support.server_holders import ServerHolder


def _base(folder: Path) -> Path:
    migrations = folder / "lessons" / "migrations"
    migrations.mkdir(parents=True)
    (folder / "requirements.txt").write_text("django==5.2\n")
    for file in (folder / "lessons" / "__init__.py", migrations / "0001_first.py"):
        file.write_text("")
    return folder


@pytest.mark.usefixtures("made")
def test_tables_are_known_until_a_file_or_a_recorded_migration_changes(
    data: Path, holder: Callable[..., ServerHolder], tmp_path: Path
) -> None:
    holder().ready()
    base = _base(tmp_path / "code")
    assert not is_migrated(data, code_files(base)), "there are no tables"
    with psycopg.connect(data_paths(data).database_url, autocommit=True) as line:
        line.execute("create table django_migrations (id serial, name text)")
        line.execute("insert into django_migrations (name) values ('0001_first')")
        assert not is_migrated(data, code_files(base)), "nobody has said so"
        save_stamp(data, code_files(base))
        assert is_migrated(data, code_files(base))

        line.execute("delete from django_migrations")
        assert not is_migrated(data, code_files(base)), "somebody took a migration back"
        save_stamp(data, code_files(base))

    (base / "lessons" / "migrations" / "0002_second.py").write_text("")
    assert not is_migrated(data, code_files(base)), "there is a new migration"
    save_stamp(data, code_files(base))
    (base / "lessons" / "apps.py").write_text("register_table('lessons.Lesson', rights='SELECT')\n")
    assert not is_migrated(data, code_files(base)), "policies are installed from any module"
    save_stamp(data, code_files(base))
    (base / "requirements.txt").write_text("django==6.0\n")
    assert not is_migrated(data, code_files(base)), "a package may bring others"


@pytest.mark.usefixtures("made")
def test_a_restored_dump_is_not_known_although_it_brings_the_stamp(
    data: Path, holder: Callable[..., ServerHolder], tmp_path: Path
) -> None:
    holder().ready()
    files = code_files(_base(tmp_path / "code"))
    with psycopg.connect(data_paths(data).database_url, autocommit=True) as line:
        line.execute("create table django_migrations (id serial, name text)")
        save_stamp(data, files)
        assert is_migrated(data, files)
        (stamp,) = line.execute("select obj_description('django_migrations'::regclass)").fetchone() or ()

        line.execute("drop table django_migrations")
        line.execute("create table django_migrations (id serial, name text)")
        line.execute(sql.SQL("comment on table django_migrations is {}").format(sql.Literal(stamp)))

    assert not is_migrated(data, files)


def test_a_database_that_does_not_answer_is_not_known(tmp_path: Path) -> None:
    assert not is_migrated(tmp_path / "nothing", [])
