"""Celery only rings the bell: what is set, what a message may carry, and that all goes well without it."""

import os
import subprocess
import sys

import pytest

from accounts.school.services import pull_school
from console.celery import app
from console.outbox.states import SyncState
from tests.support import environment
from tests.support.iclass_service import create_lesson

SETTINGS = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
}


@pytest.mark.parametrize(("name", "value"), SETTINGS.items())
def test_messages_are_json_results_are_nowhere_and_a_dead_workers_task_goes_to_another(name, value):
    assert app.conf[name] == value


def test_every_scheduled_task_exists_and_carries_ids_alone():
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        arguments = (*entry.get("args", ()), *entry.get("kwargs", {}).values())
        assert all(isinstance(one, int) for one in arguments)


@pytest.mark.django_db(transaction=True)
def test_a_sweep_does_everything_where_there_is_no_broker_at_all(
    school, alice, bob, iclass, program_variables
):
    pull_school(school=school, by=None)
    lesson = create_lesson(bob, alice)
    nobody = {"CELERY_BROKER_URL": "redis://127.0.0.1:9/0"}
    swept = subprocess.run(
        [sys.executable, "manage.py", "sweep", "--quick"],
        cwd=environment.ROOT,
        env=os.environ | program_variables | nobody,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert swept.returncode == 0, swept.stderr
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC
    assert lesson.class_id
