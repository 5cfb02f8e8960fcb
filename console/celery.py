"""The Celery application. A task is a nudge: the row that it points at is the queue."""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

from console import embedded

if not settings.configured:
    # The `celery` command comes straight here; everyone else has been through a door of their own.
    embedded.enter(Path(__file__).resolve().parent.parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

app = Celery("console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
