"""The scheduler of beat. Any number of beats may run: each run of a task is claimed in the database by one.

A row for each entry of the schedule (TaskHeartbeat, named `beat:ENTRY`) holds when it was last sent, by
the clock of the database. A beat moves that time forward in one statement, if a whole period has passed, and
sends only if it did so. So no run is sent twice, and if a beat dies another one sends at the same time.
A claim whose message could not be sent is given back; every beat tries again after RETRY_S.
"""

import logging
import time
from contextlib import suppress
from typing import Any, NamedTuple

from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import schedule as every
from django.db import Error as DatabaseError
from django.db import connection

from console import wakeup

log = logging.getLogger(__name__)
#: In seconds: after a failure of the database or the broker, and the longest wait for the broker.
RETRY_S = 1.0
BROKER_TIMEOUT_S = 2.0
#: The first beat of an installation sends nothing before a period has passed.
FIRST = "INSERT INTO outbox_pulse (name, at) VALUES (%s, clock_timestamp()) ON CONFLICT (name) DO NOTHING"
#: A time that lies ahead comes from a clock that was set back, or from another server: the run is due.
CLAIM = """
UPDATE outbox_pulse AS pulse SET at = clock_timestamp()
FROM (SELECT name, at FROM outbox_pulse WHERE name = %(name)s FOR UPDATE) AS former
WHERE pulse.name = former.name
  AND (former.at <= clock_timestamp() - make_interval(secs => %(period)s) OR former.at > clock_timestamp())
RETURNING pulse.at, former.at
"""
AGE = "SELECT extract(epoch FROM clock_timestamp() - at)::float FROM outbox_pulse WHERE name = %s"
GIVE_BACK = """
UPDATE outbox_pulse SET at = %(former)s WHERE name = %(name)s AND at = %(at)s
"""


class Claim(NamedTuple):
    """A claimed run (`at` is None if another beat has it), the one before, and the seconds until the next."""

    at: Any
    former: Any
    wait_s: float


class ClaimingScheduler(Scheduler):  # type: ignore[misc]
    """Sends the entries of CELERY_BEAT_SCHEDULE, which all have a period in seconds. It keeps no file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._next: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return the seconds until something is."""
        for name, entry in self.schedule.items():
            if self._next.get(name, 0.0) <= time.monotonic():
                wait_s = self._run(entry)
                self._next[name] = time.monotonic() + wait_s
        return max(0.0, min(self._next.values(), default=self.max_interval) - time.monotonic())

    def _run(self, entry: ScheduleEntry) -> float:
        """Claim and send a run; return the seconds until this entry has to be looked at again."""
        name, period = f"beat:{entry.name}", _period(entry)
        try:
            claim = claim_run(name, period)
        except DatabaseError as error:
            log.warning("the database is away, so %s was not sent: %s", entry.name, type(error).__name__)
            connection.close()
            return RETRY_S
        if claim.at is None:
            return claim.wait_s
        try:
            self._send(entry)
        except wakeup.broker_errors() as error:
            log.warning("the broker is away, so %s was not sent: %s", entry.name, type(error).__name__)
            self._disconnect()
            _give_back(name, claim)
            return RETRY_S
        except BaseException:  # the process ends in the middle: another beat sends the run
            _give_back(name, claim)
            raise
        return claim.wait_s

    def _send(self, entry: ScheduleEntry) -> None:
        """Send one message. A new connection is opened once, so that a restarted broker costs a second."""
        self.connection.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT_S)
        producer = self.Producer(self.connection, auto_declare=False)
        self.send_task(entry.task, entry.args, entry.kwargs, producer=producer, retry=False, **entry.options)

    def _disconnect(self) -> None:
        """Close the connection, which opens again when it is next used."""
        with suppress(*wakeup.broker_errors()):  # it may be gone already
            self.connection.close()
        self.__dict__.pop("connection", None)


def claim_run(name: str, period: float) -> Claim:
    """Claim the run that is due, for this process alone. DatabaseError if the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"name": name, "period": period})
        if row := cursor.fetchone():
            return Claim(row[0], row[1], period)
        cursor.execute(FIRST, [name])
        cursor.execute(AGE, [name])
        [age] = cursor.fetchone()
        return Claim(None, None, min(max(period - age, 0.01), period))


def _give_back(name: str, claim: Claim) -> None:
    """Let any beat claim the run again, unless one has already. The age of the last run counts on."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, {"name": name, "former": claim.former, "at": claim.at})
    except DatabaseError:
        connection.close()


def _period(entry: ScheduleEntry) -> float:
    assert isinstance(entry.schedule, every), f"{entry.name} has no period"
    return float(entry.schedule.run_every.total_seconds())
