"""E-mail that works, Alice with an address, and a people export that she owns."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from classes.attendance.reports.exports.runs import start_due_exports
from classes.attendance.reports.exports.services import create_schedule, run_now
from classes.models import ExportRun, ExportSchedule
from classes.models.export_schedule import export_storage
from console.jobs.runner import run_due_jobs

PAGE = "/exports/scheduled/"


@pytest.fixture(autouse=True)
def mail(settings: Any) -> Any:
    settings.EMAIL_IS_SET_UP = True
    settings.PUBLIC_URL = "https://console.example"
    with translation.override("en"):
        yield


@pytest.fixture
def alice(alice: User) -> User:
    alice.e_mail, alice.language = "alice@wonderland.example", "en"
    alice.save(update_fields=["e_mail", "language"])
    return alice


@pytest.fixture
def daily(alice: User) -> ExportSchedule:
    """The people of the school as CSV, every day at six."""
    return create_schedule(by=alice, kind="people", every="day", hour=6)


@pytest.fixture
def make() -> Callable[..., ExportRun]:
    """Run a schedule now, as the worker does; return its run."""

    def run(schedule: ExportSchedule) -> ExportRun:
        run_now(schedule=schedule, by=schedule.owner)
        run_due_jobs()
        return ExportRun.objects.select_related("enterprise").filter(schedule=schedule).latest("pk")

    return run


def beat() -> int:
    """Start what is due and let the worker make it; return how many were started."""
    started = start_due_exports()
    run_due_jobs()
    return started


def content_of(run: ExportRun) -> str:
    """The stored file as text."""
    with export_storage().open(run.file.name) as file:
        return str(file.read().decode("utf-8-sig"))
