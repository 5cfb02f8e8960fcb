"""Several beats at once, one after the other killed: each run of the schedule is sent once."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from console.schedule import CELERY_TASK_ROUTES
from tests.faults.goals import goal
from tests.faults.sizes import dice, size
from tests.flows.test_broker_restart import QUEUE, Valkey
from tests.support import database
from tests.support.programs import Program

BEATS = size(full=3, ci=2)
#: Entries of a short period; the others of the schedule are sent too seldom to count.
SWEEP_S = size(full=1.0, ci=0.5)
QUICK = {"SWEEP_EVERY_S": SWEEP_S, "ALARM_EVERY_S": 2 * SWEEP_S, "RECONCILE_EVERY_S": 3 * SWEEP_S}
PERIODS = dict.fromkeys(("relay", "inbox", "jobs", "polls"), SWEEP_S)
PERIODS |= {"watch_lessons": 2 * SWEEP_S, "reconcile": 3 * SWEEP_S}
#: A killed beat is started again, as its service manager would; a busy machine takes its time over that.
LATE_S = 10.0
#: Every claim, as the database saw it: a trigger notes the two times.
NOTED = """
CREATE TABLE claims (name text, before timestamptz, at timestamptz);
CREATE FUNCTION note_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO claims VALUES (NEW.name, OLD.at, NEW.at); RETURN NEW; END $$;
CREATE TRIGGER note_claim AFTER UPDATE ON outbox_pulse FOR EACH ROW WHEN (NEW.name LIKE 'beat:%')
    EXECUTE FUNCTION note_claim();
"""
CLAIMING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%outbox_pulse%'
"""
FORGOTTEN = "DROP TRIGGER note_claim ON outbox_pulse; DROP FUNCTION note_claim(); DROP TABLE claims"

pytestmark = pytest.mark.timeout(size(full=3600, ci=300))


@pytest.fixture
def noted(transactional_db: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database.own_url(), autocommit=True) as line:
        line.execute(NOTED)
        yield line
        line.execute(FORGOTTEN)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    made = Valkey(tmp_path)
    made.start()
    yield made
    made.close()


def messages(url: str) -> Counter[str]:
    """How many messages of each task wait; no worker takes any."""
    with redis.Redis.from_url(url) as line:
        queues = {QUEUE, *(route["queue"] for route in CELERY_TASK_ROUTES.values())}
        waiting: list[Any] = [line.lrange(queue, 0, -1) for queue in queues]
    return Counter(str(json.loads(message)["headers"]["task"]) for some in waiting for message in some)


def variables_of(program: dict[str, str], broker: Valkey) -> dict[str, str]:
    return program | {name: str(s) for name, s in QUICK.items()} | {"CELERY_BROKER_URL": broker.url}


def start_beats(
    running: ExitStack, scheduler: list[str], variables: dict[str, str], folder: Path
) -> list[Program]:
    """Start beats, each on a machine of its own as far as files are concerned."""
    beats = []
    for number in range(BEATS):
        place = folder / f"machine{number}"
        place.mkdir()
        command = ["-m", "celery", "-A", "console", "beat", *scheduler, "--schedule", str(place / "file")]
        beats.append(Program(command, place / "log", variables))
        running.callback(beats[-1].kill)
        beats[-1].start()
    return beats


def all_claim(noted: "psycopg.Connection[tuple[object, ...]]") -> bool:
    """Whether every beat has a connection on which it claims runs."""
    row = noted.execute(CLAIMING).fetchone()
    return row is not None and row[0] == BEATS


def claims_of(noted: "psycopg.Connection[tuple[object, ...]]") -> Counter[str]:
    """How often each quick task was claimed."""
    rows = noted.execute("SELECT name, count(*) FROM claims GROUP BY name").fetchall()
    found = {str(name).removeprefix("beat:"): int(str(count)) for name, count in rows}
    return Counter({name: count for name, count in found.items() if name in PERIODS})


def test_each_run_is_sent_once_however_many_beats_die(
    noted: "psycopg.Connection[tuple[object, ...]]",
    broker: Valkey,
    program_variables: dict[str, str],
    tmp_path: Path,
) -> None:
    kills = size(full=100, ci=1)
    variables = variables_of(program_variables, broker)
    chance = dice("beats")
    with ExitStack() as running:
        beats = start_beats(running, [], variables, tmp_path)
        victim = chance.choice(beats)
        for number in range(kills):
            if number:
                victim.start()
                victim = chance.choice(beats)
            victim.wait_for(lambda: all_claim(noted))
            time.sleep(chance.uniform(0.2, 2) * SWEEP_S)
            victim.kill()
        again = claims_of(noted) + Counter(PERIODS.keys())
        beats[beats[0] is victim].wait_for(lambda: claims_of(noted) >= again)

    sent = sum(messages(broker.url).values())
    rows = noted.execute("SELECT name, extract(epoch FROM at - before)::float FROM claims").fetchall()
    gaps = {(str(name).removeprefix("beat:"), float(str(gap))) for name, gap in rows}
    early = [(name, gap) for name, gap in gaps if name in PERIODS and 0 < gap < PERIODS[name]]
    late = [(name, gap) for name, gap in gaps if name in PERIODS and gap > PERIODS[name] + LATE_S]
    goal(
        "beats",
        beats=BEATS,
        kills=kills,
        runs=len(rows),
        sent=sent,
        doubled=max(0, sent - len(rows)),
        unsent=max(0, len(rows) - sent),
        early=len(early),
        late=len(late),
    )
    assert len(rows) > 10
    assert sent <= len(rows), "a run was sent twice"
    # A beat that is killed between its claim and its message leaves that one run to the next period; those
    # that run to the end are killed, too.
    assert len(rows) - sent <= kills + BEATS
    assert not early
    assert not late


@pytest.mark.full
def test_the_scheduler_of_celery_would_send_every_run_three_times(
    broker: Valkey, program_variables: dict[str, str], tmp_path: Path
) -> None:
    variables = variables_of(program_variables, broker)
    window_s = 3

    def is_doubled() -> bool:
        before = messages(broker.url)["console.outbox.tasks.relay"]
        time.sleep(window_s)
        return messages(broker.url)["console.outbox.tasks.relay"] - before > window_s / PERIODS["relay"] + 2

    with ExitStack() as running:
        plain = ["--scheduler", "celery.beat:PersistentScheduler"]
        start_beats(running, plain, variables, tmp_path)[0].wait_for(is_doubled)
