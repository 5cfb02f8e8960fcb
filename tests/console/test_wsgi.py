"""What a web process loads when it starts: everything that requests need, nothing that hardly one does."""

import os
import subprocess
import sys

from tests.support import database, environment

#: Celery, what describes REST, QR codes, metrics, tables, calendars, buckets.
SELDOM = (
    "celery kombu redis drf_spectacular.plumbing segno prometheus_client xlsxwriter icalendar boto3 unittest"
)
ASKED = "import sys, gc, console.wsgi; print(gc.isenabled(), gc.get_freeze_count() > 100_000, *sys.modules)"


def test_a_web_process_starts_without_what_hardly_a_request_needs(db: None) -> None:
    variables = os.environ | {"DATABASE_URL": database.own_url()}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=environment.ROOT, env=variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    collects, frozen, *loaded = done.stdout.split()
    assert (collects, frozen) == ("True", "True")
    assert set(loaded) & set(SELDOM.split()) == set()
    assert {"classes.pages.lesson", "classes.api.views", "documents.views.uploads"} <= set(loaded)
