"""Logging: plain text, or one JSON object per line (`LOG_FORMAT=json`).

Lines within a request carry its `request_id`, lines about a call to iclass its `operation` and `school`. A
request is identified by the name of its view, never by its URL: URLs of callbacks and calendars contain
secrets.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from structlog.contextvars import bound_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

log = logging.getLogger("console.requests")


def logging_config(form: str, level: str) -> dict[str, Any]:
    """Return LOGGING for the settings. `form` is "plain" or "json"; only the latter logs requests."""
    is_json = form == "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": ProcessorFormatter,
                "foreign_pre_chain": _shared_processors(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_output_processors(is_json),
                ],
            }
        },
        "filters": {"pages": {"()": RouteNameFilter}, "refusals": {"()": NoTracebackFilter}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "lines",
                "filters": ["pages", "refusals"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "console.requests": {"level": level if is_json else "WARNING"},
            # Two lines for each run of a scheduled task, most of which find nothing to do.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


class RouteNameFilter(logging.Filter):
    """Replaces the URL by the view name in Django's log lines about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(_route_name(request) if arg == request.path else arg for arg in record.args)
        return True


class NoTracebackFilter(logging.Filter):
    """Removes the traceback that Django logs for a refused request (403, 404, 400).

    A refusal is not an error, and a client could fill the disk with tracebacks.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        is_refusal = record.name == "django.request" and record.levelno < logging.ERROR
        if is_refusal or record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True


def _route_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else "no page"


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _output_processors(is_json: bool) -> list[Processor]:
    """Return the final processors. Tracebacks have no local variables, which may be secrets."""
    if not is_json:
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


class RequestLogMiddleware:
    """Logs each request, and adds its ID to every line logged during it.

    List it right after the middleware that assigns the ID.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with bound_contextvars(request_id=request.META["HTTP_X_REQUEST_ID"]):
            response = self.get_response(request)
            if log.isEnabledFor(logging.INFO):
                log.info("request", extra=_request_fields(request, response, began))
        return response


def _request_fields(request: HttpRequest, response: HttpResponseBase, began: float) -> dict[str, Any]:
    user = getattr(request, "_cached_user", None)  # request.user would run a query here
    return {
        "method": request.method,
        "page": _route_name(request),
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - began) * 1000, 1),
        "person": user.pk if user is not None and user.is_authenticated else None,
    }
