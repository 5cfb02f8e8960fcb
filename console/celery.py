"""The Celery application. A task is only a signal: the rows in the database are the queue."""

import os
import signal
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, beat_init, setup_logging, worker_init, worker_process_init
from django.conf import settings

from console import embedded, variables
from console.checks import exit_on_invalid_settings
from console.embedded.processes import die_with_parent
from console.migration_state import exit_on_missing_migrations
from console.statement_limits import limit_worker_statements

if not settings.configured:
    # The `celery` command imports this module first; other processes have their own entry point.
    base_dir = Path(__file__).resolve().parent.parent
    variables.exit_on_invalid_variables(base_dir)
    embedded.start_servers(base_dir)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    # Celery would run all checks of Django, which import every page, at each start. Those of our settings
    # are run below, by `exit_on_invalid_settings`.
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
worker_init.connect(exit_on_invalid_settings)
beat_init.connect(exit_on_invalid_settings)
worker_init.connect(exit_on_missing_migrations)
beat_init.connect(exit_on_missing_migrations)
for _signal in (worker_init, worker_process_init, beat_init):
    _signal.connect(limit_worker_statements)


@beat_embedded_init.connect
def stop_beat_with_worker(**kwargs: Any) -> None:
    """End the beat of `worker -B` with a killed worker; otherwise it runs on beside the next one's."""
    die_with_parent(signal.SIGTERM)()


@setup_logging.connect
def keep_django_logging(**kwargs: Any) -> None:
    """Keep Django's logging: Celery configures its own unless this signal has a receiver."""
