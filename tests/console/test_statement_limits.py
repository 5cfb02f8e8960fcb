"""Statements end at their limit: requests say so, jobs say so, and long ones are named as long."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory
from django.utils import translation

from accounts.models import Enterprise, User
from console.error_views import server_error
from console.jobs import runner
from console.jobs.models import Job
from console.policy.problems import API_PREFIX
from console.statement_limits import allow_long_statements, is_statement_timeout, limit_statements
from tests.support import database, environment

KIND = "test.sleeps"
CELERY = "import console.celery, celery.signals as s; django.setup()"


@pytest.fixture
def limited(transactional_db: None) -> Any:
    """Statements of this process end after a tenth of a second."""
    limit_statements(0.1)
    yield
    limit_statements(0)


@pytest.fixture
def sleeping_job(school: Enterprise, alice: User, settings: Any) -> Any:
    """A job whose steps need too long; it is not registered after the test."""
    settings.OUTBOX_BACKOFF_S = 0
    runner.register_job_type(KIND, label="Sleep")(lambda job: sleep())
    yield runner.enqueue_job(KIND, enterprise=school, by=alice)
    del runner._job_types[KIND]


def sleep() -> timedelta | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    return None


def current_limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def test_a_statement_ends_at_the_limit_of_its_process(limited: None) -> None:
    with pytest.raises(OperationalError) as ended:
        sleep()
    assert is_statement_timeout(ended.value)
    assert current_limit() == "100ms"


@pytest.mark.parametrize(
    ("path", "language", "sentence"),
    [
        ("/people/", "en", "The database took too long for this and stopped."),
        ("/people/", "zh-hans", "数据库处理这一请求的时间过长，已停止。"),
        (f"{API_PREFIX}users/", "en", "The database took too long for this and stopped."),
    ],
)
def test_a_page_and_rest_say_so_and_the_log_names_the_place(
    limited: None, caplog: pytest.LogCaptureFixture, path: str, language: str, sentence: str
) -> None:
    with caplog.at_level(logging.ERROR), translation.override(language):
        try:
            sleep()
        except OperationalError:
            answer = server_error(RequestFactory().get(path))
    assert answer.status_code == 503
    assert sentence in answer.content.decode()
    assert "http-equiv" not in answer.content.decode()
    (line,) = [one for one in caplog.records if one.message == "statement timeout"]
    assert line.place.endswith(" sleep")


def test_a_job_says_so_on_its_page(limited: None, sleeping_job: Job) -> None:
    runner.run_due_jobs()
    sleeping_job.refresh_from_db()
    assert (sleeping_job.state, sleeping_job.reason) == (Job.State.FAILED, runner.TOO_LONG)


def test_long_statements_have_a_limit_of_their_own_and_then_the_former_one(limited: None) -> None:
    with allow_long_statements():
        assert current_limit() == "15min"
    assert current_limit() == "100ms"
    with transaction.atomic(), allow_long_statements():
        assert current_limit() == "15min"
    assert current_limit() == "100ms"


def fail_with_long_statements() -> None:
    with allow_long_statements():
        raise ZeroDivisionError


@transaction.atomic
def fail_in_a_transaction() -> None:
    fail_with_long_statements()


@pytest.mark.parametrize("fail", [fail_with_long_statements, fail_in_a_transaction])
def test_after_an_error_the_former_limit_is_back(limited: None, fail: Callable[[], None]) -> None:
    with pytest.raises(ZeroDivisionError):
        fail()
    assert current_limit() == "100ms"


@pytest.mark.processes
@pytest.mark.parametrize(
    ("start", "limit"),
    [
        ("import console.wsgi", "19s"),
        (f"{CELERY}; s.worker_process_init.send(None)", "61s"),
        (f"{CELERY}; s.beat_init.send(None)", "61s"),
    ],
    ids=["web", "worker", "beat"],
)
def test_a_process_that_serves_starts_with_its_limit(transactional_db: None, start: str, limit: str) -> None:
    variables = {
        "DATABASE_URL": database.own_url(),
        "STATEMENT_TIMEOUT_S": "19",
        "WORKER_STATEMENT_TIMEOUT_S": "61",
    }
    show = "from django.db import connection; c = connection.cursor(); c.execute('SHOW statement_timeout')"
    done = subprocess.run(
        [sys.executable, "-c", f"import django; {start}; {show}; print(*c.fetchone())"],
        cwd=environment.ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [limit], done.stderr
