"""What a test leaves behind is gone when the next one begins; shown by a run of pytest of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.support import database, environment
from tests.support.isolation import LONGEST_S, SERVER_LIMITS

CASES = environment.ROOT / "tests/support/left_behind"
#: Variables of this run, by which the other one would do as this one does.
OURS = ("PYTEST_", "TEST_LIMITS", "DJANGO_", "DATABASE_URL")


def test_a_test_that_hangs_with_a_row_and_a_process_takes_no_other_with_it(tmp_path: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    # As if one more worker: servers and template are there, its database is its own.
    variables["PYTEST_XDIST_WORKER"] = environment.WORKER or "gw0"
    variables["DATABASE_URL"] = database.url_of(f"left_behind_{os.getpid()}")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-rA",
        "--basetemp",
        str(tmp_path / "t"),
    ]
    command += [
        str(CASES / name) for name in ("first_hangs.py", "then_leaves_a_lock.py", "then_needs_the_row.py")
    ]
    done = subprocess.run(command, cwd=environment.ROOT, env=variables, capture_output=True, text=True)
    said = done.stdout[-4000:]
    assert "FAILED tests/support/left_behind/first_hangs.py::test_that_hangs - Failed: " in said
    assert "PASSED tests/support/left_behind/then_needs_the_row.py::test_that_needs_the_row" in said
    assert "1 failed, 3 passed" in said


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "value"), SERVER_LIMITS.items())
def test_the_database_of_the_worker_limits_what_hangs(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)::interval = %s::interval", [name, value])
        assert cursor.fetchone() == (True,)


@pytest.mark.timeout(LONGEST_S * 10)
def test_a_limit_in_a_mark_is_for_full_sizes_only(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("timeout").args == (LONGEST_S,)
