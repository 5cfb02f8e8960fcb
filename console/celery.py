"""The Celery application. A task is only a signal: the rows in the database are the queue."""

import os
import signal
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, beat_init, setup_logging, worker_init
from django.conf import settings

from console import embedded
from console.checks import exit_on_invalid_settings
from console.embedded.processes import die_with_parent

if not settings.configured:
    # The `celery` command imports this module first; other processes have their own entry point.
    embedded.start_servers(Path(__file__).resolve().parent.parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

app = Celery("console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
worker_init.connect(exit_on_invalid_settings)
beat_init.connect(exit_on_invalid_settings)


@beat_embedded_init.connect
def stop_beat_with_worker(**kwargs: Any) -> None:
    """End the beat of `worker -B` with a killed worker; otherwise it runs on beside the next one's."""
    die_with_parent(signal.SIGTERM)()


@setup_logging.connect
def keep_django_logging(**kwargs: Any) -> None:
    """Keep Django's logging: Celery configures its own unless this signal has a receiver."""
