"""`/healthz` says that the process answers; `/readyz` that what it needs answers too."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from console import bell, scanner
from console.lateness import lateness
from console.outbox.models import Pulse


def healthz(request: HttpRequest) -> JsonResponse:
    """Alive."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker, and how long ago the schedule last ran; 503 where one of them is wanting.

    The queue and the scanner for viruses are told and decide nothing: a long one, or one that is away, is no
    reason to take pages and callbacks away, too.
    """
    parts = {"database": _database(), "broker": _broker(), "beat": _beat()}
    ready = all(part == "ok" for part in parts.values())
    told = {"status": "ok" if ready else "not ready", **parts, "queue": _queue()}
    if settings.VIRUS_SCANNER:
        told["scanner"] = "ok" if scanner.answers() else "does not answer"
    return JsonResponse(told, status=200 if ready else 503)


def _database() -> str:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"


def _broker() -> str:
    try:
        with bell.broker(socket_timeout=2, socket_connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except bell.failures():
        return "does not answer"
    return "ok"


def _beat() -> str:
    """The age of the last scheduled run; three missed ones are one too many."""
    try:
        last = Pulse.objects.filter(name="relay").values_list("at", flat=True).first()
    except DatabaseError:
        return "unknown"
    if last is None:
        return "has never run"
    age = (timezone.now() - last).total_seconds()
    return "ok" if age < _patience() else f"last ran {int(age)} s ago"


def _queue() -> str:
    """The queue whose oldest work is the latest, where that is longer than a healthy console needs."""
    try:
        name, age = max(lateness().items(), key=lambda one: one[1])
    except DatabaseError:
        return "unknown"
    return "ok" if age < _patience() else f"{name} are {int(age)} s late"


def _patience() -> float:
    return float(60 + 3 * settings.SWEEP_EVERY_S)
