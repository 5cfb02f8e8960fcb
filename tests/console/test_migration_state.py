"""A database behind this version stops the start with a sentence; one that is ahead stops only `migrate`."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from accounts.models import User
from console.checks import check_migrations
from console.migration_state import (
    code_migrations,
    missing_migrations,
    newer_migrations,
    refuse_older_version,
)
from console.outbox.models import TaskHeartbeat
from tests.support.environment import ROOT
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
RECORD = "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())"
FORGET = "DELETE FROM django_migrations WHERE app = %s AND name = %s"
AHEAD = ("classes", "9000_of_the_next_version")
PROGRAMS = {
    "web": ["-c", "import console.wsgi"],
    "worker": ["-m", "celery", "-A", "console", "worker", "--pool", "solo"],
    "beat": ["-m", "celery", "-A", "console", "beat"],
}


def execute(statement: str, migration: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, migration)


def newest() -> tuple[str, str]:
    return max(one for one in code_migrations() if one[0] == "classes")


def run(program: str, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *PROGRAMS[program]]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=100
    )


def test_the_list_is_that_of_django() -> None:
    assert set(MigrationLoader(connection).disk_migrations) == code_migrations()
    assert missing_migrations() == newer_migrations() == []


def test_a_database_that_is_behind_is_an_error_and_not_ready() -> None:
    TaskHeartbeat.objects.create(name="relay")
    execute(FORGET, newest())

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "migrations of this version are missing; run manage.py migrate"
    [error] = check_migrations()
    assert error.id == "console.E050"
    assert error.msg == (
        f"The database lacks a migration ({'.'.join(newest())}) of this version."
        " Run manage.py migrate of this version, then start again."
    )
    assert check_migrations(databases=["other"]) == []


def test_a_database_that_is_ahead_is_ready_and_said() -> None:
    TaskHeartbeat.objects.create(name="relay")
    execute(RECORD, AHEAD)

    answer = Client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["version"] == "a newer one has migrated the database; this one goes on working"
    assert check_migrations() == []


def test_it_is_said_to_people_who_are_signed_in_too(alice: User) -> None:
    TaskHeartbeat.objects.create(name="relay")

    answer = client_for(alice).get("/readyz")

    assert (answer.status_code, answer.json()["version"]) == (200, "ok")


def test_the_older_version_does_not_migrate_a_database_that_is_ahead() -> None:
    execute(RECORD, AHEAD)

    with pytest.raises(CommandError, match="A newer version has already migrated this database"):
        call_command("migrate", verbosity=0)


def test_migrations_that_were_merged_into_one_are_not_newer() -> None:
    execute(RECORD, ("classes", "0002_since_merged"))
    execute(RECORD, ("of_an_app_that_is_gone", "9000_last"))

    refuse_older_version()

    assert apps.is_installed("classes")


@pytest.fixture
def behind(transactional_db: None) -> Iterator[None]:
    migration = newest()
    execute(FORGET, migration)
    yield
    execute(RECORD, migration)


@pytest.mark.slow
@pytest.mark.usefixtures("behind")
@pytest.mark.parametrize("program", PROGRAMS)
def test_no_program_starts_on_a_database_that_is_behind(
    program: str, program_variables: dict[str, str]
) -> None:
    done = run(program, program_variables)

    assert done.returncode == 1, done.stderr
    assert "console.E050: The database lacks a migration (classes." in done.stderr


@pytest.fixture
def ahead(transactional_db: None) -> Iterator[None]:
    execute(RECORD, AHEAD)
    yield
    execute(FORGET, AHEAD)


@pytest.mark.usefixtures("ahead")
def test_the_web_process_starts_on_a_database_that_is_ahead(program_variables: dict[str, str]) -> None:
    done = run("web", program_variables)

    assert done.returncode == 0, done.stderr
