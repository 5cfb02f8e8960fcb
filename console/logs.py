"""Log lines: text for a person at a laptop, or one JSON object a line for a machine (`LOG_FORMAT=json`).

A line within a request carries its `request_id`, one about a call to iclass its `operation` and `school`.
A request itself is told by the name of its page and never by its address: addresses of callbacks and
calendars hold secrets.
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

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
log = logging.getLogger("console.requests")


def configuration(form: str, level: str) -> dict[str, Any]:
    """The LOGGING of the settings. `form` is "plain" or "json"; requests have lines in the latter alone.

    Of nonsense the checks tell, in lines that this has to be able to write.
    """
    is_json = form == "json"
    level = level if level in LEVELS else "INFO"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": ProcessorFormatter,
                "foreign_pre_chain": _facts(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_written(is_json),
                ],
            }
        },
        "filters": {"pages": {"()": PageForAddress}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["pages"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "console.requests": {"level": level if is_json else "WARNING"},
            # Two lines for each glance of the schedule, which finds nothing most of the time.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


class PageForAddress(logging.Filter):
    """Django's own lines about a request name its address; they name its page in place of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(_page(request) if one == request.path else one for one in record.args)
        return True


def _page(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else "no page"


def _facts() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _written(is_json: bool) -> list[Processor]:
    """Tracebacks as text in both forms: local variables, which may be secrets, are not in them."""
    if not is_json:
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


class RequestLog:
    """A line for each request, and its id on every line that is written meanwhile.

    Stands right below the middleware that gives the id.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with bound_contextvars(request_id=request.META["HTTP_X_REQUEST_ID"]):
            response = self.get_response(request)
            if log.isEnabledFor(logging.INFO):
                log.info("request", extra=_told(request, response, began))
        return response


def _told(request: HttpRequest, response: HttpResponseBase, began: float) -> dict[str, Any]:
    user = getattr(request, "_cached_user", None)  # asking for it here would be a query too late
    return {
        "method": request.method,
        "page": _page(request),
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - began) * 1000, 1),
        "person": user.pk if user is not None and user.is_authenticated else None,
    }
