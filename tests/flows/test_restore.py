"""The drill: a backup, work that goes on, a new database, and a console that takes up where the school is."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as of_django

from classes.lessons.services import edit_lesson
from classes.models import Lesson
from console.embedded.binaries import postgres_binaries
from console.outbox import relay
from tests.support import database
from tests.support.environment import ROOT
from tests.support.iclass_service import create_lesson, effects_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
#: Several commands one after the other, with one start.
MANAGE = """
import sys
import manage
for command in sys.argv[1:]:
    sys.argv = ["manage.py", *command.split()]
    manage.main()
"""


class Machine:
    """Where the console is started anew: an empty database of the same server, an empty data folder."""

    def __init__(self, folder: Path, url: str, service: str) -> None:
        self.folder = folder
        tools = f"{postgres_binaries().folder}{os.pathsep}{os.environ['PATH']}"
        self.variables = os.environ | {
            "PATH": tools,
            "DATABASE_URL": url,
            "CONSOLE_DATA": str(folder),
            "ICLASS_BASE_URL": service,
            "PROBE_DELAY_S": "0",
            "SECRET_KEY": of_django.SECRET_KEY,
            "FIELD_KEYS": ",".join(of_django.FIELD_KEYS),
        }

    def run(self, *command: str, fails: bool = False) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.variables, capture_output=True, text=True)
        assert bool(done.returncode) == fails, f"{command}\n{done.stdout}\n{done.stderr}"
        return (done.stdout + done.stderr).strip()

    def manage(self, *commands: str) -> str:
        """Run commands of manage.py in a process of their own; what they printed."""
        return self.run(sys.executable, "-c", MANAGE, *commands)

    def lessons(self) -> dict[str, tuple[str, bool, str]]:
        with psycopg.connect(self.variables["DATABASE_URL"]) as line:
            rows = line.execute("select topic, remote_id, made_outside, sync_state from classes_lesson")
            return {topic: tuple(rest) for topic, *rest in rows}


@pytest.fixture
def old(tmp_path, iclass):
    (tmp_path / "old/media/avatars").mkdir(parents=True)
    (tmp_path / "old/media/avatars/a.png").write_bytes(b"a picture")
    return Machine(tmp_path / "old", database.own_url(), iclass.url)


@pytest.fixture
def new(tmp_path, iclass):
    name = f"{database.own_name()}_restored"
    with psycopg.connect(database.url_of("postgres"), autocommit=True) as line:
        line.execute(f'create database "{name}"')
        yield Machine(tmp_path / "new", database.url_of(name), iclass.url)
        line.execute(f'drop database "{name}" with (force)')


def test_a_restored_console_loses_no_lesson_makes_none_twice_and_undoes_no_later_change(
    connected, alice, bob, iclass, old, new, tmp_path
):
    changed = create_lesson(bob, alice)
    relay.drain()
    waiting = create_lesson(bob, alice, topic="Waits in the backup")
    kept = old.run("deploy/backup", str(tmp_path / "backups"))
    relay.drain()
    later = create_lesson(bob, alice, topic="Made after the backup")
    edit_lesson(lesson=Lesson.objects.get(pk=changed.pk), topic="Changed after the backup", by=alice)
    relay.drain()
    at_service = dict(Lesson.objects.values_list("topic", "remote_id"))

    new.run("deploy/restore", kept)
    told = new.manage(
        "migrate --verbosity=0", "reconcile --after-restore", "sweep", "check --database default"
    )

    found = new.lessons()
    assert found[waiting.topic][0] == at_service[waiting.topic] != ""
    assert found[later.topic][:2] == (at_service[later.topic], True)
    assert (new.folder / "media/avatars/a.png").read_bytes() == b"a picture"
    for topic in (waiting.topic, later.topic, changed.topic):
        assert len(effects_of(iclass, "class/create", topic=topic)) == 1
    # What was changed since is shown as a difference and not sent back to what it was.
    class_id = int(at_service["Changed after the backup"])
    assert iclass.call("class/info", {"class_id": class_id})["class_topic"] == "Changed after the backup"
    assert "no issues (0 silenced)." in told


def test_a_damaged_backup_and_a_database_in_use_are_refused(connected, old, new, tmp_path):
    kept = old.run("deploy/backup", str(tmp_path / "backups"))

    assert "restore into an empty one" in old.run("deploy/restore", kept, fails=True)
    dump = Path(kept) / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    assert "database.dump: FAILED" in new.run("deploy/restore", kept, fails=True)
