"""The Celery application. A task is a nudge: the row that it points at is the queue."""

import os
import signal
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, beat_init, setup_logging, worker_init
from django.conf import settings

from console import embedded
from console.checks import refuse_nonsense
from console.embedded.processes import die_with_parent

if not settings.configured:
    # The `celery` command comes straight here; everyone else has been through a door of their own.
    embedded.enter(Path(__file__).resolve().parent.parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

app = Celery("console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
worker_init.connect(refuse_nonsense)
beat_init.connect(refuse_nonsense)


@beat_embedded_init.connect
def end_with_worker(**kwargs: Any) -> None:
    """The beat of `worker -B` is a process that outlived a killed worker and rang on beside the next."""
    die_with_parent(signal.SIGTERM)()


@setup_logging.connect
def keep_our_logs(**kwargs: Any) -> None:
    """Celery sets up logging of its own unless somebody listens here; Django has set up ours."""
