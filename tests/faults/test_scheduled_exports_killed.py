"""Workers are killed while scheduled exports are made: each due time ends in one run with one file."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from classes.attendance.reports.exports.services import create_schedule
from classes.models import ExportRun, ExportSchedule
from classes.models.export_schedule import export_storage
from console.audit.models import AuditEntry
from console.jobs.models import Job
from tests.faults.goals import goal
from tests.faults.processes import ForkRunner
from tests.faults.sizes import size

BEAT = "classes.attendance.reports.exports.runs:start_due_exports"
WORK = "console.jobs.runner:run_due_jobs"
pytestmark = pytest.mark.timeout(size(full=3600, ci=300))


def test_no_kill_doubles_a_run_or_loses_one(forge: ForkRunner, alice: Any, charlie: Any) -> None:
    kills, schools = size(full=100, ci=4), (alice.enterprise, charlie.enterprise)
    people = [alice, charlie] * (kills // 2)  # a school has at most 50
    schedules = [create_schedule(by=person, kind="people", every="day") for person in people]
    ExportSchedule.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    beats = [forge.start(BEAT) for _ in range(3)]
    assert sum(beat.ended() for beat in beats) == kills, "beats at the same time start each once"
    killed = 0
    for _ in range(kills):
        killed += forge.killed(WORK, at="exports.stored")
        Job.objects.update(lease_until=None)  # that of the dead worker
    assert AuditEntry.objects.filter(action="export_schedule.run").count() == 0
    workers = [forge.start(WORK) for _ in range(2)]
    for worker in workers:
        worker.ended(seconds=120)
    runs = list(ExportRun.objects.all())
    folders = [Path(export_storage().path(f"{school.pk}")) for school in schools]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    goal("scheduled exports", kills=killed, runs=len(runs), files=len(files))
    assert killed == kills
    assert sorted(run.schedule_id or 0 for run in runs) == sorted(one.pk for one in schedules)
    assert {(run.state, run.rows) for run in runs} == {("done", 1)}
    assert len(files) == kills, "a file of a killed worker is replaced, not left beside"
    assert AuditEntry.objects.filter(action="export_schedule.run").count() == kills
