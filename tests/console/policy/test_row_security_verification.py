"""Half-laid row-level security is said by the check, /readyz and the web process, and healed by migrate."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from console.outbox.models import TaskHeartbeat
from console.policy.checks import check_row_security
from console.policy.row_security.database_role import install_row_security, web_role
from console.policy.row_security.verification import row_security_problem
from tests.support.environment import ROOT

pytestmark = pytest.mark.django_db
ROLE = "{role}"
#: What may be missing or too much, and a word of the sentence.
HALF_LAID = [
    ("ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY", "accounts_user has no row policy"),
    ("DROP POLICY console_rule ON accounts_user", "accounts_user has no row policy"),
    ("CREATE POLICY more ON accounts_user USING (true)", "accounts_user has a policy besides"),
    (f"CREATE POLICY more ON accounts_user FOR SELECT TO {ROLE} USING (true)", "a policy besides"),
    (f"REVOKE ALL ON accounts_user FROM {ROLE}", "accounts_user has other rights"),
    (f"GRANT SELECT ON auth_group TO {ROLE}", "auth_group has other rights"),
    (f"ALTER TABLE accounts_user OWNER TO {ROLE}", "accounts_user belongs to the role of requests"),
    ("DROP FUNCTION console_school() CASCADE", "cannot take on the database role"),
]


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(role=f'"{web_role()}"'))


def found() -> list[str]:
    return [str(message.id) for message in check_row_security(databases=None)]


def test_a_database_that_was_migrated_has_no_problem() -> None:
    assert row_security_problem() == ""
    assert found() == []


@pytest.mark.parametrize(("statement", "said"), HALF_LAID)
def test_what_is_half_laid_is_said_everywhere(statement: str, said: str) -> None:
    TaskHeartbeat.objects.create(name="relay")
    execute(statement)

    problem = row_security_problem()
    answer = Client().get("/readyz")

    assert said in problem
    assert problem.endswith(".")
    assert found() == ["policy.E003"]
    assert answer.status_code == 503
    assert answer.json()["database"].startswith("row policies are missing")
    assert "accounts_user" not in answer.content.decode()


@pytest.mark.parametrize(
    "statement",
    [statement for statement, _ in HALF_LAID if "more" not in statement and "OWNER" not in statement],
)
def test_migrate_lays_what_is_missing(statement: str) -> None:
    execute(statement)

    install_row_security()

    assert row_security_problem() == ""


def test_several_tables_are_counted() -> None:
    execute("ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY")
    execute("ALTER TABLE classes_lesson DISABLE ROW LEVEL SECURITY")

    assert "The table accounts_user (and 1 more) has no row policy." in row_security_problem()


def test_the_check_for_a_server_asks_and_a_database_that_is_not_meant_is_not_asked() -> None:
    execute("ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY")

    with pytest.raises(BaseException, match="policy.E003"):
        call_command("check", deploy=True)
    assert check_row_security(databases=["other"]) == []


@pytest.fixture
def half_laid(transactional_db: None) -> Iterator[None]:
    execute("ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY")
    yield
    execute("ALTER TABLE accounts_user ENABLE ROW LEVEL SECURITY")


@pytest.mark.usefixtures("half_laid")
def test_the_web_process_does_not_start_on_it(program_variables: dict[str, str]) -> None:
    done = start_web(os.environ | program_variables)

    assert done.returncode == 1
    assert "policy.E003: The table accounts_user has no row policy. Run manage.py migrate" in done.stderr


def test_the_web_process_starts_on_a_complete_database(program_variables: dict[str, str]) -> None:
    done = start_web(os.environ | program_variables)

    assert done.returncode == 0, done.stderr


def test_the_web_process_starts_while_the_database_is_away(tmp_path: Path) -> None:
    """Callbacks are stored on disk meanwhile."""
    away = {"DATABASE_URL": f"postgresql://nobody@/none?host={tmp_path}", "CONSOLE_DATA": str(tmp_path)}

    assert start_web(os.environ | away).returncode == 0


def start_web(variables: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "import console.wsgi"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=100)
