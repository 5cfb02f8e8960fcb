"""Health checks: `/healthz` for the process, `/readyz` for its dependencies."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from console import scanner, wakeup
from console.migration_state import missing_migrations, newer_migrations
from console.outbox.models import TaskHeartbeat
from console.policy.database_scope import as_owner
from console.policy.row_security.verification import row_security_problem
from console.queue_delay import queue_delays


def healthz(request: HttpRequest) -> JsonResponse:
    """The process is alive."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Check the database with its row policies, the broker and the last scheduled run; 503 if one fails.

    The queue delay, the virus scanner and a database that a newer version has migrated are reported only:
    none is a reason to take pages and callbacks offline.
    """
    parts = {"database": _database(), "broker": _broker(), "beat": _beat()}
    ready = all(part == "ok" for part in parts.values())
    body = {"status": "ok" if ready else "not ready", **parts, "queue": _queue(), "version": _version()}
    if settings.VIRUS_SCANNER:
        body["scanner"] = "ok" if scanner.is_available() else "does not answer"
    return JsonResponse(body, status=200 if ready else 503)


def _database() -> str:
    """Check that it answers, with all migrations and row policies; strangers do not learn which it lacks."""
    try:
        connection.ensure_connection()
        with as_owner():  # the role of signed-in people may not read which migrations there are
            if missing_migrations():
                return "migrations of this version are missing; run manage.py migrate"
            has_problem = bool(row_security_problem())
    except DatabaseError:
        return "does not answer"
    return "row policies are missing; manage.py check --deploy says which" if has_problem else "ok"


def _version() -> str:
    """Report whether a newer version has migrated the database, as while versions change places."""
    try:
        with as_owner():
            is_older = bool(newer_migrations())
    except DatabaseError:
        return "unknown"
    return "a newer one has migrated the database; this one goes on working" if is_older else "ok"


def _broker() -> str:
    try:
        with wakeup.broker_connection(socket_timeout=2, socket_connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except wakeup.broker_errors():
        return "does not answer"
    return "ok"


def _beat() -> str:
    """Check the age of the last scheduled run; three missed runs are too many."""
    try:
        last = TaskHeartbeat.objects.filter(name="relay").values_list("at", flat=True).first()
    except DatabaseError:
        return "unknown"
    if last is None:
        return "has never run"
    age = (timezone.now() - last).total_seconds()
    return "ok" if age < _max_age_s() else f"last ran {int(age)} s ago"


def _queue() -> str:
    """Report the most delayed queue, if its delay is longer than normal."""
    try:
        name, age = max(queue_delays().items(), key=lambda delay: delay[1])
    except DatabaseError:
        return "unknown"
    return "ok" if age < _max_age_s() else f"{name} are {int(age)} s late"


def _max_age_s() -> float:
    return float(60 + 3 * settings.SWEEP_EVERY_S)
